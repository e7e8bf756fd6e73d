package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.heddle.coroutine.engine.SneakyThrow;
import dev.heddle.scheduler.Failures.Late;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a task that can be cancelled as one, with everything the task starts in it by a
 * {@link TaskGroup}: by a deadline, or by whoever has the scope.
 *
 * <pre>{@code
 * try (var scope = CancelScope.withTimeout(Duration.ofSeconds(5))) {
 *   byte[] line = co.await(lines.readLine());
 *   co.await(socket.send(ByteBuffer.wrap(line)));
 * } catch (TimeoutException e) {
 *   // 5 s passed before both were done
 * }
 * }</pre>
 *
 * <p>Scopes nest, along the task and from a task to the children of its groups: a tree. Once a
 * scope is cancelled, every await inside of it throws, until the scope is left, and what it waited
 * for has not happened. What is thrown:
 *
 * <ul>
 *   <li>to the task that opened the scope, after a deadline: a {@link TimeoutException}, which
 *       leaves the block by itself; if the body swallows it, {@link #close} throws another. It is
 *       thrown at two awaits, of which the second may stand in a {@code finally}. Who awaits in the
 *       block once more, as a loop does that catches it, meets {@link Cancelled}, and leaving the
 *       block turns that back;
 *   <li>in all other cases {@link Cancelled}, an error that passes {@code catch (Exception e)}. The
 *       one who cancels a scope of his own and wants to go on behind it says so:
 *       <pre>{@code
 * var scope = CancelScope.open();
 * try (scope) {
 *   button.onClick(() -> scope.cancel("the user has changed his mind"));
 *   co.await(longWork);
 * } catch (Cancelled cancelled) {
 *   scope.swallow(cancelled); // throws it on if this scope did not cause it
 * }
 * }</pre>
 * </ul>
 *
 * <p>Where {@code Cancelled} leaves the block of a scope whose time is over, a {@code
 * TimeoutException} goes on outside of it. That holds in bodies and methods that are woven, for
 * {@link #call} and {@link #swallow} in all, and for who joins the task. Java itself sets a limit
 * where the block is not woven, as in thread style: {@code close} cannot replace what is on its way
 * out of a {@code try (...)}. There {@code Cancelled} goes on to the end of the task, with the
 * {@code TimeoutException} as suppressed. So take {@code call} for a time limit around code that
 * you do not know, and in thread style.
 *
 * <p>Of several scopes that are cancelled the outermost one is reported. A <em>shielded</em> scope
 * holds off what is cancelled around it, for cleanup that has to wait; its own deadline and cancel
 * still count. A scope that is <em>finishing</em> holds off soft cancellations only, until their
 * grace is over.
 *
 * <p>A scope belongs to the task that opens it, which must leave it, innermost first. {@link
 * #cancel} may be called by every task of the scheduler; nothing here by other threads. A scope
 * must not stay open while a generator yields a value: the consumer would go on inside of it.
 *
 * <p>Invariant: only a cancelled scope has a reason, and one that is cancelled for good has no
 * deadline.
 *
 * <p>This file is long because what a scope throws, and where, is one state machine with its doors.
 *
 * <p>After trio's cancel scopes; a timeout is an exception, as in curio.
 *
 * @param <X> what {@link #close} may throw: {@link TimeoutException} with a deadline, else nothing
 */
public final class CancelScope<X extends Exception> extends Timed implements AutoCloseable {

  /** How far it is cancelled. SOFT does not reach the inside of a finishing scope. */
  private enum Level {
    NOT,
    SOFT,
    HARD
  }

  /** The task inside of which it is. */
  final Task<?> host;

  /** The scope around it; null if there is none. Reassigned only by {@link TaskScopes#rootOf}. */
  @Nullable CancelScope<?> parent;

  /** The scope inside of it that the host has opened; null if there is none. TaskScopes'. */
  @Nullable CancelScope<?> inner;

  /** The nearest finishing scope, and what reaches it: see {@link Reach}, which writes them. */
  @Nullable CancelScope<?> finishing;

  @Nullable CancelScope<?> hardBy;
  @Nullable CancelScope<?> softBy;

  /** Whether it, or one of the host's scopes around it, was given a timeout. */
  boolean timed;

  /** The group whose children live in it; null for others. */
  final @Nullable TaskGroup<?> group;

  final Kind kind;

  /** How far it is cancelled; only rises. */
  private Level level = Level.NOT;

  /** How long it was given, for messages; null if it has no deadline. */
  private @Nullable Duration timeout;

  /** When the timeout, or the grace of a soft cancellation, is over; on the scheduler's clock. */
  private long deadlineNanos;

  /** Why it is cancelled; empty before that. */
  private String reason = "";

  /** Who cancelled it, as the messages end; empty if the host did, or nobody. */
  private String by = "";

  /**
   * What goes on outside of the scope in place of {@link Cancelled}: the failure of a child that
   * cancelled it; or the timeout, once the host has met {@link Cancelled} or {@link #close} has
   * thrown it. Else null.
   */
  private @Nullable Throwable failure;

  /** Whether its timeout cancelled it. */
  private boolean expired;

  /** At how many awaits the host was told that its time is over, or of the child's failure. */
  private int told;

  /** Whether the host has left it. */
  private boolean closed;

  /**
   * How many awaits throw the timeout, or the failure of a child, before they throw {@link
   * Cancelled}: the one that was under way, and one in a {@code finally}, where Java would put
   * {@code Cancelled} in the place of what is on its way out.
   */
  private static final int MOST_TOLD = 2;

  /** What a scope holds off. */
  enum Kind {
    PLAIN,
    SHIELDED,
    FINISHING,
    /** Of {@link #call}: its host meets {@link Cancelled} from the start. */
    CALL,
    /** Of a whole task: what {@link Task#cancel} cancels. */
    ROOT
  }

  static {
    TaskScopes.watchGenerators();
  }

  CancelScope(Task<?> host, Kind kind, @Nullable TaskGroup<?> group) {
    this.host = host;
    this.kind = kind;
    this.group = group;
  }

  /** Opens a scope in the calling task, to be cancelled by {@link #cancel}. */
  public static CancelScope<RuntimeException> open() {
    return enter("open", Kind.PLAIN);
  }

  /**
   * Opens a scope in the calling task that is cancelled when this time has passed from now on.
   *
   * @param timeout 0 or more; with 0 the first await throws
   * @throws IllegalArgumentException if it is negative
   */
  public static CancelScope<TimeoutException> withTimeout(Duration timeout) {
    checkNotNegative(timeout);
    CancelScope<TimeoutException> scope = enter("withTimeout", Kind.PLAIN);
    scope.setTimeout(timeout);
    return scope;
  }

  /**
   * Opens a scope in the calling task that holds off cancellations from around it. Keep it short:
   * nobody can cancel what waits in it but by itself.
   */
  public static CancelScope<RuntimeException> shielded() {
    return enter("shielded", Kind.SHIELDED);
  }

  /** A shielded scope with a timeout: the one to take for cleanup that must wait. */
  public static CancelScope<TimeoutException> shielded(Duration timeout) {
    checkNotNegative(timeout);
    CancelScope<TimeoutException> scope = enter("shielded", Kind.SHIELDED);
    scope.setTimeout(timeout);
    return scope;
  }

  /**
   * Opens a scope in the calling task for work that has begun and should be brought to its end: a
   * soft cancellation from around it waits for its end, or for the end of the grace.
   */
  public static CancelScope<RuntimeException> finishing() {
    return enter("finishing", Kind.FINISHING);
  }

  private static <X extends Exception> CancelScope<X> enter(String call, Kind kind) {
    Task<?> task = Task.current();
    task.scheduler.checkInside(call);
    CancelScope<X> scope = new CancelScope<>(task, kind, null);
    TaskScopes.enter(task, scope);
    return scope;
  }

  private static void checkNotNegative(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("a timeout of " + timeout + ": must be 0 or more");
    }
  }

  /** What {@link CancelScope#call(Awaiter, Duration, Call)} runs. Serializable: it may be woven. */
  @FunctionalInterface
  public interface Call<T extends @Nullable Object, F extends Exception> extends Serializable {
    /** Runs once, inside of the scope; it has the awaiter of the one who calls. */
    T run(Awaiter co) throws F;
  }

  /** What {@link CancelScope#run(Awaiter, Duration, Run)} runs. Serializable: it may be woven. */
  @FunctionalInterface
  public interface Run<F extends Exception> extends Serializable {
    /** Runs once, inside of the scope; it has the awaiter of the one who calls. */
    void run(Awaiter co) throws F;
  }

  /**
   * Coroutine style: runs a block that must be through in this time, and gives its result.
   *
   * <pre>{@code
   * byte[] line = CancelScope.call(co, Duration.ofSeconds(5), c -> c.await(lines.readLine()));
   * }</pre>
   *
   * <p>When the time is over each await in the block throws {@link Cancelled}, which no {@code
   * catch (Exception e)} in it takes for its own; outside of the block that is a {@link
   * TimeoutException}. If the block gives its result all the same, without having met the end of
   * its time at an await, the result counts. The block runs in the calling task, at this place.
   *
   * @param timeout 0 or more; with 0 the first await throws
   * @throws F what the block throws
   * @throws TimeoutException if the time was over at an await in the block
   * @throws IllegalArgumentException if the timeout is negative
   */
  public static <T extends @Nullable Object, F extends Exception> T call(
      Awaiter co, Duration timeout, Call<T, F> block) throws F, TimeoutException {
    CancelScope<TimeoutException> scope = enterCall(timeout);
    T result;
    try {
      result = block.run(co);
    } catch (Throwable thrown) {
      throw scope.leaveWith(thrown);
    }
    scope.close();
    return result;
  }

  /**
   * Coroutine style: runs a block without a result that must be through in this time; see {@link
   * #call(Awaiter, Duration, Call)}.
   *
   * @throws F what the block throws
   * @throws TimeoutException if the time was over at an await in the block
   */
  public static <F extends Exception> void run(Awaiter co, Duration timeout, Run<F> block)
      throws F, TimeoutException {
    CancelScope<TimeoutException> scope = enterCall(timeout);
    try {
      block.run(co);
    } catch (Throwable thrown) {
      throw scope.leaveWith(thrown);
    }
    scope.close();
  }

  /**
   * Thread style: runs a block that must be through in this time, and gives its result; see {@link
   * #call(Awaiter, Duration, Call)}.
   *
   * <pre>{@code
   * byte[] line = CancelScope.call(Duration.ofSeconds(5), () -> await(lines.readLine()));
   * }</pre>
   *
   * @throws F what the block throws
   * @throws TimeoutException if the time was over at an await in the block
   */
  public static <T extends @Nullable Object, F extends Exception> T call(
      Duration timeout, ScopedValue.CallableOp<T, F> block) throws F, TimeoutException {
    CancelScope<TimeoutException> scope = enterCall(timeout);
    T result;
    try {
      result = block.call();
    } catch (Throwable thrown) {
      throw scope.leaveWith(thrown);
    }
    scope.close();
    return result;
  }

  private static CancelScope<TimeoutException> enterCall(Duration timeout) {
    checkNotNegative(timeout);
    CancelScope<TimeoutException> scope = enter("call", Kind.CALL);
    scope.setTimeout(timeout);
    return scope;
  }

  /** The block has thrown: what {@code try (...)} does, and turns back what it can. */
  private RuntimeException leaveWith(Throwable thrown) {
    try {
      close();
    } catch (Throwable byClose) {
      if (Cancelled.outside(thrown) != byClose) {
        thrown.addSuppressed(byClose);
      }
    }
    throw SneakyThrow.unchecked(Cancelled.outside(thrown));
  }

  // Cancelling.

  /**
   * Cancels what is inside. Does nothing if it is cancelled already, or closed.
   *
   * @param why stands in the exceptions' messages
   * @return whether this call cancelled it
   */
  @CanIgnoreReturnValue
  public boolean cancel(String why) {
    Objects.requireNonNull(why, "reason");
    host.scheduler.checkInside("cancel");
    if (isOver() || level == Level.HARD) {
      return false;
    }
    if (level == Level.NOT) {
      blame(why);
    }
    harden();
    return true;
  }

  /**
   * Cancels softly: what is inside of a {@link #finishing} scope may go on until that is left, or
   * for the grace; all else is cancelled at once, and everything when the grace is over.
   *
   * @param grace 0 or more
   * @return whether this call cancelled it
   * @throws IllegalArgumentException if grace is negative
   */
  @CanIgnoreReturnValue
  public boolean cancel(String why, Duration grace) {
    Objects.requireNonNull(why, "reason");
    host.scheduler.checkInside("cancel");
    checkNotNegative(grace);
    if (isOver() || level != Level.NOT) {
      return false;
    }
    level = Level.SOFT;
    blame(why);
    assert valid();
    long end = host.scheduler.nanoTime() + Timers.saturatedNanos(grace);
    if (!hasDeadline() || end - deadlineNanos < 0) {
      deadlineNanos = end;
      host.scheduler.setDeadline(this, end);
    }
    host.scheduler.reach.spread(this);
    return true;
  }

  /** Whether it was left and nobody is inside of it any more. */
  private boolean isOver() {
    return closed && (group == null || group.isEmpty());
  }

  private void blame(String why) {
    reason = why;
    Task<?> running = host.scheduler.running();
    by = running == null || running == host ? "" : ", by task '" + running.name() + "'";
  }

  private void harden() {
    level = Level.HARD;
    host.scheduler.clearDeadline(this);
    assert valid();
    host.scheduler.reach.spread(this);
  }

  /** A child of the group has failed: every await of the host in here throws that failure. */
  void fail(Task<?> child, Throwable thrown) {
    if (level == Level.HARD) {
      return;
    }
    if (level == Level.NOT) {
      blame("task '" + child.name() + "' of its group failed: " + Failures.described(thrown));
    }
    failure = thrown;
    harden();
  }

  /** The deadline, or the end of a grace. */
  @Override
  protected void handleDeadline(Scheduler scheduler) {
    if (level == Level.NOT) {
      expired = true;
      reason = "the timeout of " + timeout + " of task '" + host.name() + "' is over";
    }
    harden();
  }

  /** An await of the host: a deadline that has passed fires here, not only at the next look. */
  void expireIfPast(long now) {
    if (isPast(now)) {
      host.scheduler.clearDeadline(this);
      handleDeadline(host.scheduler);
    }
  }

  /** Whether its deadline has passed and has still to fire. */
  boolean isPast(long now) {
    return hasDeadline() && deadlineNanos - now <= 0;
  }

  /** Whether it is cancelled, softly or for good, by its deadline or by somebody. */
  public boolean isCancelled() {
    return level != Level.NOT;
  }

  /** Why it is cancelled; null if it is not. */
  public @Nullable String reason() {
    return level == Level.NOT ? null : reason;
  }

  /** How much time is left; null if it has no deadline. */
  public @Nullable Duration remaining() {
    if (timeout == null) {
      return null;
    }
    long left = deadlineNanos - host.scheduler.nanoTime();
    return expired || left < 0 ? Duration.ZERO : Duration.ofNanos(left);
  }

  /**
   * Gives a scope with a deadline another one.
   *
   * @param timeout counted from now; 0 or more
   * @throws IllegalStateException if it was opened without a timeout, is cancelled, or is closed
   */
  public void moveDeadline(Duration timeout) {
    host.scheduler.checkInside("moveDeadline");
    checkNotNegative(timeout);
    if (this.timeout == null || level != Level.NOT || closed) {
      throw new IllegalStateException("cannot move the deadline of " + this);
    }
    setTimeout(timeout);
  }

  private void setTimeout(Duration given) {
    timeout = given;
    deadlineNanos = host.scheduler.nanoTime() + Timers.saturatedNanos(given);
    host.scheduler.setDeadline(this, deadlineNanos);
    timed = true; // the scope is the innermost, or had a timeout already
    TaskScopes.note(host, host.isReached());
  }

  // Leaving.

  /**
   * For the {@code catch} behind the block: throws the exception on, unless this very scope has
   * caused it. If a task of a group in the block has failed meanwhile, throws that failure.
   *
   * @throws X if the scope's time is over: a timeout is not swallowed
   */
  public void swallow(Cancelled cancelled) throws X {
    if (cancelled.scope() != this) {
      throw cancelled;
    }
    Throwable turned = turnedBack(cancelled);
    if (turned != cancelled) {
      throw thrownOutside(turned);
    }
    Late.throwFrom(host, cancelled);
  }

  /**
   * Leaves the scope. On one that was left does nothing.
   *
   * @throws X if an await has told the task of the timeout; if that exception is on its way out of
   *     the block, Java adds this one to it as suppressed
   * @throws IllegalStateException if it is not the calling task's innermost scope; all are left
   */
  @Override
  public void close() throws X {
    if (closed) {
      return;
    }
    RuntimeException disorder = TaskScopes.leave(host, this);
    TaskScopes.afterLeaving(host, () -> disorder);
    assert closed : this + " was left and is not closed";
    if (expired && told > 0) {
      throw thrownOutside(timeoutToThrow());
    }
  }

  private Throwable timeoutToThrow() {
    if (failure == null) {
      failure = timeout("the scope was left after its " + describe());
    }
    return failure;
  }

  /** It has no stack trace: that would only show the kernel. */
  private static TimeoutException timeout(String message) {
    TimeoutException made = new TimeoutException(message);
    made.setStackTrace(new StackTraceElement[0]);
    return made;
  }

  /** The host has left it, in whatever way. */
  void left() {
    closed = true;
    host.scheduler.clearDeadline(this);
    if (group != null) {
      group.left();
    }
  }

  @SuppressWarnings("unchecked") // one with a deadline is made with X = TimeoutException only
  private X thrownOutside(Throwable failure) {
    return (X) failure;
  }

  /** What goes on outside of this scope in place of what it has caused; see {@link Cancelled}. */
  Throwable turnedBack(Cancelled cancelled) {
    if (!closed || cancelled.task() != host || failure == null) {
      return cancelled;
    }
    if (expired) {
      failure.setStackTrace(cancelled.getStackTrace());
    }
    return failure;
  }

  /** Whether its cancellation reaches the inside, seen through a finishing scope or not. */
  boolean reaches(boolean finishing) {
    return level == Level.HARD || (level == Level.SOFT && !finishing);
  }

  /**
   * Makes the exception for an await of the task that this scope has cancelled. The host is told of
   * the timeout or the failure {@link #MOST_TOLD} times: one that awaits again then swallows it.
   */
  Throwable thrownTo(Task<?> task, @Nullable YieldEvent<?, ?> undone) {
    String waited = undone == null ? "" : "; it was waiting for " + undone.described();
    if (host != task || (failure == null && !expired)) {
      return new Cancelled(task, this, reason, by + waited);
    }
    boolean tells = ++told <= MOST_TOLD && kind != Kind.CALL;
    if (group != null) {
      group.heard(tells); // one that it swallows is thrown by close once more
    }
    if (tells) {
      return failure != null
          ? failure
          : new TimeoutException("timed out after " + timeout + waited);
    }
    if (failure == null) {
      failure = timeout("timed out after " + timeout + waited);
    }
    return new Cancelled(task, this, reason, by + waited);
  }

  /** Whether {@link #thrownTo} has given the failure of a child, which has a stack of its own. */
  boolean isFailure(Throwable thrown) {
    return thrown == failure;
  }

  private boolean valid() {
    return (level != Level.NOT || reason.isEmpty()) && (level != Level.HARD || !hasDeadline());
  }

  private String describe() {
    return timeout == null ? "scope" : "timeout of " + timeout;
  }

  @Override
  public String toString() {
    String state = closed ? ", closed" : level == Level.NOT ? "" : ", cancelled: " + reason;
    return describe() + " of task '" + host.name() + "'" + state;
  }
}
