package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.DataCodec;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A lock in the process that has opened it.
 *
 * <p>Invariants: somebody waits only while the lock is held. Its holder has the latest grant. Only
 * a lock that nobody holds is abandoned.
 */
final class HostedLock implements ProcessLock, Hosted {
  private static final DataCodec CODEC = new DataCodec();
  private static final int MOST_BYTES = 256;

  private final String name;
  private final WaitQueue waiters = new WaitQueue();

  /** Null while nobody holds the lock. */
  private @Nullable Grant holder;

  /** Whether the last holder has ended with the lock; for the next one, if nobody waited. */
  private boolean abandoned;

  /** The number of the latest grant. */
  private long grants;

  HostedLock(String name) {
    this.name = Hosted.checkName(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "lock";
  }

  @Override
  public YieldEvent<Hold, IOException> acquire() {
    return new Acquire(Party.SELF);
  }

  /** What the child is told of a lock that it holds. */
  record Granted(long number, boolean abandoned) {
    byte[] encode() throws CodecException {
      return CODEC.encode(this, Granted.class, MOST_BYTES);
    }

    static Granted decode(byte @Nullable [] message) throws CodecException {
      Object granted = CODEC.decode(Objects.requireNonNull(message, "message"), Granted.class);
      return (Granted) Objects.requireNonNull(granted, "granted");
    }
  }

  @Override
  public byte @Nullable [] perform(
      Awaiter co, Party party, Operation operation, byte @Nullable [] argument) throws IOException {
    if (operation != Operation.ACQUIRE) {
      throw unknown(operation);
    }
    Grant grant = (Grant) co.await(new Acquire(party));
    return new Granted(grant.number, grant.abandoned).encode();
  }

  /** A child passes the lock on: what it says of an earlier grant is stale. */
  @Override
  public void tell(Party party, Operation operation, byte @Nullable [] argument) {
    if (operation != Operation.RELEASE && operation != Operation.ABANDON) {
      throw unknown(operation);
    }
    try {
      long number = Granted.decode(argument).number;
      if (holder != null && holder.number == number && holder.party == party) {
        passOn(operation == Operation.ABANDON);
      }
    } catch (CodecException e) {
      throw new IllegalStateException("not the release of a lock", e);
    }
  }

  @Override
  public void ended(Party party) {
    if (holder != null && holder.party == party) {
      passOn(true);
    }
    assert holder == null || holder.party != party : this + ", which has ended";
  }

  private void passOn(boolean left) {
    assert holder != null : this + " is passed on by nobody";
    Waiter next = waiters.poll();
    if (next == null) {
      holder = null;
      abandoned = left;
    } else {
      Acquire by = (Acquire) Objects.requireNonNull(next.event());
      next.wake(grant(by.party, next, left));
    }
    assert valid() : this;
  }

  private Grant grant(Party party, Waiter waiter, boolean left) {
    Grant grant = new Grant(++grants, party, party == Party.SELF ? waiter.task() : null, left);
    holder = grant;
    abandoned = false;
    return grant;
  }

  /** The invariants. An arm that has lost may still stand in the queue; it does not count. */
  private boolean valid() {
    return holder == null ? waiters.peek() == null : holder.number == grants && !abandoned;
  }

  @Override
  public String toString() {
    return title() + (holder == null ? ", free" : " held by " + holder);
  }

  /** That a process holds the lock. */
  final class Grant implements Hold, Resource {
    private final long number;
    private final Party party;

    /** The task that holds the lock, if it is a task of this process; null for a child. */
    private final @Nullable Task<?> task;

    private final boolean abandoned;

    private Grant(long number, Party party, @Nullable Task<?> task, boolean abandoned) {
      this.number = number;
      this.party = party;
      this.task = task;
      this.abandoned = abandoned;
      if (task != null) {
        task.hold(this);
      }
    }

    @Override
    public boolean isAbandoned() {
      return abandoned;
    }

    @Override
    public void close() {
      if (holder != this) {
        throw new IllegalStateException(title() + " was passed on before");
      }
      if (task != null) {
        task.letGo(this);
      }
      passOn(false);
    }

    @Override
    public String describe() {
      return title();
    }

    @Override
    public List<Task<?>> holders() {
      return task == null ? List.of() : List.of(task);
    }

    @Override
    public void holderEnded(Task<?> ended) {
      if (holder == this) {
        passOn(true);
      }
    }

    @Override
    public String toString() {
      return task == null ? party.toString() : "task '" + task.name() + "'";
    }
  }

  private final class Acquire extends YieldEvent<Hold, IOException> {
    private final Party party;

    Acquire(Party party) {
      this.party = party;
    }

    @Override
    protected void handleYield(Scheduler scheduler, Waiter waiter) {
      if (holder == null) {
        wake(waiter, grant(party, waiter, abandoned));
      } else {
        waiters.add(waiter);
      }
      assert valid() : HostedLock.this;
    }

    @Override
    public @Nullable Resource resource() {
      return holder;
    }

    @Override
    public String describe() {
      return HostedLock.this.toString();
    }
  }
}
