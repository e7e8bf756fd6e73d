package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.coroutine.engine.UserFrames;
import java.lang.StackWalker.StackFrame;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the events that tasks of a scheduler have made and never awaited, under assertions.
 *
 * <p>An event does nothing until it is awaited, so a forgotten {@code co.await} is silent: no lock
 * is taken, nothing is sent. An event that was not awaited in its first moments may be kept for
 * later. When it is garbage, nobody can await it any more: then it was forgotten.
 *
 * <pre>
 *   made --begun--> not watched: almost every event, in the same moment
 *     |
 *     '--the loop looks--> unawaited --begun--> not watched
 *                            |
 *                            '--garbage--> reported, once for each line
 * </pre>
 *
 * <p>An event says in {@link Timed#queuePlace} whether it was made and not begun, so that no event
 * grows by this. A young event is referred to strongly, as an event that was begun and became
 * garbage before the loop looked must not look like a forgotten one.
 *
 * <p>Without assertions none of this is reached: {@link #FOUND} is a constant.
 */
final class ForgottenAwaits {
  /** Whether forgotten awaits are found. */
  static final boolean FOUND = ForgottenAwaits.class.desiredAssertionStatus();

  static {
    if (FOUND) {
      StackfulCoroutine.knowTasks(ForgottenAwaits::maker);
    }
  }

  /** So many young events at most before they are looked through. */
  private static final int MOST_YOUNG = 64;

  /**
   * The events of all schedulers that were not begun when the loop looked. Of all, because the task
   * of another scheduler may await an event. Any thread may use it.
   */
  private static final Map<Unawaited, Unawaited> UNAWAITED = new ConcurrentHashMap<>();

  /**
   * The part of {@link #UNAWAITED} that tasks of this scheduler have made, by the ids of the tasks.
   * Guarded by this: the task of another scheduler may await one.
   */
  private final Map<Long, Set<Unawaited>> unawaited = new HashMap<>();

  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private final Scheduler scheduler;

  /** What was made since the loop looked, oldest first. Guarded by this: a body may be astray. */
  private final ArrayDeque<Young> young = new ArrayDeque<>();

  /** Filled by the garbage collector. */
  private final ReferenceQueue<YieldEvent<?, ?>> collected = new ReferenceQueue<>();

  /** What was reported: the line and the kind of event. Guarded by this. */
  private final Set<Found> reported = new HashSet<>();

  /** An event that was just made, and by whom, and where: null if no line of a user made it. */
  private record Young(YieldEvent<?, ?> event, Task<?> task, @Nullable StackFrame at) {}

  private record Found(Class<?> kind, StackTraceElement at) {}

  ForgottenAwaits(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** An event is made. One that no task makes, or in vain, belongs to no scheduler. */
  static void made(YieldEvent<?, ?> event) {
    Task<?> task = maker();
    if (task != null && task.scheduler.recordsSites()) {
      event.queuePlace = Timed.NOT_AWAITED;
      task.scheduler.forgotten.add(new Young(event, task, site()));
    }
  }

  /** The task in whose turn the calling thread runs, also that of a generator with a stack. */
  private static @Nullable Task<?> maker() {
    Task<?> task = Task.currentOrNull();
    return task == null ? (Task<?>) StackfulCoroutine.taskOfTurn() : task;
  }

  /** The innermost frame that is neither Heddle's nor the JDK's. */
  private static @Nullable StackFrame site() {
    return STACK.walk(
        frames ->
            frames
                .filter(frame -> UserFrames.isCallers(frame.getDeclaringClass()))
                .findFirst()
                .orElse(null));
  }

  private synchronized void add(Young made) {
    while (!young.isEmpty() && young.getLast().event.queuePlace != Timed.NOT_AWAITED) {
      young.removeLast();
    }
    if (young.size() >= MOST_YOUNG) {
      lookThrough(); // before the event is added, whose constructor is still running
    }
    young.add(made);
  }

  /**
   * Somebody awaits the event, or has put it into another event.
   *
   * @return what is to be started: another one if this is a {@link Call}
   */
  @SuppressWarnings("unchecked") // a Call has the types of its event
  static <E extends YieldEvent<?, ?>> E begun(E event) {
    if (event.queuePlace == Timed.NOT_AWAITED) {
      event.queuePlace = Timed.NOT_QUEUED;
      if (!UNAWAITED.isEmpty()) {
        boolean _ = leave(new Unawaited(event));
      }
    }
    return event instanceof Call<?, ?> call ? (E) call.shared : event;
  }

  /** It is unawaited no more; false if it was not. */
  private static boolean leave(Unawaited lookUp) {
    Unawaited kept = UNAWAITED.remove(lookUp);
    if (kept != null) {
      kept.owner().left(kept);
    }
    return kept != null;
  }

  private synchronized void left(Unawaited gone) {
    Set<Unawaited> made = unawaited.get(gone.taskId);
    if (made != null && made.remove(gone) && made.isEmpty()) {
      unawaited.remove(gone.taskId);
    }
  }

  /**
   * The young events that were not begun are unawaited from now on. To describe one may make
   * another, which is young then.
   */
  private synchronized void lookThrough() {
    List<Young> looked = List.copyOf(young);
    young.clear();
    for (Young made : looked) {
      StackFrame at = made.at;
      if (at == null
          || made.event.queuePlace != Timed.NOT_AWAITED
          || !made.event.mustBeAwaited()
          || made.task.state() == Task.State.CANCELLED) {
        continue;
      }
      Found found = new Found(kindOf(made.event), asWritten(at));
      if (!reported.contains(found)) {
        Unawaited kept = new Unawaited(made, found, this);
        UNAWAITED.put(kept, kept);
        unawaited.computeIfAbsent(kept.taskId, _ -> new HashSet<>()).add(kept);
      }
    }
  }

  private static Class<?> kindOf(YieldEvent<?, ?> event) {
    return event instanceof Call<?, ?> call ? call.shared.getClass() : event.getClass();
  }

  private static StackTraceElement asWritten(StackFrame frame) {
    StackTraceElement raw = frame.toStackTraceElement();
    List<StackTraceElement> written = UserFrames.users(new StackTraceElement[] {raw});
    return written.isEmpty() ? raw : written.getFirst();
  }

  /** The loop has caught up with the world: tells what the garbage collector has found. */
  void reportCollected() {
    if (!FOUND) {
      return;
    }
    lookThrough();
    if (UNAWAITED.isEmpty()) {
      return;
    }
    for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
      if (gone instanceof Unawaited forgotten && leave(forgotten)) {
        report(forgotten);
      }
    }
  }

  /**
   * The end of the run. A short program has seen no garbage collection yet: if events are
   * unawaited, one is asked for. What is still reachable then may be awaited in the next run; if
   * there is none, nobody will look for it any more.
   */
  void endRun() {
    reportCollected();
    if (kept().isEmpty()) {
      return;
    }
    System.gc();
    for (Unawaited kept : kept()) {
      if (kept.refersTo(null) && leave(kept)) {
        report(kept);
      }
    }
    if (scheduler.isClosed()) {
      kept().forEach(ForgottenAwaits::leave);
    }
  }

  private synchronized List<Unawaited> kept() {
    return unawaited.values().stream().flatMap(Set::stream).toList();
  }

  /** A cancelled task has not come to its awaits: what it has made was not forgotten. */
  void cancelled(Task<?> task) {
    Set<Unawaited> made;
    synchronized (this) {
      made = unawaited.remove(task.id());
    }
    if (made != null) {
      made.forEach(UNAWAITED::remove);
    }
  }

  private void report(Unawaited forgotten) {
    synchronized (this) {
      if (!reported.add(forgotten.found())) {
        return;
      }
    }
    scheduler.report(
        new Finding.ForgottenAwait(forgotten.text, forgotten.taskName, forgotten.found().at));
  }

  /** An event that was made a while ago and not awaited. Equal to another one of the same event. */
  private static final class Unawaited extends WeakReference<YieldEvent<?, ?>> {
    private final int hash;

    /** What follows is null, or nothing, in one that is made to look the event up. */
    private final @Nullable ForgottenAwaits owner;

    private final @Nullable Found found;
    private final String text;
    private final long taskId;
    private final String taskName;

    Unawaited(YieldEvent<?, ?> event) {
      super(event);
      hash = System.identityHashCode(event);
      owner = null;
      found = null;
      text = "";
      taskId = 0;
      taskName = "";
    }

    Unawaited(Young made, Found found, ForgottenAwaits owner) {
      super(made.event, owner.collected);
      this.hash = System.identityHashCode(made.event);
      this.owner = owner;
      this.found = found;
      this.text = made.event.described();
      this.taskId = made.task.id();
      this.taskName = made.task.name();
    }

    ForgottenAwaits owner() {
      assert owner != null : "made to look an event up";
      return owner;
    }

    Found found() {
      assert found != null : "made to look an event up";
      return found;
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      YieldEvent<?, ?> event = get();
      return other == this
          || (event != null && other instanceof Unawaited kept && kept.refersTo(event));
    }
  }

  /**
   * One call of a primitive that gives all its callers the same event: see {@link
   * YieldEvent#forCaller}. It is never started; the shared event is.
   */
  static final class Call<T extends @Nullable Object, X extends Exception>
      extends YieldEvent<T, X> {
    private final YieldEvent<T, X> shared;

    Call(YieldEvent<T, X> shared) {
      this.shared = shared;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      throw new AssertionError("the shared event is to be started: " + shared.described());
    }

    @Override
    public @Nullable Resource resource() {
      return shared.resource();
    }

    @Override
    protected boolean isWokenFromOutside() {
      return shared.isWokenFromOutside();
    }

    @Override
    protected boolean isWorkedOutside() {
      return shared.isWorkedOutside();
    }

    @Override
    int nesting() {
      return shared.nesting();
    }

    @Override
    public String describe() {
      return shared.describe();
    }
  }
}
