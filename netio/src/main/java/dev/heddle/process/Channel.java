package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Messages to and from one other process: over its standard streams, or as an end of a {@link
 * Pipe}. After {@code Channel} in {@code channel.py} of Beazley's tutorial.
 *
 * <pre>{@code
 * Process child = new ProcessBuilder(ChildJvm.command(Child.class)).start();
 * try (Channel<String> channel = Channel.to(child, String.class)) {
 *   co.await(channel.send("hello"));
 *   String reply = co.await(channel.recv());
 * }
 * }</pre>
 *
 * <p>Messages arrive whole, and in the order in which they were sent. Any number of tasks may send
 * or receive at once; who comes first is served first. A channel belongs to the scheduler whose
 * task uses it first.
 *
 * @param <T> the messages; {@link dev.heddle.process.codec.DataCodec} must be able to send them
 */
public sealed interface Channel<T> extends AutoCloseable permits StreamChannel, PipeEnd {

  /** A channel to a child over its standard streams. The child uses {@link #standard}. */
  static <T> Channel<T> to(Process child, Class<T> messages) {
    return over(
        child.getInputStream(), child.getOutputStream(), messages, "process " + child.pid());
  }

  /**
   * In a child: a channel to the parent over the child's standard input and output. From now on
   * {@code System.out} prints to the standard error, because the parent would take printed text for
   * messages.
   */
  static <T> Channel<T> standard(Class<T> messages) {
    InputStream in = new FileInputStream(FileDescriptor.in);
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err);
    return over(in, out, messages, "the parent process");
  }

  /**
   * A channel over any two streams. Each stream gets a thread of its own, because Java cannot wait
   * for such streams in any other way. At most one message is read ahead, so a peer that sends too
   * much is held up.
   *
   * @param peer who is on the other side, for error messages
   */
  static <T> Channel<T> over(InputStream in, OutputStream out, Class<T> messages, String peer) {
    return new StreamChannel<>(in, out, messages, peer);
  }

  /**
   * Sends a message, and waits until it is written. The message of a cancelled sender is sent whole
   * or not at all.
   *
   * <p>Fails with a {@link dev.heddle.process.codec.CodecException}, and sends nothing, if the
   * message cannot be sent; with another {@code IOException} if the stream is broken or closed; in
   * a pipe with a {@link dev.heddle.sync.QueueShutdownException} after {@link #close} and after the
   * end of the child.
   */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> send(T message);

  /**
   * Waits for a message. A cancelled receiver loses nothing: the next receiver gets the message.
   *
   * <p>Fails with an {@link java.io.EOFException} when the peer has ended; with a {@link
   * dev.heddle.process.codec.CodecException} if something else than such a message has arrived.
   */
  @CheckReturnValue
  YieldEvent<T, IOException> recv();

  /**
   * Waits until there is something to receive, and takes nothing; gives false if the time is over
   * before. Then a {@link #recv} does not wait, unless another task comes first: it gives a
   * message, or fails because the peer has ended. After {@code poll} of Python's {@code
   * multiprocessing}.
   *
   * <pre>{@code
   * while (!co.await(channel.poll(Duration.ofSeconds(1)))) {
   *   System.out.println("still waiting");
   * }
   * String reply = co.await(channel.recv());
   * }</pre>
   *
   * <p>Over streams, the first poll begins to read. So a poll with the time 0 tells of a message
   * that an earlier poll or receiver has had read.
   *
   * @param timeout 0 or more; with 0 it just looks
   * @throws IllegalArgumentException if it is negative
   */
  @CheckReturnValue
  YieldEvent<Boolean, IOException> poll(Duration timeout);

  /** Ends the sending: the peer receives what was sent, and then the end. Does not wait. */
  @Override
  void close();
}
