package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Messages to and from one other process: {@code Channel} of the Python tutorial's {@code
 * channel.py}, and an end of a {@link Pipe}.
 *
 * <pre>{@code
 * Process child = new ProcessBuilder(ChildJvm.command(Child.class)).start();
 * try (Channel<String> channel = Channel.to(child, String.class)) {
 *   co.await(channel.send("hello"));
 *   String reply = co.await(channel.recv());
 * }
 * }</pre>
 *
 * <p>Messages arrive whole and in the order in which they were sent. Belongs to the scheduler whose
 * task uses it first, and to one receiver and any number of senders, first come, first served.
 *
 * @param <T> the messages: what {@link DataCodec} takes of this class
 */
public sealed interface Channel<T> extends AutoCloseable permits StreamChannel, PipeEnd {

  /** Over the standard input and output of a child, which has {@link #standard} on its side. */
  static <T> Channel<T> to(Process child, Class<T> messages) {
    return over(
        child.getInputStream(), child.getOutputStream(), messages, "process " + child.pid());
  }

  /**
   * In a child: over its own standard input and output. What the child prints from now on goes to
   * its standard error, as it would be taken for messages.
   */
  static <T> Channel<T> standard(Class<T> messages) {
    InputStream in = new FileInputStream(FileDescriptor.in);
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err);
    return over(in, out, messages, "the parent process");
  }

  /**
   * Over any two streams. A thread for each of them reads and writes, as Java cannot wait for pipes
   * in any other way; at most one message is read ahead, so who sends too much is held up.
   *
   * @param peer who is on the other side, for messages
   */
  static <T> Channel<T> over(InputStream in, OutputStream out, Class<T> messages, String peer) {
    return new StreamChannel<>(in, out, messages, peer);
  }

  /**
   * Sends a message, and waits until it is written. Fails with a {@link CodecException}, and sends
   * nothing, if it is no message that can be sent; with another {@code IOException} if nobody can
   * receive it. A cancelled sender's message is sent whole or not at all.
   */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> send(T message);

  /**
   * Waits for a message. Fails at the end of the messages: with an {@link java.io.EOFException}, in
   * a pipe with a {@link dev.heddle.sync.QueueShutdownException}. A cancelled receiver has lost
   * nothing.
   */
  @CheckReturnValue
  YieldEvent<T, IOException> recv();

  /** Ends the sending: the peer receives what was sent, and then the end. Does not wait. */
  @Override
  void close();
}
