package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Held;
import dev.heddle.sync.Semaphore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A semaphore in the process that has opened it.
 *
 * <p>Invariant: a child is known here only while it has taken a permit, and not after its end.
 */
final class HostedSemaphore implements ProcessSemaphore, Hosted {
  private final String name;
  private final boolean bounded;
  private final Semaphore semaphore;

  /** How many permits each child has taken and not given back. */
  private final Map<Party, Integer> taken = new HashMap<>();

  HostedSemaphore(String name, int permits, boolean bounded) {
    this.name = Hosted.checkName(name);
    this.bounded = bounded;
    this.semaphore = bounded ? Semaphore.bounded(name, permits) : new Semaphore(name, permits);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "semaphore";
  }

  @Override
  public YieldEvent<Held, IOException> acquire() {
    return Hosted.withIoException(semaphore.acquire());
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> release() {
    return ImmediateEvent.of("release of " + title(), semaphore::release);
  }

  @Override
  public byte @Nullable [] perform(
      Awaiter co, Party party, Operation operation, byte @Nullable [] argument) {
    switch (operation) {
      case ACQUIRE -> {
        Held _ = co.await(semaphore.acquire());
        if (party.ended && bounded) {
          semaphore.release(); // the child has died since the permit was handed to this task
        } else if (!party.ended) {
          taken.merge(party, 1, Integer::sum);
        }
        assert valid() : this;
      }
      case RELEASE -> giveBack(party);
      default -> throw unknown(operation);
    }
    return null;
  }

  /** A permit is closed; if there is none to be given back any more, nobody can be told. */
  @Override
  public void tell(Party party, Operation operation, byte @Nullable [] argument) {
    if (operation != Operation.RELEASE) {
      throw unknown(operation);
    }
    if (!bounded || taken.containsKey(party)) {
      giveBack(party);
    }
  }

  private void giveBack(Party party) {
    semaphore.release();
    taken.computeIfPresent(party, (_, count) -> count == 1 ? null : count - 1);
    assert valid() : this;
  }

  /** The invariant, but for the end of a child, of which is heard later. */
  private boolean valid() {
    return taken.values().stream().allMatch(count -> count > 0);
  }

  @Override
  public void ended(Party party) {
    Integer left = taken.remove(party);
    if (bounded && left != null) {
      semaphore.release(left);
    }
  }

  @Override
  public String toString() {
    return semaphore.toString();
  }
}
