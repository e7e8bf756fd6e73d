package dev.heddle.process;

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
 * waits while its queue is full.
 *
 * @param <T> the messages, in both directions
 */
public final class Pipe<T> implements Shareable {
  /** How many messages may be on their way in one direction. */
  static final int CAPACITY = 16;

  final HostedQueue<T> toChild;
  final HostedQueue<T> toParent;
  private final Channel<T> here;
  private final String name;

  private Pipe(String name, Class<T> messages) {
    this.name = Hosted.checkName(name);
    toChild = new HostedQueue<>(toChild(name), messages, CAPACITY);
    toParent = new HostedQueue<>(toParent(name), messages, CAPACITY);
    here = new PipeEnd<>(toParent::recv, toChild, "pipe '" + name + "'");
  }

  /**
   * Opens a pipe in this process. Share the pipe with one child, by {@link ProcessOptions#sharing}.
   *
   * @param name the name by which the child asks for the pipe
   * @param messages the class of the messages; {@link dev.heddle.process.codec.DataCodec} must be
   *     able to send its values
   */
  public static <T> Pipe<T> open(String name, Class<T> messages) {
    return new Pipe<>(name, messages);
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
