package dev.heddle.scheduler;

import dev.heddle.coroutine.engine.EngineHost;
import java.util.Set;

/** The scheduler as its engines see it. */
final class LoopHost extends EngineHost<YieldEvent<?, ?>> {
  /** Those between a body and its engine. */
  private static final Set<String> OWN =
      Set.of(
          Task.class.getName(),
          TaskState.class.getName(),
          StackAwaiter.class.getName(),
          Body.class.getName(),
          Body.OnStack.class.getName());

  private final Scheduler scheduler;

  LoopHost(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  @Override
  protected YieldEvent<?, ?> blocked(Thread thread) {
    return new BlockedInJdk(thread);
  }

  /** From the loop, from a task that lets another go on, or from any other thread. */
  @Override
  protected void unblocked(YieldEvent<?, ?> token) {
    BlockedInJdk wait = (BlockedInJdk) token;
    if (scheduler.inside.isCallerInRun() && wait.isWaitedFor()) {
      wait.unblocked(); // as quick as a wake among tasks: the inbox would cost twice as much
    } else {
      scheduler.post(wait::unblocked);
    }
  }

  @Override
  protected boolean isOwn(String className) {
    return OWN.contains(className);
  }
}
