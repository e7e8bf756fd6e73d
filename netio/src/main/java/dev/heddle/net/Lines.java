package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * Reads a connection line by line: the {@code readline} of Python Cookbook 12.12, in bytes.
 *
 * <pre>{@code
 * Lines lines = new Lines(socket);
 * for (byte[] line = co.await(lines.readLine()); line != null; line = co.await(lines.readLine())) {
 *   co.await(socket.send(ByteBuffer.wrap(line)));
 * }
 * }</pre>
 *
 * <p>A line ends with {@code \n}; all other bytes, {@code \r} and 0 among them, are part of it as
 * they are. Do not mix with {@link TcpSocket#recv}: bytes may have been read ahead.
 */
public final class Lines {
  /** What a line may have at the most, unless told otherwise: 64 KiB. */
  public static final int DEFAULT_MAX_LENGTH = 64 * 1024;

  private final TcpSocket socket;
  private final LineBuffer buffer;

  /** Lines of at most {@value #DEFAULT_MAX_LENGTH} bytes. */
  public Lines(TcpSocket socket) {
    this(socket, DEFAULT_MAX_LENGTH);
  }

  /**
   * Lines of at most {@code maxLength} bytes, not counting the newline.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Lines(TcpSocket socket, int maxLength) {
    this.socket = socket;
    this.buffer = new LineBuffer(socket, maxLength);
  }

  /**
   * Waits for a line and gives it with its newline; a last line without one as it is; null at the
   * end of the input. Fails with a {@link LineTooLongException} if more comes without a newline
   * than allowed; the bytes are kept, so that every further call fails as well. A cancelled caller
   * has lost nothing: what has arrived is there for the next call.
   */
  @CheckReturnValue
  public YieldEvent<byte @Nullable [], IOException> readLine() {
    return new ReadLine(socket, buffer);
  }

  private static final class ReadLine extends SocketEvent<byte @Nullable []> {
    private final LineBuffer buffer;

    ReadLine(TcpSocket socket, LineBuffer buffer) {
      super(socket.endpoint(), SelectionKey.OP_READ);
      this.buffer = buffer;
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      int length = buffer.awaitLine(reactor, ready);
      if (length == LineBuffer.NOT_YET) {
        return NOT_READY;
      }
      byte[] line = null;
      if (length > 0) {
        line = new byte[length];
        buffer.moveTo(ByteBuffer.wrap(line), length);
      }
      buffer.keepRest();
      return line;
    }

    @Override
    public String describe() {
      return "a line from " + endpoint();
    }
  }
}
