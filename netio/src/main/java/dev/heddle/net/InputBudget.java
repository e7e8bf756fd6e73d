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

  /**
   * Reserves as many bytes as are wanted, or as are left. Gives their number; -1, and nothing is
   * reserved, if not even the least is left.
   */
  long reserve(long least, long wanted) {
    assert 0 <= least && least <= wanted : least + " of " + wanted;
    long before = reserved.getAndUpdate(now -> now + granted(now, least, wanted));
    assert 0 <= before && before <= most : before + " bytes are reserved of " + most;
    return least > most - before ? -1 : granted(before, least, wanted);
  }

  private long granted(long now, long least, long wanted) {
    return least > most - now ? 0 : Math.min(wanted, most - now);
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
