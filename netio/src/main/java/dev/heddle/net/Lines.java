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
 * <p>A line ends with {@code \n}. All other bytes, {@code \r} and 0 among them, are part of the
 * line as they are. Do not mix with {@link TcpSocket#recv}: bytes may have been read ahead.
 *
 * <p>A server with many connections can do without an array for each line: {@link #hasLine} waits,
 * and {@link #poll} moves lines to where they are needed.
 *
 * <pre>{@code
 * Lines lines = new Lines(socket, 1000);
 * while (co.await(lines.hasLine())) {
 *   co.await(socket.send(1001, out -> lines.poll(out)));
 * }
 * }</pre>
 *
 * <p>To be used inside of the socket's scheduler, by one task at a time.
 */
public final class Lines {
  /** How many bytes a line may have, unless told otherwise: 64 KiB. */
  public static final int DEFAULT_MAX_LENGTH = 64 * 1024;

  private final TcpSocket socket;
  private final LineBuffer buffer;

  /**
   * Lines of at most {@value #DEFAULT_MAX_LENGTH} bytes.
   *
   * @param socket the connection to read
   */
  public Lines(TcpSocket socket) {
    this(socket, DEFAULT_MAX_LENGTH);
  }

  /**
   * Lines of a given length at most.
   *
   * @param socket the connection to read
   * @param maxLength in bytes, not counting the newline; 1 or more
   * @throws IllegalArgumentException if the maximum is less than 1
   */
  public Lines(TcpSocket socket, int maxLength) {
    this.socket = socket;
    this.buffer = new LineBuffer(socket, maxLength);
  }

  /**
   * Waits for a line and gives the line with its newline. A last line without a newline is given as
   * it is. At the end of the input the result is null.
   *
   * <p>Fails with a {@link LineTooLongException} if more bytes come without a newline than allowed.
   * These bytes are kept, so that every further call fails as well. A cancelled caller has lost
   * nothing: what has arrived is there for the next call.
   */
  @CheckReturnValue
  public YieldEvent<byte @Nullable [], IOException> readLine() {
    return new Event<>() {
      @Override
      byte @Nullable [] result(int length) {
        if (length == 0) {
          return null;
        }
        byte[] line = new byte[length];
        buffer.moveTo(ByteBuffer.wrap(line), length);
        return line;
      }
    };
  }

  /**
   * Waits for a line and takes nothing: true if {@link #poll} has a line to give, false at the end
   * of the input. Fails as {@link #readLine} does. The event may be awaited again and again.
   */
  @CheckReturnValue
  public YieldEvent<Boolean, IOException> hasLine() {
    return new Event<>() {
      @Override
      Boolean result(int length) {
        return length > 0;
      }
    };
  }

  /**
   * Moves the next line with its newline into a buffer, if the whole line has arrived. Does not
   * wait.
   *
   * @param target where the line is put, at the buffer's position
   * @return the bytes moved; 0 if no whole line has arrived, if the line is longer than allowed, or
   *     if it does not fit into {@code target}
   */
  public int poll(ByteBuffer target) {
    int length = buffer.nextLine();
    if (length > target.remaining()) {
      return 0;
    }
    if (length > 0) {
      buffer.moveTo(target, length);
    }
    return length;
  }

  /** Waits for a line; what is made of the line is the subclasses'. */
  private abstract class Event<T extends @Nullable Object> extends SocketEvent<T> {
    Event() {
      super(socket.endpoint(), SelectionKey.OP_READ);
    }

    /** The result; the length is 0 at the end of the input. */
    abstract T result(int length);

    @Override
    final @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      int length = buffer.awaitLine(reactor, ready);
      return length == LineBuffer.NOT_YET ? NOT_READY : result(length);
    }

    @Override
    public final String describe() {
      return "a line from " + endpoint();
    }
  }
}
