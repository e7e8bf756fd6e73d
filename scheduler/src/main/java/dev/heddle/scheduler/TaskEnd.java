package dev.heddle.scheduler;

import java.util.List;

/** The end of a task, as something that the task holds until then: what those who join wait for. */
record TaskEnd(Task<?> task) implements Resource {

  @Override
  public String describe() {
    return "the end of task '" + task.name() + "'";
  }

  @Override
  public List<Task<?>> holders() {
    return task.isDone() ? List.of() : List.of(task);
  }

  @Override
  public void holderEnded(Task<?> holder) {
    throw new AssertionError("no task holds its end by Task.hold");
  }
}
