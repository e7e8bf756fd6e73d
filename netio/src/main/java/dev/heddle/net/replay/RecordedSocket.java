package dev.heddle.net.replay;

import dev.heddle.record.EventKind;
import dev.heddle.record.EventLog;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A TCP socket whose calls are recorded, or answered by a recording. */
final class RecordedSocket extends SocketChannel implements RecordedChannel {
  private final RecordedProvider provider;
  private final EventLog log;
  private final ChannelCalls calls;

  /** The system's; null in a replay. */
  private final @Nullable SocketChannel real;

  /** Of the bytes of a write. */
  private final CRC32C checksum = new CRC32C();

  private boolean isPending;
  private boolean isConnected;

  RecordedSocket(RecordedProvider provider, int number, @Nullable SocketChannel real) {
    super(provider);
    this.provider = provider;
    this.log = provider.log;
    this.calls = new ChannelCalls(log, number);
    this.real = real;
  }

  /** One that a listener has accepted. */
  RecordedSocket connected() {
    isConnected = true;
    return this;
  }

  @Override
  public int number() {
    return calls.number();
  }

  @Override
  public @Nullable SocketChannel real() {
    return real;
  }

  private SocketChannel system() {
    return ChannelCalls.real(real);
  }

  // To connect.

  @Override
  public SocketChannel bind(@Nullable SocketAddress address) throws IOException {
    calls.run(
        EventKind.BIND,
        () -> {
          SocketChannel _ = system().bind(address);
        });
    calls.same(address, "a bind");
    return this;
  }

  @Override
  public boolean connect(SocketAddress address) throws IOException {
    isConnected = connecting(EventKind.CONNECT, () -> system().connect(address) ? 1 : 0);
    calls.same(address, "a connect");
    isPending = !isConnected;
    return isConnected;
  }

  @Override
  public boolean finishConnect() throws IOException {
    isConnected = connecting(EventKind.FINISH_CONNECT, () -> system().finishConnect() ? 1 : 0);
    isPending = !isConnected;
    return isConnected;
  }

  /** A failure closes the system's channel, and so this one. */
  private boolean connecting(EventKind kind, EventLog.Call real) throws IOException {
    try {
      return calls.call(kind, real) != 0;
    } catch (IOException e) {
      isPending = false;
      try {
        close();
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  @Override
  public boolean isConnected() {
    return isConnected;
  }

  @Override
  public boolean isConnectionPending() {
    return isPending;
  }

  // To move bytes.

  @Override
  public int read(ByteBuffer into) throws IOException {
    int from = into.position();
    int count = (int) calls.call(EventKind.READ, () -> readFromSystem(into));
    if (count > 0) {
      log.bytes(into, from, count);
      if (log.isOver()) {
        return 0;
      }
      into.position(from + count);
    }
    return count;
  }

  private long readFromSystem(ByteBuffer into) throws IOException {
    int limit = into.limit();
    into.limit(into.position() + Math.min(into.remaining(), EventLog.MOST_BYTES));
    try {
      return system().read(into);
    } finally {
      into.limit(limit);
    }
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) throws IOException {
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      int count = into[i].hasRemaining() ? read(into[i]) : 0;
      if (count < 0) {
        return total == 0 ? count : total;
      }
      total += count;
      if (into[i].hasRemaining()) {
        break;
      }
    }
    return total;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    int start = from.position();
    int count = (int) calls.call(EventKind.WRITE, () -> system().write(from));
    if (count > 0) {
      checksum.reset();
      int left = add(from, start, count);
      written(left);
    }
    return log.isOver() ? 0 : count;
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    int[] starts = new int[length];
    for (int i = 0; i < length; i++) {
      starts[i] = from[offset + i].position();
    }
    long count = calls.call(EventKind.WRITE, () -> system().write(from, offset, length));
    if (count > 0) {
      checksum.reset();
      long left = count;
      for (int i = 0; i < length; i++) {
        left = add(from[offset + i], starts[i], (int) left);
      }
      written(left);
    }
    return log.isOver() ? 0 : count;
  }

  /**
   * So many of the buffer's bytes were written, if it had so many: the buffer goes on behind them.
   *
   * @return how many are not of this buffer
   */
  private int add(ByteBuffer from, int start, int count) {
    int limit = from.limit();
    int part = Math.min(count, limit - start);
    checksum.update(from.limit(start + part).position(start));
    from.limit(limit);
    return count - part;
  }

  /** A replay in which the program sends other bytes, or fewer, has diverged. */
  private void written(long missing) {
    log.checksum(checksum.getValue() + missing, "a write on socket " + number());
  }

  @Override
  public SocketChannel shutdownInput() throws IOException {
    calls.run(
        EventKind.SHUTDOWN,
        () -> {
          SocketChannel _ = system().shutdownInput();
        });
    return this;
  }

  @Override
  public SocketChannel shutdownOutput() throws IOException {
    calls.run(
        EventKind.SHUTDOWN,
        () -> {
          SocketChannel _ = system().shutdownOutput();
        });
    return this;
  }

  @Override
  public @Nullable SocketAddress getRemoteAddress() throws IOException {
    return calls.address(() -> system().getRemoteAddress());
  }

  @Override
  public @Nullable SocketAddress getLocalAddress() throws IOException {
    return calls.address(() -> system().getLocalAddress());
  }

  @Override
  public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
    calls.setOption(real, name, value);
    return this;
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> name) throws IOException {
    return calls.getOption(real, name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return provider.optionsOfSockets();
  }

  @Override
  public Socket socket() {
    throw new UnsupportedOperationException("a recorded channel has no java.net.Socket");
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
    return "recorded socket " + number();
  }
}
