package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.scheduler.ForeignCall.Inbox;
import dev.heddle.scheduler.TaskEvent.ToldLater;
import dev.heddle.scheduler.view.Explainer;
import dev.heddle.scheduler.view.LoopWatch;
import dev.heddle.scheduler.view.TaskWatch;
import dev.heddle.scheduler.view.TurnOrder;
import dev.heddle.stats.SchedulerStats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The loop: everything a scheduler does happens in one of its passes.
 *
 * <pre>
 *   1. drain the inbox                 what other threads handed in
 *   2. wake tasks whose time has come  deadlines that have passed
 *   3. run the tasks that are ready    only tasks that were ready when the pass began, in order
 *   4. poll                            tasks ready: look; none: sleep until something happens
 * </pre>
 *
 * <p>With tasks ready, the clock and the poller cost more than a turn. Then phases 4, 1 and 2 are
 * one {@link #look}, made as often as {@link PollCadence} says, between two passes or between two
 * turns of a long pass. A task that the look wakes goes behind the tasks that are ready.
 *
 * <p>Invariants: one task at most has the turn, and none while the loop looks outside; an event
 * completes at once at most as often in a turn as the builder says.
 *
 * <p>This file is long because what the loop alone touches is in it: its looks, its ready tasks.
 */
final class Loop {
  private final ReadyQueue ready;
  private final Deadlines deadlines = new Deadlines();
  final Inbox inbox;
  private final Scheduler scheduler;
  final SchedulerBuilder.Given given;
  private final PollCadence cadence;
  private final PollCadence.ServedPolls polls;

  /** How many events may complete at once in one turn; then the task goes to the back. */
  private final int turnBudget;

  /** Who hears of each turn, and what the observer has not heard yet; null if nobody does. */
  private @Nullable ToldLater observer;

  /** Where the loop idles. Replaced at most once, by the loop's thread, while it is awake. */
  private volatile Poller poller;

  /** Whether the last pass is over. Written once, before the inbox is drained for the last time. */
  private volatile boolean ended;

  /** Under assertions, what the loop's thread had of all mirrors before the turn. */
  final Map<TaskLocal<?>, Object> inThread = new HashMap<>();

  /** The task that has the turn, or had the last one of this pass; null outside of passes. */
  private @Nullable Task<?> running;

  /** How many more events of the running task may complete at once in this turn. */
  private int completionsLeft;

  /** The time of the last look. */
  private long now;

  /**
   * How often the loop has come round, which is what the watchdog looks at. Only the loop writes
   * it.
   */
  private long rounds;

  /** The longest turn while somebody watched each one. Only the loop writes it. */
  private long longestTurnNanos;

  Loop(Scheduler scheduler, SchedulerBuilder builder) {
    this.scheduler = scheduler;
    this.given = builder.given(scheduler);
    this.inbox = SchedulerView.inbox(scheduler, given.log);
    TurnOrder order = given.log == null ? builder.order : given.log;
    this.ready = order == null ? new ReadyQueue() : new SchedulerView.SteeredQueue(this, order);
    this.cadence = new PollCadence(given.clock());
    this.turnBudget = builder.turnBudget;
    this.poller = given.poller();
    this.now = given.clock().nanoTime();
    this.polls = new PollCadence.ServedPolls(now);
    this.observer = builder.observer == null ? null : new ToldLater(scheduler, builder.observer);
  }

  /** Runs passes until there is no reason to go on. */
  void run() {
    beginRun();
    while (scheduler.goesOn(inbox)) {
      try {
        if (ready.isEmpty()) {
          idle();
        }
        pass();
      } catch (OutOfMemoryError outside) { // not in a body, which ends by its own
        running = null;
        scheduler.failures.report("the loop", outside);
      }
    }
    endRun();
  }

  private void beginRun() {
    given.beginRun();
    cadence.beginRun();
    look();
  }

  private void endRun() {
    long _ = cadence.restart(); // counts the last round
    given.endRun(poller);
  }

  /** Phase 3: one turn for each task that is ready now. */
  void pass() {
    boolean pollIsOwed = false;
    Thread thread = Thread.currentThread();
    polls.passBegins();
    for (int left = ready.size(); left > 0; left--) {
      Task<?> task = ready.next();
      boolean byPoll = TaskState.isToBeResumedByEvent(task);
      observedTurn(task, thread);
      if (cadence.isDue()) {
        lookAfter(byPoll);
        pollIsOwed = byPoll;
      }
    }
    running = null;
    polls.passEnds();
    assert completionsLeft >= 0 : "a turn had more completions than it may have";
    if (pollIsOwed && !ready.isEmpty()) {
      look();
    }
  }

  /**
   * A look is due after a turn. If a poll has woken that turn, the next poll waits for the end of
   * the pass: before that, the selector would report every socket again whose task has not had its
   * turn yet.
   */
  private void lookAfter(boolean turnByPoll) {
    if (turnByPoll) {
      running = null;
      catchUp();
    } else {
      look();
    }
  }

  /** Resumes a task until it waits, ends, or has used up what it may complete at once. */
  private void turn(Task<?> task, Thread thread) {
    assert running == null || running.state != TaskState.RUNNING
        : running + " has the turn already";
    running = task;
    completionsLeft = turnBudget;
    boolean runnable = TaskState.begin(task);
    while (runnable) {
      if ((task.marks & Task.IN_THREAD) != 0) {
        beginInThread(task);
      }
      YieldEvent<?, ?> event = TaskState.resume(task);
      if (task.isMirrored()) { // perhaps since this turn
        TaskLocal.Turn.end(task);
      }
      runnable = event != null && TaskState.startUnlessStarted(task, event) && completesAtOnce();
    }
    if (thread.isInterrupted()) {
      scheduler.inside.interrupts.turnEnds(task);
    }
    if (task.state == TaskState.COMPLETED) {
      TaskState.putBack(task);
    }
  }

  /** Puts into the thread what the task has left there, or wants to find there. */
  private static void beginInThread(Task<?> task) {
    ThreadGuard.Interrupts.turnBegins(task);
    if (task.isMirrored()) {
      TaskLocal.Turn.begin(task);
    }
  }

  /** A turn; an observer, if there is one, hears of it before and after, while no task has it. */
  private void observedTurn(Task<?> task, Thread thread) {
    ToldLater observed = observer;
    if (observed == null) {
      assert TaskLocal.Turn.noteBefore(task);
      turn(task, thread);
      assert TaskLocal.Turn.tellAfter(task);
      return;
    }
    observed.note(task, TaskEvent.What.TURN);
    running = null;
    observed.tell();
    observed.turnBegins(task);
    long begin = given.nanosAside();
    turn(task, thread);
    longestTurnNanos = Math.max(longestTurnNanos, given.nanosAside() - begin);
    observed.turnEnds(task);
    running = null;
    observed.tell();
  }

  /** An event has completed at once: whether the task may go on in this turn. */
  boolean completesAtOnce() {
    return completionsLeft > 0 && --completionsLeft > 0;
  }

  /** The next event of the running task that completes at once is the last of this turn. */
  void endTurnAtNextAwait() {
    completionsLeft = Math.min(completionsLeft, 1);
  }

  /** The turn is over, and the next one is not decided on. */
  void betweenTurns() {
    running = null;
  }

  /** Phases 4, 1 and 2, without waiting. */
  void look() {
    running = null;
    long before = deadlines.isEmpty() ? now : cadence.now(); // the clock costs two turns
    int readyBefore = ready.size();
    poller.poll(0);
    polls.polled(before, ready.size() > readyBefore);
    drain();
    now = cadence.restart();
    fire(before);
  }

  /** Phases 1 and 2. */
  private void catchUp() {
    drain();
    now = cadence.restart();
    fire(now);
  }

  /** Phase 1. */
  private void drain() {
    assert running == null : running + " has the turn while the loop looks outside";
    rounds++;
    inbox.drain(scheduler.failures);
  }

  /** Phase 2: what has passed by then, as far as {@link PollCadence.ServedPolls} allows. */
  private void fire(long until) {
    deadlines.beginLook(until, polls.servedAt());
    for (Timed due = deadlines.pollExpired(); due != null; due = deadlines.pollExpired()) {
      passed(due);
    }
    scheduler.caughtUp(inbox);
    cadence.lookIsOver(ready.size());
    LoopWatch.lookedAt(scheduler);
    if (observer != null) {
      observer.looked(cadence.asleepNanos);
    }
  }

  private void passed(Timed due) {
    try {
      due.handleDeadline(scheduler);
    } catch (Exception thrown) {
      if (!(due instanceof SingleWaiterEvent<?, ?> event && event.deadlineThrew(thrown))) {
        scheduler.failures.report("a deadline", thrown);
      }
    }
  }

  /**
   * Phase 4 with nothing ready: sleeps until I/O, a deadline or another thread gives work. One poll
   * only, as this is where a server that is not overloaded spends its system calls.
   */
  private void idle() {
    catchUp();
    if (!ready.isEmpty() || !scheduler.goesOn(inbox)) {
      return;
    }
    long timeout = deadlines.nanosUntilNext(now);
    if (nothingCanHappen()) {
      throw Explainer.create().explain(scheduler);
    }
    ready.trim();
    long before = now;
    boolean polled = inbox.sleep(poller, timeout);
    now = cadence.restartAwake();
    if (polled) { // through the whole time, so that what came in it is known; or we know less
      boolean whole = now - before >= timeout;
      polls.polled(whole ? before + timeout : before, !ready.isEmpty());
    }
    drain();
    fire(now);
  }

  /** No task is ready: whether none can ever become so. */
  private boolean nothingCanHappen() {
    return !deadlines.keepRunGoing()
        && !poller.hasWaiters()
        && inbox.isEmpty()
        && !scheduler.tasks.anyAwaitsOutside();
  }

  // What the scheduler and its tasks use.

  @Nullable Task<?> running() {
    return running;
  }

  /** The body that calls, if it has a thread of its own and the turn; else null. */
  @Nullable StackfulCoroutine<?, ?, ?> callersStack() {
    Task<?> caller = running;
    return caller != null && caller.runsOnItsStack() ? caller.stack() : null;
  }

  /** The time of the last look, which costs nothing; the clock costs more than a turn. */
  long lookNanos() {
    return now;
  }

  void enqueue(Task<?> task) {
    ready.add(task);
  }

  void unqueue(Task<?> task) {
    ready.remove(task);
  }

  void spawned(Task<?> task) {
    note(task, TaskEvent.What.SPAWNED);
    ready.add(task);
  }

  void woken(Task<?> task) {
    if (task != running) { // woken during its own turn: the end-of-turn note reports it
      note(task, TaskEvent.What.WOKEN);
    }
    ready.add(task);
  }

  /** For the observer, if there is one. */
  void note(Task<?> task, TaskEvent.What what) {
    if (observer != null) {
      observer.note(task, what);
    }
  }

  /** The watch hears of all that happens from now on. */
  void watch(TaskWatch watch) {
    observer = observer == null ? new ToldLater(scheduler, null) : observer;
    observer.add(watch);
  }

  void unwatch(TaskWatch watch) {
    if (observer != null && observer.remove(watch)) {
      observer = null;
    }
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Clock clock() {
    return given.clock();
  }

  /** As it was given. */
  Poller poller() {
    return given.asGiven(poller);
  }

  /** The one of this kind, if there is one; else the one that there is. */
  Poller poller(Class<?> kind) {
    Poller brought = given.brought;
    return kind.isInstance(brought) ? brought : poller();
  }

  /** From now on the loop does without a clock or a poller that throws. */
  void beginEnd() {
    given.beginEnd();
  }

  /** For the watchdog, any thread: how often the loop has come round; -1 while it sleeps. */
  long rounds() {
    return inbox.isAsleep() ? -1 : rounds;
  }

  /** For the watchdog, any thread, while the loop stands still: the names of the tasks to run. */
  List<String> firstReady(int most) {
    return ready.first(most).stream().map(Task::name).toList();
  }

  /** For the watchdog, any thread. */
  int readyTasks() {
    return ready.size();
  }

  /** For stats(), any thread. */
  SchedulerStats.Loop counts() {
    int readyNow = ready.size();
    boolean sleeps = inbox.isAsleep();
    long since = scheduler.inside.carrier == null ? 0 : clock().nanoTime() - cadence.startedAt;
    long awake = sleeps ? 0 : Math.max(0, since);
    return new SchedulerStats.Loop(
        cadence.turns(),
        readyNow,
        Math.max(cadence.mostReady, readyNow),
        rounds,
        cadence.busyNanos + awake,
        cadence.asleepNanos + (sleeps ? Math.max(0, since) : 0),
        Math.max(cadence.longestNanos, awake),
        longestTurnNanos,
        polls.count(),
        inbox.wakeups(),
        deadlines.size(),
        inbox.size());
  }

  /**
   * Brings a poller of a kind, if none was brought before. To make one may block in the JDK: then
   * the loop goes on, and another task may bring its own first.
   */
  void bringPoller(Class<?> kind, Supplier<? extends Poller> open) {
    if (given.wants(kind, poller)) {
      Poller made = open.get();
      scheduler.checkInside("poller"); // waits for a turn, if this task came out of its own
      if (given.wants(kind, poller)) {
        poller = given.joined(poller, made);
      } else {
        made.close();
      }
    }
  }

  /**
   * Any thread: hands in a message.
   *
   * @return false if the loop has ended, and nobody takes it any more
   */
  boolean post(Runnable message) {
    if (inbox.post(message)) {
      poller.wakeup(); // read after the post: a poller put in place before it has seen the message
    }
    return !ended || !inbox.takeBack(message);
  }

  /** The last pass is over. What was handed in before is run; what comes later is refused. */
  void end() {
    ended = true;
    try {
      inbox.drain(scheduler.failures);
    } finally {
      given.close(poller);
    }
    if (observer != null) {
      observer.tell();
    }
    LoopWatch.isClosed(scheduler);
  }

  /**
   * The tasks that want a turn, first in first out.
   *
   * <p>A ring in an array, not links through the tasks: with G1, each reference written into an old
   * object costs a barrier, and a linked queue writes four a turn where this writes two. That was 4
   * of 16 nanoseconds.
   *
   * <p>Invariant: the ring's length is a power of two, and no slot outside of the queue keeps a
   * task.
   */
  static sealed class ReadyQueue permits SchedulerView.SteeredQueue {
    private static final int SMALLEST = 64;

    /** Up to this length a ring is kept for the next burst: 64 KiB. */
    private static final int LONGEST_KEPT = 1 << 14;

    /** Its length is a power of two, so that an index wraps by a mask. */
    private @Nullable Task<?>[] ring = new Task<?>[SMALLEST];

    /** Where the first task stands. */
    private int head;

    private int size;

    public final int size() {
      return size;
    }

    boolean isEmpty() {
      return size == 0;
    }

    void add(Task<?> task) {
      assert task.waitQueue == null : task + " is in a wait queue";
      if (size == ring.length) {
        grow();
      }
      ring[(head + size++) & (ring.length - 1)] = task;
      assert valid();
    }

    /**
     * Takes a task out from wherever it stands; looks through the whole queue, so only for errors.
     */
    void remove(Task<?> task) {
      for (int left = size; left > 0; left--) {
        Task<?> first = take();
        if (first != task) {
          add(first);
        }
      }
    }

    /** A copy of the first ones. From another thread: of what is seen of a queue in motion. */
    List<Task<?>> first(int most) {
      List<Task<?>> first = new ArrayList<>();
      @Nullable Task<?>[] tasks = ring;
      for (int i = 0; i < Math.min(most, size); i++) {
        Task<?> task = tasks[(head + i) & (tasks.length - 1)];
        if (task != null) {
          first.add(task);
        }
      }
      return first;
    }

    /** The task at a place, counted from the first, which is 0. */
    public final Task<?> get(int place) {
      assert place < size : "place " + place + " of " + size;
      return Objects.requireNonNull(ring[(head + place) & (ring.length - 1)]);
    }

    /** Puts the task at a place before all others, which keep their order. */
    void bringForward(int place) {
      Task<?> task = get(place);
      for (int i = place; i > 0; i--) {
        ring[(head + i) & (ring.length - 1)] = get(i - 1);
      }
      ring[head] = task;
      assert valid();
    }

    /** Takes out the one that has the next turn; there must be one. */
    Task<?> next() {
      return take();
    }

    /** Takes the first one out; there must be one. */
    final Task<?> take() {
      Task<?> task = ring[head];
      assert task != null : "no task is ready";
      ring[head] = null; // an ended task must not stay reachable
      head = (head + 1) & (ring.length - 1);
      size--;
      assert valid();
      return task;
    }

    /**
     * Nothing is ready: a ring that was filled by a million tasks, which all wait now, is let go.
     */
    void trim() {
      assert size == 0 : size + " tasks are ready";
      if (ring.length > LONGEST_KEPT) {
        ring = new Task<?>[SMALLEST];
        head = 0;
      }
    }

    private boolean valid() {
      return Integer.bitCount(ring.length) == 1
          && size >= 0
          && size <= ring.length
          && (size == ring.length || ring[(head + size) & (ring.length - 1)] == null);
    }

    /** How many tasks there is room for. */
    int capacity() {
      return ring.length;
    }

    private void grow() {
      @Nullable Task<?>[] larger = Arrays.copyOfRange(ring, head, head + 2 * ring.length);
      System.arraycopy(ring, 0, larger, ring.length - head, head);
      ring = larger;
      head = 0;
    }
  }
}
