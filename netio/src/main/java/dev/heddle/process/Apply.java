package dev.heddle.process;

import dev.heddle.process.Backlog.PoolClosedException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The event of {@link ProcessPool#apply}: a call whose caller waits for its result. */
final class Apply<R extends @Nullable Object> extends YieldEvent<R, IOException>
    implements Call.Caller {
  private final Backlog backlog;
  private final JobType type;
  private final @Nullable Object argument;

  /** Both null unless it is waited for. */
  private @Nullable Waiter waiter;

  private @Nullable Call call;

  Apply(Backlog backlog, JobType type, @Nullable Object argument) {
    this.backlog = backlog;
    this.type = type;
    this.argument = argument;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    if (waiter != null) {
      throw new IllegalStateException(this + " is in use by " + waiter + "; make one for each");
    }
    Call fresh = new Call(type, argument, this);
    try {
      backlog.add(fresh);
      waiter = task;
      call = fresh;
    } catch (PoolClosedException e) {
      fail(task, e);
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the job's result, an R, which may be a null one
  public void done(@Nullable Object result) {
    wake(over(), (R) result);
  }

  @Override
  public void failed(Throwable failure) {
    failWith(over(), failure);
  }

  private Waiter over() {
    Waiter task = waiter;
    assert task != null : "a result that nobody waits for";
    waiter = null;
    call = null;
    return task;
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    Call given = call;
    assert given != null : "waits without a call";
    var _ = over();
    given.abandon();
    return true;
  }

  @Override
  public String describe() {
    return "the result of " + (call == null ? type : call);
  }
}
