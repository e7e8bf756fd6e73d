package dev.heddle.net;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
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
 * line as they are. Do not mix with {@link StreamSocket#recv}: bytes may have been read ahead. What
 * has other parts than lines is read by a {@link SocketReader}, through which this reads.
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
  public static final int DEFAULT_MAX_LENGTH = SocketReader.DEFAULT_LIMIT;

  private final SocketReader reader;

  /** Lines of at most {@value #DEFAULT_MAX_LENGTH} bytes. */
  public Lines(StreamSocket socket) {
    this(socket, DEFAULT_MAX_LENGTH);
  }

  /**
   * Lines of a given length at most.
   *
   * @param maxLength in bytes, not counting the newline; 1 to {@link SocketReader#MOST_LIMIT}
   * @throws IllegalArgumentException if the maximum is out of its range
   */
  public Lines(StreamSocket socket, int maxLength) {
    this.reader =
        new SocketReader(socket, SocketReader.checkLimit("max line length", maxLength, 1));
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
    return reader.readLine();
  }

  /**
   * Waits for a line and takes nothing: true if {@link #poll} has a line to give, false at the end
   * of the input. Fails as {@link #readLine} does. The event may be awaited again and again.
   */
  @CheckReturnValue
  public YieldEvent<Boolean, IOException> hasLine() {
    return reader.hasLine();
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
    return reader.poll(target);
  }
}
