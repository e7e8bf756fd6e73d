package dev.heddle.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What few tasks have, made at the first need of any of it: a task that only sleeps pays one empty
 * field for all of these.
 */
final class TaskExtras {

  /** An event that waits for the end of a task. */
  interface EndWait {
    /** The task has ended; its joiner is out of the queue. */
    void ended(Waiter joiner);
  }

  /** The cancelled scope that reaches the task; null if it is not cancelled. */
  @Nullable CancelScope<?> cancelledBy;

  /** The values of its task-locals. */
  TaskLocal.Snapshot locals = TaskLocal.Snapshot.EMPTY;

  /** How many groups it has left whose children have not ended. */
  int lingering;

  /** Who waits for the task's end, each by an {@link EndWait}; null until the first. */
  private @Nullable WaitQueue joiners;

  /** What it holds, longest held first; made by the first. */
  private @Nullable ArrayList<Resource> held;

  /** Where it acquired each of those, if that is recorded: then as long as {@link #held}. */
  private @Nullable ArrayList<List<StackTraceElement>> heldAt;

  /**
   * @param acquiredAt null if it is not recorded
   */
  void hold(Resource resource, @Nullable List<StackTraceElement> acquiredAt) {
    if (held == null) {
      held = new ArrayList<>(2);
    }
    held.add(resource);
    if (acquiredAt != null) {
      heldAt = heldAt == null ? new ArrayList<>(2) : heldAt;
      heldAt.add(acquiredAt);
    }
  }

  void letGo(Resource resource) {
    if (held == null) {
      return;
    }
    int last = held.lastIndexOf(resource);
    if (last >= 0) {
      held.remove(last);
      if (heldAt != null) {
        heldAt.remove(last);
      }
    }
  }

  List<Resource> held() {
    return held == null ? List.of() : List.copyOf(held);
  }

  List<HeldResource> holdings() {
    List<List<StackTraceElement>> sites = heldAt == null ? List.of() : List.copyOf(heldAt);
    List<HeldResource> holdings = new ArrayList<>();
    for (Resource resource : held()) {
      int next = holdings.size();
      holdings.add(new HeldResource(resource, next < sites.size() ? sites.get(next) : List.of()));
    }
    return holdings;
  }

  /** Tells what is held that the task has ended. */
  void abandonHeld(Task<?> holder) {
    List<Resource> abandoned = held();
    held = null;
    heldAt = null;
    for (Resource resource : abandoned) {
      resource.holderEnded(holder);
    }
  }

  /** Adds a waiter whose event is an {@link EndWait}. */
  void addJoiner(Waiter joiner) {
    if (joiners == null) {
      joiners = new WaitQueue();
    }
    joiners.add(joiner);
  }

  /** Takes a joiner out again; false if it was not there. */
  boolean removeJoiner(Waiter joiner) {
    return joiners != null && joiners.remove(joiner);
  }

  /** The task has ended: its joiners learn it, longest waiter first. */
  void endJoins() {
    if (joiners != null) {
      for (Waiter joiner = joiners.poll(); joiner != null; joiner = joiners.poll()) {
        ((EndWait) Objects.requireNonNull(joiner.event())).ended(joiner);
      }
    }
  }
}
