package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskLocal;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** One object for all tasks; the connection that it opens is the calling task's own. */
final class LazyConnection {
  private final SocketAddress address;
  private final TaskLocal<@Nullable TcpSocket> current = TaskLocal.create();

  LazyConnection(SocketAddress address) {
    this.address = address;
  }

  /** What to do with an open connection. */
  @FunctionalInterface
  interface Use {
    void with(TcpSocket socket) throws Exception;
  }

  /**
   * Opens the task's connection, and closes it after its use.
   *
   * @throws IllegalStateException if the task has one open
   */
  void use(Use use) throws Exception {
    if (current.get() != null) {
      throw new IllegalStateException(Task.current().name() + " is connected already");
    }
    try (TcpSocket socket = await(TcpSocket.connect(address))) {
      current.set(socket);
      use.with(socket);
    } finally {
      current.remove();
    }
  }
}
