package dev.heddle.scheduler;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The {@code co} of a body that has a thread of its own. */
final class StackAwaiter implements Awaiter {
  private final Task<?> task;

  StackAwaiter(Task<?> task) {
    this.task = task;
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T await(YieldEvent<T, X> event)
      throws X {
    return TaskState.awaitOnStack(task, Objects.requireNonNull(event, "event"));
  }

  @Override
  public Task<?> task() {
    return task;
  }
}
