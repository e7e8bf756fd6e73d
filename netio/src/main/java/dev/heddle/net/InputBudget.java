package dev.heddle.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of input may wait in the buffers of all connections of a server together. Any
 * thread may use the budget, as the connections of one server may be in several schedulers.
 *
 * <p>Invariant: what is reserved is never negative, and never more than the maximum.
 */
final class InputBudget {
  private final long most;
  private final AtomicLong reserved = new AtomicLong();

  InputBudget(long most) {
    this.most = most;
  }

  /** Reserves so many bytes; false, and nothing is reserved, if they are not left. */
  boolean tryReserve(long bytes) {
    long before = reserved.getAndUpdate(now -> now + bytes > most ? now : now + bytes);
    return before + bytes <= most;
  }

  void release(long bytes) {
    long left = reserved.addAndGet(-bytes);
    assert left >= 0 && left <= most : left + " bytes are reserved of " + most;
  }

  long reserved() {
    return reserved.get();
  }

  long most() {
    return most;
  }
}
