package dev.heddle.scheduler;

/** An event that its test wakes, whose hooks a test may replace. */
class CustomEvent extends SingleWaiterEvent<Object, Exception> {
  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws Exception {}

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    return true;
  }

  @Override
  public String describe() {
    return "a custom event";
  }

  void ready() {
    Waiter waits = waiter();
    if (waits != null) {
      wakeToResume(waits);
    }
  }

  void give(Object value) {
    wake(value);
  }
}
