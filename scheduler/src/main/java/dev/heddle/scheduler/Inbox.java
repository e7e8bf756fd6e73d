package dev.heddle.scheduler;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * How other threads reach the loop: they leave something to do, and wake the loop if it sleeps. The
 * only place of a scheduler that two threads may touch at once.
 *
 * <p>A message is never missed: the loop says that it sleeps before it looks into the queue for the
 * last time, and a sender fills the queue before it looks whether the loop sleeps. Whichever comes
 * second sees the other. Only the first of many senders pays for the wakeup.
 *
 * <p>Invariant: the loop is awake while it drains, so that a message that comes meanwhile costs no
 * wakeup.
 */
final class Inbox {
  private final ConcurrentLinkedQueue<Runnable> messages = new ConcurrentLinkedQueue<>();

  /** True while the loop sleeps, or is about to, and nobody has woken it. */
  private volatile boolean asleep;

  /**
   * Any thread: {@code message} runs on the loop, before the next pass.
   *
   * @return true if the loop sleeps and the caller must wake it
   */
  boolean post(Runnable message) {
    messages.add(message);
    boolean wakes = asleep;
    if (wakes) {
      asleep = false;
    }
    return wakes;
  }

  /** Any thread: takes the message back; false if the loop has taken it already. */
  boolean takeBack(Runnable message) {
    return messages.remove(message);
  }

  /** Any thread. */
  boolean isEmpty() {
    return messages.isEmpty();
  }

  /** The loop: runs what was there when it began, so that senders cannot hold it up for ever. */
  void drain() {
    assert !asleep : "the loop drains the inbox in its sleep";
    for (int left = messages.isEmpty() ? 0 : messages.size(); left > 0; left--) {
      Runnable message = messages.poll();
      if (message == null) {
        return; // taken back, which happens once all is over
      }
      message.run();
    }
  }

  /** The loop: sleeps in the poller unless a message has come. */
  void sleep(Poller poller, long timeoutNanos) {
    asleep = true;
    if (messages.isEmpty()) {
      poller.poll(timeoutNanos);
    }
    asleep = false; // a sender that comes from now on need not wake the loop
  }
}
