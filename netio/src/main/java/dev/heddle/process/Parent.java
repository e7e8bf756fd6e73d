package dev.heddle.process;

import dev.heddle.process.Message.Shared;
import java.lang.foreign.ValueLayout;

/**
 * For jobs in a child: what the parent shares with the child. Each method gives a thing by its name
 * and throws an {@link IllegalStateException} if the parent shares no such thing, or if this
 * process is not a child of a parent. None of them waits.
 */
public final class Parent {
  private Parent() {}

  /**
   * A queue that the parent shares.
   *
   * @param name the name of the queue
   * @param items the class of the items, which must be the class that the parent has named
   */
  public static <T> ProcessQueue<T> queue(String name, Class<T> items) {
    return new RemoteQueue<>(sessionFor("queue", name), name, items);
  }

  /**
   * The child's end of a {@link Pipe} that the parent shares.
   *
   * @param name the name of the pipe
   * @param messages the class of the messages, which must be the class that the parent has named
   */
  public static <T> Channel<T> pipe(String name, Class<T> messages) {
    ChildSession session = ChildSession.current();
    String in = Pipe.toChild(name);
    String out = Pipe.toParent(name);
    if (!session.shares(in) && !session.shares(out)) {
      session.shared("pipe", name); // throws
    }
    return new PipeEnd<>(
        session.shares(in) ? new RemoteQueue<>(session, in, messages) : null,
        session.shares(out) ? new RemoteQueue<>(session, out, messages) : null,
        "pipe '" + name + "'");
  }

  /** A lock that the parent shares. */
  public static ProcessLock lock(String name) {
    return new RemoteLock(sessionFor("lock", name), name);
  }

  /** A semaphore that the parent shares. */
  public static ProcessSemaphore semaphore(String name) {
    return new RemoteSemaphore(sessionFor("semaphore", name), name);
  }

  /** An event that the parent shares. */
  public static ProcessEvent event(String name) {
    return new RemoteEvent(sessionFor("event", name), name);
  }

  /** A barrier that the parent shares. */
  public static ProcessBarrier barrier(String name) {
    return new RemoteBarrier(sessionFor("barrier", name), name);
  }

  /**
   * A map that the parent shares.
   *
   * @param name the name of the map
   * @param keys the class of the keys, which must be the class that the parent has named
   * @param values the class of the values, likewise
   */
  public static <K, V> ProcessMap<K, V> map(String name, Class<K> keys, Class<V> values) {
    ChildSession session = sessionFor("map", name);
    return new ProcessMap<>(name, keys, values, new ProcessMap.RemoteHome(session, name));
  }

  /**
   * An array that the parent shares. Each call maps the memory once more, until that array is
   * closed; a job that is run again and again should keep it in a static field.
   *
   * @param name the name of the array
   * @param element the type of the elements, which must be the type that the parent has named
   * @throws IllegalArgumentException if it is another type
   * @throws java.io.UncheckedIOException if the memory cannot be mapped, because the parent has
   *     closed the array or there is too little room
   */
  public static ProcessArray array(String name, ValueLayout element) {
    return ProcessArray.remote(ChildSession.current(), name, element);
  }

  private static ChildSession sessionFor(String kind, String name) {
    ChildSession session = ChildSession.current();
    Shared _ = session.shared(kind, name);
    return session;
  }
}
