package dev.heddle.process;

/** In a child: what its parent shares with it. */
public final class Parent {
  private Parent() {}

  /**
   * A queue that the parent shares, by its name. Whether there is one shows the first operation.
   *
   * @param items the class of its items, the same as in the parent
   * @throws IllegalStateException if this process is no child, or the call is outside of a job
   */
  public static <T> ProcessQueue<T> queue(String name, Class<T> items) {
    return new RemoteQueue<>(Conversation.current(), name, items);
  }

  /**
   * The child's end of a {@link Pipe} that the parent shares, by its name.
   *
   * @param items the class of its messages, the same as in the parent
   * @throws IllegalStateException if this process is no child, or the call is outside of a job
   */
  public static <T> Channel<T> pipe(String name, Class<T> items) {
    return new PipeEnd<>(
        queue(Pipe.toChild(name), items), queue(Pipe.toParent(name), items), "pipe '" + name + "'");
  }
}
