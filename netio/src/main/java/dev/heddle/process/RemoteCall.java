package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.process.Message.Reason;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Waiter;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.BrokenBarrierException;
import org.jspecify.annotations.Nullable;

/**
 * A child's operation on a shared thing of its parent. A task that is cancelled keeps waiting until
 * the parent has said whether the operation was done; otherwise the item of a get could be lost,
 * and a lock be held by nobody.
 *
 * @param <T> what the operation gives
 */
final class RemoteCall<T extends @Nullable Object> extends SingleWaiterEvent<T, IOException> {

  /** Encodes what goes with the operation, at each await. */
  @FunctionalInterface
  interface Argument {
    Argument NONE = () -> null;

    byte @Nullable [] encode() throws CodecException;
  }

  /** Makes the result of the parent's answer. */
  @FunctionalInterface
  interface Answered<T extends @Nullable Object> {
    /**
     * Reads the result.
     *
     * @param call the operation, which may ask once more
     * @throws IOException what the await throws
     */
    @Nullable T read(byte @Nullable [] answer, RemoteCall<T> call) throws IOException;
  }

  private final ChildSession session;
  private final String name;
  private final Operation operation;
  private final Argument argument;
  private final Answered<T> answered;

  /** The number under which the parent knows the operation; valid while somebody waits. */
  private long number;

  /** Whether a cancelled task waits for the parent to say whether the operation was done. */
  private boolean withdraws;

  /** Whether {@link #again} was called since the last answer. */
  private boolean goesOn;

  RemoteCall(
      ChildSession session,
      String name,
      Operation operation,
      Argument argument,
      Answered<T> answered) {
    this.session = session;
    this.name = name;
    this.operation = operation;
    this.argument = argument;
    this.answered = answered;
  }

  /** An operation whose result is null. */
  static RemoteCall<@Nullable Void> of(ChildSession session, String name, Operation operation) {
    return new RemoteCall<>(session, name, operation, Argument.NONE, (_, _) -> null);
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
    goesOn = false;
    withdraws = false;
    number = session.ask(this, name, operation, argument.encode());
  }

  /** The task that waits. */
  Task<?> task() {
    Waiter waiter = waiter();
    assert waiter != null : this + " has no task";
    return waiter.task();
  }

  /** For {@link Answered}: the result needs a further operation, whose answer is read next. */
  void again(Operation next, byte @Nullable [] bytes) {
    assert !goesOn : this + " asks two things at a time";
    number = session.ask(this, name, next, bytes);
    goesOn = true;
  }

  /** The operation was done. */
  @SuppressWarnings("NullAway") // null where T allows it
  void answered(byte @Nullable [] bytes) {
    T result;
    goesOn = false;
    try {
      result = answered.read(bytes, this);
    } catch (Throwable e) {
      failWith(e);
      return;
    }
    if (!goesOn) {
      wake(result);
    }
  }

  /** The operation has failed in the parent. */
  void denied(Reason reason, String why) {
    switch (reason) {
      case SHUTDOWN -> {
        if (operation == Operation.RECV) {
          fail(new EOFException(why));
        } else {
          failWith(new QueueShutdownException(why));
        }
      }
      case CODEC -> fail(new CodecException(why));
      case MISUSE -> failWith(new IllegalStateException(why));
      case BROKEN -> failWith(new BrokenBarrierException(why));
      case FAILED -> fail(new IOException("the parent failed: " + why));
    }
  }

  /** The operation was not done, and will not be, because this side has asked to undo it. */
  void withdrawn() {
    wakeUndone();
  }

  /** The parent answers no more: a cancelled task has waited long enough. */
  void sessionEnded() {
    if (withdraws) {
      withdrawn();
    }
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    withdraws = session.withdraw(number);
    return !withdraws;
  }

  @Override
  public String describe() {
    return operation.name().toLowerCase(Locale.ROOT) + " on '" + name + "' of the parent";
  }
}
