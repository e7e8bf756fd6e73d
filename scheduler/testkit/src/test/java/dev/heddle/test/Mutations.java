package dev.heddle.test;

import java.util.List;

/** Bugs that are put into our own primitives, each a change of one line of source. */
final class Mutations {
  private static final String WORKERS = "pool/WorkerThreads";

  private Mutations() {}

  /**
   * One bug.
   *
   * @param file the source below {@code dev/heddle}
   * @param nth which of the places with this text, from 1
   */
  record Mutation(String file, String text, int nth, String instead) {
    String type() {
      return file.substring(file.indexOf('/') + 1);
    }

    @Override
    public String toString() {
      String shown = instead.isEmpty() ? "(nothing)" : instead;
      return "`%s`%s is `%s`".formatted(text, nth == 1 ? "" : " (" + nth + ")", shown);
    }
  }

  private static Mutation of(String file, String text, String instead) {
    return new Mutation(file, text, 1, instead);
  }

  private static Mutation nth(String file, int nth, String text, String instead) {
    return new Mutation(file, text, nth, instead);
  }

  static List<Mutation> all() {
    return List.of(
        // A lock.
        of("sync/Lock", "    waiters.add(waiter);", ""),
        of("sync/Lock", "serve(before.scheduler());", ""),
        of("sync/Lock", "if (holder == null && !serving) {", "if (!serving) {"),
        of("sync/Lock", "if (holder == null && !serving) {", "if (holder == null) {"),
        of("sync/Lock", "if (holder != null || serving) {", "if (serving) {"),
        of("sync/Lock", "before.letGo(this);", ""),
        of("sync/Lock", "task.hold(this);", ""),
        of("sync/Lock", "levels--;", "passOn();"),
        of("sync/Lock", "if (levels == 1) {", "if (levels <= 2) {"),
        of("sync/Lock", "while (holder == null) {", "while (true) {"),
        of("sync/Lock", "by.granted(next);", ""),
        of("sync/Lock", "brokenBy = ended.name();", ""),
        of("sync/Lock", "int released = levels;", "int released = 1;"),
        of("sync/RLock", "if (holder() != null && holder() == ", "if (null != "),
        nth("sync/RLock", 2, "addLevel();", ""),
        // A semaphore.
        of(
            "sync/Semaphore",
            "return waiters.isEmpty() && available >= permits;",
            "return available >= permits;"),
        of(
            "sync/Semaphore",
            "return waiters.isEmpty() && available >= permits;",
            "return waiters.isEmpty() && available > permits;"),
        of("sync/Semaphore", "available += permits;", "available += 1;"),
        of("sync/Semaphore", "available -= permits;", "available -= 1;"),
        of(
            "sync/Semaphore",
            "if (first == null || wantedBy(first) > available) {",
            "if (first == null || wantedBy(first) >= available) {"),
        nth("sync/Semaphore", 2, "waiter = waiters.peek();", "waiter = null;"),
        nth("sync/Semaphore", 2, "serve();", ""),
        of("sync/Semaphore", "if (permits > bound - available) {", "if (permits > bound) {"),
        of("sync/Semaphore", "closed = true;", ""),
        of("sync/Semaphore", "if (takers.add(task, permits)) {", "if (false) {"),
        // A condition.
        of("sync/Condition", "Math.min(n, waiters.size())", "Math.min(n, 1)"),
        of("sync/Condition", "wait.signalled(waiter);", ""),
        of("sync/ConditionWait", "levels = lock.releaseAll();", "levels = 1;"),
        nth("sync/ConditionWait", 2, "condition.passSignalOn();", ""),
        nth("sync/ConditionWait", 3, "condition.passSignalOn();", ""),
        // A barrier and an event.
        of(
            "sync/Barrier",
            "return others.size() == parties - 1;",
            "return others.size() == parties - 2;"),
        of("sync/Barrier", "last.wake(place);", ""),
        of("sync/Barrier", "waiter.wake(place++);", "place++; waiter.wake(0);"),
        of("sync/Barrier", "failAll(\"was aborted\");", ""),
        of("sync/Barrier", "broken = false;", ""),
        of("sync/Event", "waiters.wakeAll(null);", ""),
        of("sync/Event", "    set = true;", ""),
        of("sync/Event", "set = false;", ""),
        // A queue.
        of("sync/Queue", "return store.size() >= maxSize;", "return store.size() > maxSize;"),
        of("sync/Queue", "admitPutter();", ""),
        nth("sync/Queue", 2, "admitPutter();", ""),
        of("sync/Queue", "unfinished -= count;", ""),
        of("sync/Queue", "joiners.wakeAll(null);", ""),
        of("sync/Queue", "getters.failAll(() -> shutDown(\"get from\"));", ""),
        of("sync/Queue", "putters.failAll(() -> shutDown(\"put into\"));", ""),
        of("sync/Queue", "new QueueStore.Ordered<>(false)", "new QueueStore.Ordered<>(true)"),
        of("sync/Queue", "getter.wake(item);", ""),
        nth("sync/Queue", 2, "unfinished++;", ""),
        of("sync/PeriodicTimer", "(ticks() + 1) * intervalNanos", "ticks() * intervalNanos"),
        nth("sync/PeriodicTimer", 2, "scheduler.clearDeadline(", "assert null != ("),
        // An actor.
        of("actor/Mailbox", "free > 0; free", "free >= 0; free"),
        nth("actor/Mailbox", 2, "      giveRoom();", ""),
        of("actor/Mailbox", "      first.enter();", ""),
        of("actor/Mailbox", "wake(woken, message);", ""),
        of("actor/Mailbox", "withdrawn++;", ""),
        of("actor/Mailbox", "      giveRoom();", ""),
        of("actor/Mailbox", "      refuseSenders();", ""),
        of("actor/Mailbox", "boolean _ = reply.fail(actor.closed());", ""),
        of("actor/Mailbox", "first.refuse();", ""),
        // An executor.
        of("pool/TaskExecutor", "job.state = ExecutorJob.State.BEGUN;", ""),
        of(
            "pool/TaskExecutor",
            "return jobs.remove(job) && shutdown && jobs.isEmpty();",
            "return jobs.remove(job) && shutdown;"),
        of(
            "pool/TaskExecutor",
            "      RUNNING.remove();\n      end(job);",
            "      RUNNING.remove();"),
        of("pool/TaskExecutor", "|| (shutdown && isPeriodic(job))", ""),
        of("pool/TaskExecutor", "    if (last) {\n      terminate();\n    }", ""),
        of("pool/TaskExecutor", "|| future.isCancelled() || shutdown", "|| future.isCancelled()"),
        // A pool, whose threads are tasks of another host.
        of(WORKERS, "if (running.size() < limit) {", "if (running.size() <= limit) {"),
        of(WORKERS, "if (accepted.size() < bound) {", "if (accepted.size() <= bound) {"),
        of(WORKERS, "              if (shutdown) {", "              if (false) {"),
        nth(WORKERS, 2, "running.remove(done);", ""),
        of(WORKERS, "first = accepted.removeFirst();", "first = accepted.removeLast();"),
        of(WORKERS, "accepted.remove(work) || offered.remove(work)", "accepted.remove(work)"),
        of(WORKERS, "              promote(promoted);", ""),
        nth(WORKERS, 3, "promoted.forEach(WorkItem::accepted);", ""),
        nth(WORKERS, 3, "      unfinished.finished(1);", ""),
        of(WORKERS, "waiting.addAll(offered);", ""),
        nth(WORKERS, 2, "work.stop(closed());", ""),
        of("pool/WorkItem", "if (state != State.WAITING) {", "if (false) {"),
        of("pool/WorkItem", "if (state == State.SETTLED) {", "if (false) {"),
        of("pool/ApplyWorkEvent", "boolean _ = threads.remove(work);", ""),
        of("pool/ApplyWorkEvent", "    undoing = true;", ""),
        of("pool/ApplyWorkEvent", "work.interrupt();", ""),
        of("pool/SubmitWorkEvent", "return !promise.isDone();", "return true;"),
        of("pool/SubmitWorkEvent", "work.abandon();", ""),
        of("pool/CompletionCounter", "free = List.copyOf(waiters);", ""),
        of(
            "pool/SharedQueue",
            "return getters.isEmpty() ? items.poll() : null;",
            "return items.poll();"),
        nth("pool/SharedQueue", 2, "return due();", "return null;"),
        nth("pool/SharedQueue", 3, "return due();", "return null;"),
        of("pool/SharedQueue", "call(lock.in(this::due));", ""),
        of("pool/SharedQueue", "|| getters.getFirst() != getter", ""));
  }
}
