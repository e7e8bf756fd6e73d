package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A queue between the tasks of several processes, like {@code Queue} and {@code JoinableQueue} of
 * Python's {@code multiprocessing}. Parent and children have the same operations.
 *
 * <pre>{@code
 * // in the parent
 * ProcessQueue<Integer> numbers = ProcessQueue.open("numbers", Integer.class, 10);
 * ProcessOptions options = ProcessOptions.DEFAULT.sharing(numbers);
 * JobProcess.start(scheduler, options, JobType.of(Consumer.class), "numbers");
 * co.await(numbers.put(1));
 * co.await(numbers.join());
 *
 * // in the child, in a job
 * ProcessQueue<Integer> numbers = Parent.queue("numbers", Integer.class);
 * int number = await(numbers.get());
 * await(numbers.taskDone());
 * }</pre>
 *
 * <p>The parent keeps the items. For the parent's own tasks an operation costs what an operation of
 * {@link dev.heddle.sync.Queue} costs. For a child's task it costs one message to the parent and
 * its answer.
 *
 * <p>Fairness: who comes first is served first, whatever process the task is in.
 *
 * <p>Cancellation: an operation of a cancelled task did not happen; or it gives its result, and
 * {@code Cancelled} is thrown at the next await. A child's task asks the parent which of the two it
 * was. When a child dies, the operations for which it waits are undone. An item that the child had
 * taken is lost with the child, and is never reported done.
 *
 * <p>In the parent, a queue belongs to the scheduler whose task uses it first.
 *
 * @param <T> the items
 */
public sealed interface ProcessQueue<T> extends Shareable permits HostedQueue, RemoteQueue {

  /**
   * Opens a queue in this process, first in, first out. Share the queue with children by {@link
   * ProcessOptions#sharing}.
   *
   * @param name the name by which children ask for the queue
   * @param items the class of the items; {@link dev.heddle.process.codec.DataCodec} must be able to
   *     send its values
   * @param maxSize how many items may be in the queue; 0 or less for no limit
   */
  static <T> ProcessQueue<T> open(String name, Class<T> items, int maxSize) {
    return new HostedQueue<>(name, items, maxSize);
  }

  /**
   * Puts an item in, and waits while the queue is full.
   *
   * <p>Fails with a {@link dev.heddle.process.codec.CodecException} if the item cannot be sent, in
   * the parent too; with a {@link dev.heddle.sync.QueueShutdownException} if the queue is shut
   * down.
   */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> put(T item);

  /**
   * Takes the item that was put first, and waits while there is none.
   *
   * <p>Fails with a {@link dev.heddle.sync.QueueShutdownException} if the queue is empty and shut
   * down.
   */
  @CheckReturnValue
  YieldEvent<T, IOException> get();

  /**
   * Reports that an item which was taken is done.
   *
   * <p>Fails with an {@code IllegalStateException} if more items are reported than were put.
   */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> taskDone();

  /** Waits until each item that was put is reported done. */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> join();

  /** Refuses further items. The items in the queue can still be taken. Does not wait. */
  void shutdown();
}
