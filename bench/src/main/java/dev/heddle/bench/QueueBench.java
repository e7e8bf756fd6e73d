package dev.heddle.bench;

import com.softwaremill.jox.Channel;
import dev.heddle.bench.peers.Coroutines;
import dev.heddle.bench.peers.VirtualThreads;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.sync.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One item from one task to another, through a queue. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class QueueBench {
  private static final int ITEMS = 100_000;
  private static final Integer ITEM = 1;

  /** Heddle's; without room it is a {@link Queue#rendezvous}, which has benchmarks of its own. */
  @State(Scope.Thread)
  public static class Room {
    /** How many items it holds. */
    @Param({"1", "100"})
    public int capacity = 1;

    Queue<Integer> newQueue() {
      return Queue.fifo("items", capacity);
    }
  }

  /** The peers': with a room of 0, who puts and who gets meet. */
  @State(Scope.Thread)
  public static class PeersRoom {
    /** How many items it holds. */
    @Param({"0", "1", "100"})
    public int capacity = 0;

    BlockingQueue<Integer> newQueue() {
      return capacity == 0 ? new SynchronousQueue<>(true) : new ArrayBlockingQueue<>(capacity);
    }
  }

  /** Woven tasks. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void woven(Room room) {
    Queue<Integer> queue = room.newQueue();
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              co.await(queue.put(ITEM));
            }
            Work.finished();
          });
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              co.await(queue.get());
            }
            Work.finished();
          });
      scheduler.run();
    }
    Work.check(2);
  }

  /** Woven tasks that meet; the peer's is that with a capacity of 0. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void wovenRendezvous() {
    Queue<Integer> rendezvous = Queue.rendezvous("items");
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              co.await(rendezvous.put(ITEM));
            }
            Work.finished();
          });
      scheduler.spawn(
          co -> {
            for (int i = 0; i < ITEMS; i++) {
              co.await(rendezvous.get());
            }
            Work.finished();
          });
      scheduler.run();
    }
    Work.check(2);
  }

  /** Steps that meet. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void stepRendezvous() {
    Queue<Integer> rendezvous = Queue.rendezvous("items");
    try (Scheduler scheduler = Kind.STEP.newScheduler()) {
      scheduler.spawn(new Repeats(ITEMS, () -> rendezvous.put(ITEM)));
      scheduler.spawn(new Repeats(ITEMS, rendezvous::get));
      scheduler.run();
    }
    Work.check(2);
  }

  /** Steps. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void step(Room room) {
    Queue<Integer> queue = room.newQueue();
    try (Scheduler scheduler = Kind.STEP.newScheduler()) {
      scheduler.spawn(new Repeats(ITEMS, () -> queue.put(ITEM)));
      scheduler.spawn(new Repeats(ITEMS, queue::get));
      scheduler.run();
    }
    Work.check(2);
  }

  /** Kotlin: a channel. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void kotlin(PeersRoom room) {
    Coroutines.channel(ITEMS, room.capacity);
  }

  /** The JDK: a blocking queue between virtual threads. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void virtualThreads(PeersRoom room) {
    run(Thread.ofVirtual(), room);
  }

  /** The same between platform threads. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public void platformThreads(PeersRoom room) {
    run(Thread.ofPlatform().daemon(), room);
  }

  /** Jox: a channel between virtual threads. */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void jox(PeersRoom room) {
    Channel<Integer> channel =
        room.capacity == 0
            ? Channel.newRendezvousChannel()
            : Channel.newBufferedChannel(room.capacity);
    VirtualThreads.run(
        Thread.ofVirtual(),
        () -> {
          for (int i = 0; i < ITEMS; i++) {
            channel.send(ITEM);
          }
        },
        () -> {
          for (int i = 0; i < ITEMS; i++) {
            var _ = channel.receive();
          }
        });
  }

  private static void run(Thread.Builder builder, PeersRoom room) {
    BlockingQueue<Integer> queue = room.newQueue();
    VirtualThreads.run(
        builder,
        () -> {
          for (int i = 0; i < ITEMS; i++) {
            queue.put(ITEM);
          }
        },
        () -> {
          for (int i = 0; i < ITEMS; i++) {
            var _ = queue.take();
          }
        });
  }
}
