package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Items that tasks of one process hand to tasks of another: {@code Queue} and {@code JoinableQueue}
 * of Python's {@code multiprocessing}, with the same operations on both sides.
 *
 * <pre>{@code
 * // in the parent
 * ProcessQueue<Integer> numbers = ProcessQueue.open("numbers", Integer.class, 10);
 * JobProcess.start(scheduler, ProcessOptions.DEFAULT.sharing(numbers), Consumer.class, "consumer");
 * co.await(numbers.put(1));
 * co.await(numbers.join());
 *
 * // in the child, in a job
 * ProcessQueue<Integer> numbers = Parent.queue("numbers", Integer.class);
 * int number = await(numbers.get());
 * await(numbers.taskDone());
 * }</pre>
 *
 * <p>The parent keeps the items. To its own tasks an operation costs what one of {@link
 * dev.heddle.sync.Queue} does; a child's operation is a question to the parent and its answer.
 *
 * <p>Fairness, across processes too: who came first is served first.
 *
 * <p>Cancellation: a cancelled operation did not happen, or its result is returned and {@code
 * Cancelled} comes at the next await; a child asks its parent which of the two it was. When a child
 * dies, what it was waiting for is withdrawn; an item that it had taken is gone with it, and stays
 * unfinished.
 *
 * @param <T> the items: what {@link DataCodec} takes of this class
 */
public sealed interface ProcessQueue<T> permits HostedQueue, RemoteQueue {

  /**
   * A queue of this process; first in, first out. To be shared with children by {@link
   * ProcessOptions#sharing}.
   *
   * @param name by which children ask for it
   * @param items the class of the items, which says what children may send
   * @param maxSize how many may be in; 0 or less is no limit
   */
  static <T> ProcessQueue<T> open(String name, Class<T> items, int maxSize) {
    return new HostedQueue<>(name, items, maxSize);
  }

  /** The name by which children ask for it. */
  String name();

  /**
   * Puts an item in, and waits while the queue is full. Fails with a {@link CodecException} if it
   * is no item that can be sent, in the parent too.
   */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> put(T item);

  /**
   * Takes an item, and waits while there is none. Fails with a {@link
   * dev.heddle.sync.QueueShutdownException} if there is none and the queue is shut down.
   */
  @CheckReturnValue
  YieldEvent<T, IOException> get();

  /** Reports that an item is dealt with. Fails if that is done more often than items were put. */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> taskDone();

  /** Waits until each item that was put is reported done. */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> join();

  /** Ends the putting; who gets fails once the queue is empty. Does not wait. */
  void shutdown();
}
