package dev.heddle.process;

import dev.heddle.process.HostedQueue.Use;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a child in both directions, like {@code Pipe} of Python's {@code
 * multiprocessing}.
 *
 * <pre>{@code
 * Pipe<String> pipe = Pipe.open("talk", String.class);
 * ProcessOptions options = ProcessOptions.DEFAULT.sharing(pipe);
 * JobProcess.start(scheduler, options, JobType.of(Echo.class), "talk");
 * co.await(pipe.here().send("hello")); // in the child: Parent.pipe("talk", String.class).recv()
 * }</pre>
 *
 * <p>A pipe consists of two {@link ProcessQueue}s of {@value #CAPACITY} messages each. A sender
 * waits while its queue is full. A pipe of {@link #openToChild} or {@link #openToParent} has one of
 * them; to use its ends the other way round fails with an {@code IOException}. Unlike a pair of
 * file descriptors, a message is whole or not there.
 *
 * <p>A pipe ends with the child, however the child ends, also if it fails to start. The parent
 * receives what the child has sent, and then an {@link java.io.EOFException}. What the child has
 * not received is lost, and a send of the parent fails with a {@link
 * dev.heddle.sync.QueueShutdownException}, also one that waits for room.
 *
 * <p>Share a pipe with one child. If several children share it, as those of a pool do, one of them
 * receives each message, and the pipe ends with the last of them. A child that is started later,
 * such as the next one of a pool, begins the pipe anew; but not a direction in which a side has
 * closed its end. What is sent before the first child is started waits for that child.
 *
 * @param <T> the messages, in both directions
 */
public final class Pipe<T> implements Shareable {
  /** How many messages may be on their way in one direction. */
  static final int CAPACITY = 16;

  /** Null if nothing goes this way. */
  final @Nullable HostedQueue<T> toChild;

  /** Null if nothing goes this way. */
  final @Nullable HostedQueue<T> toParent;

  private final Channel<T> here;
  private final String name;

  private Pipe(String name, @Nullable HostedQueue<T> toChild, @Nullable HostedQueue<T> toParent) {
    this.name = name;
    this.toChild = toChild;
    this.toParent = toParent;
    here = new PipeEnd<>(toParent, toChild, "pipe '" + name + "'");
  }

  private static <T> HostedQueue<T> down(String name, Class<T> messages) {
    return new HostedQueue<>(toChild(name), messages, CAPACITY, Use.PIPE_TO_CHILD);
  }

  private static <T> HostedQueue<T> up(String name, Class<T> messages) {
    return new HostedQueue<>(toParent(name), messages, CAPACITY, Use.PIPE_TO_PARENT);
  }

  /**
   * Opens a pipe in this process. Share the pipe with one child, by {@link ProcessOptions#sharing}.
   *
   * @param name the name by which the child asks for the pipe
   * @param messages the class of the messages; {@link dev.heddle.process.codec.DataCodec} must be
   *     able to send its values. {@code byte[].class} makes a pipe of plain bytes
   */
  public static <T> Pipe<T> open(String name, Class<T> messages) {
    return new Pipe<>(Hosted.checkName(name), down(name, messages), up(name, messages));
  }

  /** Opens a pipe by which the parent sends and the child receives, and not the other way round. */
  public static <T> Pipe<T> openToChild(String name, Class<T> messages) {
    return new Pipe<>(Hosted.checkName(name), down(name, messages), null);
  }

  /** Opens a pipe by which the child sends and the parent receives, and not the other way round. */
  public static <T> Pipe<T> openToParent(String name, Class<T> messages) {
    return new Pipe<>(Hosted.checkName(name), null, up(name, messages));
  }

  /** The queues of the pipe, for a child. */
  Stream<Hosted> hosted() {
    return Stream.<@Nullable Hosted>of(toChild, toParent).filter(Objects::nonNull);
  }

  @Override
  public String name() {
    return name;
  }

  /** The parent's end. The child gets its end by {@link Parent#pipe}. */
  public Channel<T> here() {
    return here;
  }

  static String toChild(String name) {
    return name + " (to the child)";
  }

  static String toParent(String name) {
    return name + " (to the parent)";
  }
}
