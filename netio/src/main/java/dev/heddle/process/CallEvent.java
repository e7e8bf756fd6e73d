package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The event of {@link ProcessPool#apply}: a call whose caller waits for the result. */
final class CallEvent<R extends @Nullable Object> extends SingleWaiterEvent<R, IOException>
    implements Call.Caller<R> {
  private final CallQueue queue;
  private final JobType<?, R> job;
  private final @Nullable Object argument;

  /** The call of the current wait, or of the last one; null before the first. */
  private @Nullable Call<R> call;

  CallEvent(CallQueue queue, JobType<?, R> job, @Nullable Object argument) {
    this.queue = queue;
    this.job = job;
    this.argument = argument;
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws ProcessPoolClosedException {
    Call<R> fresh = new Call<>(job, argument, this);
    call = fresh;
    queue.add(fresh);
  }

  @Override
  public void done(R result) {
    wake(result);
  }

  @Override
  public void failed(Throwable failure) {
    failWith(failure);
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    assert call != null : "waits without a call";
    call.abandon();
    return true;
  }

  @Override
  public String describe() {
    return "the result of " + (call == null ? job : call);
  }
}
