package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A flag that the tasks of several processes wait for, like {@code Event} of Python's {@code
 * multiprocessing}.
 *
 * <pre>{@code
 * // in the parent
 * ProcessEvent ready = ProcessEvent.open("ready");
 * ProcessOptions options = ProcessOptions.DEFAULT.sharing(ready);
 * JobProcess.start(scheduler, options, JobType.of(Consumer.class), "ready");
 * co.await(ready.await().within(Duration.ofSeconds(10)));
 *
 * // in the child, in a job
 * Parent.event("ready").set();
 * }</pre>
 *
 * <p>Fairness: the set wakes all waiters, in the order in which they came. A cancelled waiter, and
 * a waiter whose child dies, leaves the queue, and nothing is lost.
 */
public sealed interface ProcessEvent extends Shareable permits HostedEvent, RemoteEvent {

  /**
   * Opens an event in this process, which is not set. Share it with children by {@link
   * ProcessOptions#sharing}.
   *
   * @param name the name by which children ask for the event
   */
  static ProcessEvent open(String name) {
    return new HostedEvent(name);
  }

  /** Waits until the event is set; returns at once if it is. */
  @CheckReturnValue
  YieldEvent<@Nullable Void, IOException> await();

  /** Sets the event, so that all waiters wake. Does not wait. */
  void set();

  /** Clears the event, so that tasks wait for the next set. Does not wait. */
  void clear();

  /** Asks whether the event is set. */
  @CheckReturnValue
  YieldEvent<Boolean, IOException> isSet();
}
