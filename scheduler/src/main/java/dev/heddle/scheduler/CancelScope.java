package dev.heddle.scheduler;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
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
 *       leaves the block by itself; if the body swallows it, {@link #close} throws another;
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
 * <p>Of several scopes that are cancelled the outermost one is reported. A <em>shielded</em> scope
 * holds off what is cancelled around it, for cleanup that has to wait; its own deadline and cancel
 * still count. A scope that is <em>finishing</em> holds off soft cancellations only, until their
 * grace is over.
 *
 * <p>A scope belongs to the task that opens it, which must leave it, innermost first. {@link
 * #cancel} may be called by every task of the scheduler; nothing here by other threads. A scope
 * must not stay open while a generator yields a value: the consumer would go on inside of it.
 *
 * <p>Invariant: a cancelled scope has a reason, and one that is cancelled for good has no deadline.
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

  /** The group whose children live in it; null for others. */
  final @Nullable TaskGroup<?> group;

  private final Kind kind;

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

  /** The failure of a child that cancelled it; null if something else did. */
  private @Nullable Throwable failure;

  /** Whether its timeout cancelled it. */
  private boolean expired;

  /** Whether a TimeoutException was thrown at an await of the host. */
  private boolean toldHost;

  /** Whether the host has left it. */
  private boolean closed;

  /** What a scope holds off. */
  enum Kind {
    PLAIN,
    SHIELDED,
    FINISHING,
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
   * Opens a scope in the calling task that is cancelled when this time has passed, counted from
   * now.
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

  // Cancelling.

  /**
   * Cancels what is inside. Does nothing if it is cancelled already, or closed.
   *
   * @param why stands in the exceptions' messages
   * @return whether this call cancelled it
   */
  @CanIgnoreReturnValue
  public boolean cancel(String why) {
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
    TaskScopes.spread(host);
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
    TaskScopes.spread(host);
  }

  /** A child of the group has failed: every await of the host in here throws that failure. */
  void fail(Task<?> child, Throwable thrown) {
    if (level == Level.HARD) {
      return;
    }
    if (level == Level.NOT) {
      blame("task '" + child.name() + "' of its group failed: " + thrown);
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

  // What it tells.

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
    TaskScopes.note(host);
  }

  boolean isTimed() {
    return timeout != null;
  }

  // Leaving.

  /**
   * For the {@code catch} behind the block: throws the exception on, unless this very scope has
   * caused it.
   */
  public void swallow(Cancelled cancelled) {
    if (cancelled.scope() != this) {
      throw cancelled;
    }
  }

  /**
   * Leaves the scope. On one that was left does nothing.
   *
   * @throws X if the task was told of the timeout, by an exception at an await; if that one is on
   *     its way out of the block, Java adds this one to it as suppressed
   * @throws IllegalStateException if it is not the calling task's innermost scope; it is left all
   *     the same, and those inside of it
   */
  @Override
  public void close() throws X {
    if (closed) {
      return;
    }
    TaskScopes.leave(host, this);
    assert closed : this + " was left and is not closed";
    if (expired && toldHost) {
      throw timedOut(new LateTimeout("the scope was left after its " + describe()));
    }
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
  private X timedOut(TimeoutException exception) {
    return (X) exception;
  }

  /** Thrown by {@link #close}. It has no stack trace: that would only show {@code close}. */
  private static final class LateTimeout extends TimeoutException {
    LateTimeout(String message) {
      super(message);
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  // For TaskScopes.

  /** Whether its cancellation reaches the inside, seen through a finishing scope or not. */
  boolean reaches(boolean finishing) {
    return level == Level.HARD || (level == Level.SOFT && !finishing);
  }

  boolean isKind(Kind other) {
    return kind == other;
  }

  /** Makes the exception for an await of the task that this scope has cancelled. */
  Throwable thrownTo(Task<?> task, @Nullable YieldEvent<?, ?> undone) {
    if (host == task && failure != null && group != null) {
      group.heard();
      return failure;
    }
    String waited = undone == null ? "" : "; it was waiting for " + undone.described();
    if (host == task && expired) {
      toldHost = true;
      return new TimeoutException("timed out after " + timeout + waited);
    }
    return new Cancelled(task, this, reason, by + waited);
  }

  /** Whether {@link #thrownTo} gives a failure that has a stack of its own. */
  boolean throwsFailureTo(Task<?> task) {
    return host == task && failure != null;
  }

  private boolean valid() {
    return (level == Level.NOT) == reason.isEmpty() && (level != Level.HARD || !hasDeadline());
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
