package dev.heddle.net;

import dev.heddle.scheduler.Step;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes the TLS handshake of one {@link Server}'s connection, and then starts its handler. */
final class ServerHandshake extends Step<@Nullable Void> {
  private final Connection connection;
  private final TlsOptions options;

  /** Starts the task that serves the connection. */
  private final Runnable service;

  private boolean begun;

  ServerHandshake(Connection connection, TlsOptions options, Runnable service) {
    this.connection = connection;
    this.options = options;
    this.service = service;
  }

  @Override
  protected @Nullable YieldEvent<?, ?> step(@Nullable Object sent) {
    if (!begun) {
      begun = true;
      return TlsSocket.server(connection.transport(), options);
    }
    if (sent instanceof TlsSocket secured) {
      begin(secured);
    }
    return null;
  }

  private void begin(TlsSocket secured) {
    try {
      connection.securedBy(secured);
      service.run();
    } catch (Throwable failure) {
      connection.failed(failure);
      connection.close();
    }
  }

  @Override
  protected @Nullable YieldEvent<?, ?> failed(Throwable failure) throws Throwable {
    try (connection) {
      if (failure instanceof IOException why) {
        connection.server().handshakeFailed(connection, why);
        return null;
      }
      throw failure;
    }
  }
}
