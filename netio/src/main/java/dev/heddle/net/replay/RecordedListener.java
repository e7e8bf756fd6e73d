package dev.heddle.net.replay;

import dev.heddle.record.EventKind;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listener whose calls are recorded, or answered by a recording. */
final class RecordedListener extends ServerSocketChannel implements RecordedChannel {
  private final RecordedProvider provider;
  private final ChannelCalls calls;

  /** The system's; null in a replay. */
  private final @Nullable ServerSocketChannel real;

  RecordedListener(RecordedProvider provider, int number, @Nullable ServerSocketChannel real) {
    super(provider);
    this.provider = provider;
    this.calls = new ChannelCalls(provider.log, number);
    this.real = real;
  }

  @Override
  public int number() {
    return calls.number();
  }

  @Override
  public @Nullable ServerSocketChannel real() {
    return real;
  }

  private ServerSocketChannel system() {
    return ChannelCalls.real(real);
  }

  @Override
  public ServerSocketChannel bind(@Nullable SocketAddress address, int backlog) throws IOException {
    calls.run(
        EventKind.BIND,
        () -> {
          ServerSocketChannel _ = system().bind(address, backlog);
        });
    calls.same(address, "a bind");
    return this;
  }

  @Override
  public @Nullable SocketChannel accept() throws IOException {
    @Nullable SocketChannel[] accepted = new @Nullable SocketChannel[1];
    int number =
        (int)
            calls.call(
                EventKind.ACCEPT,
                () -> {
                  accepted[0] = system().accept();
                  return accepted[0] == null ? 0 : provider.numberOfAccepted();
                });
    if (number == 0) {
      return null;
    }
    provider.accepted(number);
    return new RecordedSocket(provider, number, accepted[0]).connected();
  }

  @Override
  public @Nullable SocketAddress getLocalAddress() throws IOException {
    return calls.address(() -> system().getLocalAddress());
  }

  @Override
  public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
    calls.setOption(real, name, value);
    return this;
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> name) throws IOException {
    return calls.getOption(real, name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return provider.optionsOfListeners();
  }

  @Override
  public ServerSocket socket() {
    throw new UnsupportedOperationException("a recorded channel has no java.net.ServerSocket");
  }

  @Override
  protected void implCloseSelectableChannel() throws IOException {
    calls.run(EventKind.CLOSE, () -> system().close());
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    if (real != null) {
      real.configureBlocking(block);
    }
  }

  @Override
  public String toString() {
    return "recorded listener " + number();
  }
}
