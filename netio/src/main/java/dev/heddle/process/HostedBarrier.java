package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Barrier;
import java.nio.ByteBuffer;
import java.util.concurrent.BrokenBarrierException;
import org.jspecify.annotations.Nullable;

/** A barrier in the process that has opened it. */
final class HostedBarrier implements ProcessBarrier, Hosted {
  private final String name;
  private final Barrier barrier;

  HostedBarrier(String name, int parties) {
    this.name = Hosted.checkName(name);
    this.barrier = new Barrier(name, parties);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "barrier";
  }

  @Override
  @SuppressWarnings("unchecked") // a BrokenBarrierException is an Exception
  public YieldEvent<Integer, Exception> await() {
    return (YieldEvent<Integer, Exception>) (YieldEvent<Integer, ?>) barrier.await();
  }

  @Override
  public void abort() {
    barrier.abort();
  }

  @Override
  public void reset() {
    barrier.reset();
  }

  @Override
  public byte @Nullable [] perform(
      Awaiter co, Party party, Operation operation, byte @Nullable [] argument)
      throws BrokenBarrierException {
    if (operation != Operation.AWAIT) {
      throw unknown(operation);
    }
    int place = co.await(barrier.await());
    return ByteBuffer.allocate(Integer.BYTES).putInt(place).array();
  }

  @Override
  public void tell(Party party, Operation operation, byte @Nullable [] argument) {
    switch (operation) {
      case ABORT -> barrier.abort();
      case RESET -> barrier.reset();
      default -> throw unknown(operation);
    }
  }

  @Override
  public String toString() {
    return barrier.toString();
  }
}
