package dev.heddle.process;

/** For jobs in a child: what the parent shares with the child. */
public final class Parent {
  private Parent() {}

  /**
   * A queue that the parent shares. Does not ask the parent: if the parent shares no queue of this
   * name, the first operation fails with an {@code IllegalStateException}.
   *
   * @param name the name of the queue
   * @param items the class of the items, which must be the class that the parent has named
   * @throws IllegalStateException if this process is not a child of a parent
   */
  public static <T> ProcessQueue<T> queue(String name, Class<T> items) {
    return new RemoteQueue<>(ChildSession.current(), name, items);
  }

  /**
   * The child's end of a {@link Pipe} that the parent shares. Does not ask the parent, as {@link
   * #queue} does not.
   *
   * @param name the name of the pipe
   * @param messages the class of the messages, which must be the class that the parent has named
   * @throws IllegalStateException if this process is not a child of a parent
   */
  public static <T> Channel<T> pipe(String name, Class<T> messages) {
    RemoteQueue<T> in = new RemoteQueue<>(ChildSession.current(), Pipe.toChild(name), messages);
    ProcessQueue<T> out = queue(Pipe.toParent(name), messages);
    return new PipeEnd<>(in::recv, out, "pipe '" + name + "'");
  }
}
