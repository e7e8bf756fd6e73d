package dev.heddle.process;

import java.util.List;

/**
 * A connection to a child, in both directions: {@code Pipe} of Python's {@code multiprocessing}.
 *
 * <pre>{@code
 * Pipe<String> pipe = Pipe.open("talk", String.class);
 * JobProcess.start(scheduler, ProcessOptions.DEFAULT.sharing(pipe), Echo.class, "echo");
 * co.await(pipe.here().send("hello")); // the child: Parent.pipe("talk", String.class).recv()
 * }</pre>
 *
 * <p>It is two queues of {@value #CAPACITY} messages: who sends too much is held up.
 *
 * @param <T> the messages, both ways: what {@link DataCodec} takes of this class
 */
public final class Pipe<T> {
  /** How many messages may be on their way in one direction. */
  static final int CAPACITY = 16;

  private final ProcessQueue<T> toChild;
  private final ProcessQueue<T> toParent;
  private final Channel<T> here;

  private Pipe(String name, Class<T> messages) {
    toChild = ProcessQueue.open(toChild(name), messages, CAPACITY);
    toParent = ProcessQueue.open(toParent(name), messages, CAPACITY);
    here = new PipeEnd<>(toParent, toChild, "pipe '" + name + "'");
  }

  /** A pipe of this process, to be shared with one child by {@link ProcessOptions#sharing}. */
  public static <T> Pipe<T> open(String name, Class<T> messages) {
    return new Pipe<>(name, messages);
  }

  /** The parent's end. The child's is {@link Parent#pipe}. */
  public Channel<T> here() {
    return here;
  }

  List<ProcessQueue<?>> queues() {
    return List.of(toChild, toParent);
  }

  static String toChild(String name) {
    return name + " (to the child)";
  }

  static String toParent(String name) {
    return name + " (to the parent)";
  }
}
