package dev.heddle.bench;

import dev.heddle.actor.Actor;
import dev.heddle.bench.peers.Coroutines;
import dev.heddle.bench.peers.VirtualThreads;
import dev.heddle.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
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

/**
 * A message from actor to actor: round a ring, where one message moves and all wait but one; and
 * from one task to each of some actors in turn, whose mailboxes hold a hundred.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = Kind.FLAG)
public class ActorBench {
  private static final int MESSAGES = 100_000;
  private static final int ROOM = 100;
  private static final Integer ITEM = 1;

  /** How many actors there are. */
  @Param({"10", "1000"})
  public int actors = 10;

  /** Woven actors. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void ringWoven() {
    int rounds = MESSAGES / actors;
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      List<Actor<Integer>> ring = newActors(scheduler, 1);
      for (int i = 0; i < actors; i++) {
        Actor<Integer> mine = ring.get(i);
        Actor<Integer> next = ring.get((i + 1) % actors);
        boolean ends = i == actors - 1; // the first one has had its last message then
        var _ =
            mine.start(
                co -> {
                  for (int round = 0; round < rounds; round++) {
                    Integer message = Objects.requireNonNull(co.await(mine.receive()));
                    if (!ends || round < rounds - 1) {
                      co.await(next.put(message));
                    }
                  }
                  Work.finished();
                });
      }
      ring.getFirst().send(ITEM);
      scheduler.run();
    }
    Work.check(actors);
  }

  /** Woven actors. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void fanOutWoven() {
    int rounds = MESSAGES / actors;
    try (Scheduler scheduler = Kind.WOVEN.newScheduler()) {
      List<Actor<Integer>> all = newActors(scheduler, ROOM);
      for (Actor<Integer> mine : all) {
        var _ =
            mine.start(
                co -> {
                  for (int round = 0; round < rounds; round++) {
                    Integer _ = Objects.requireNonNull(co.await(mine.receive()));
                  }
                  Work.finished();
                });
      }
      scheduler.spawn(
          co -> {
            for (int round = 0; round < rounds; round++) {
              for (int i = 0; i < all.size(); i++) {
                co.await(all.get(i).put(ITEM));
              }
            }
          });
      scheduler.run();
    }
    Work.check(actors);
  }

  private List<Actor<Integer>> newActors(Scheduler scheduler, int room) {
    List<Actor<Integer>> all = new ArrayList<>();
    for (int i = 0; i < actors; i++) {
      all.add(new Actor<>(scheduler, "actor-" + i, room));
    }
    return all;
  }

  /** Kotlin: coroutines with channels. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void ringKotlin() {
    Coroutines.ring(actors, MESSAGES / actors);
  }

  /** Kotlin: coroutines with channels. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void fanOutKotlin() {
    Coroutines.fanOut(actors, MESSAGES / actors, ROOM);
  }

  /** The JDK: virtual threads with blocking queues. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void ringVirtualThreads() {
    ring(Thread.ofVirtual());
  }

  /** The same of platform threads. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void ringPlatformThreads() {
    ring(Thread.ofPlatform().daemon());
  }

  /** The JDK: virtual threads with blocking queues. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  @Fork(
      value = 2,
      jvmArgsAppend = {VirtualThreads.ONE_CARRIER, VirtualThreads.NO_OTHER})
  public void fanOutVirtualThreads() {
    fanOut(Thread.ofVirtual());
  }

  /** The same of platform threads. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void fanOutPlatformThreads() {
    fanOut(Thread.ofPlatform().daemon());
  }

  private void ring(Thread.Builder builder) {
    List<BlockingQueue<Integer>> mailboxes = newQueues(1);
    mailboxes.getFirst().add(ITEM);
    int rounds = MESSAGES / actors;
    VirtualThreads.Work[] works = new VirtualThreads.Work[actors];
    for (int i = 0; i < actors; i++) {
      BlockingQueue<Integer> mine = mailboxes.get(i);
      BlockingQueue<Integer> next = mailboxes.get((i + 1) % actors);
      works[i] =
          () -> {
            for (int round = 0; round < rounds; round++) {
              next.put(mine.take());
            }
          };
    }
    VirtualThreads.run(builder, works);
  }

  private void fanOut(Thread.Builder builder) {
    List<BlockingQueue<Integer>> mailboxes = newQueues(ROOM);
    int rounds = MESSAGES / actors;
    List<VirtualThreads.Work> works = new ArrayList<>();
    for (BlockingQueue<Integer> mine : mailboxes) {
      works.add(
          () -> {
            for (int round = 0; round < rounds; round++) {
              var _ = mine.take();
            }
          });
    }
    works.add(
        () -> {
          for (int round = 0; round < rounds; round++) {
            for (BlockingQueue<Integer> mailbox : mailboxes) {
              mailbox.put(ITEM);
            }
          }
        });
    VirtualThreads.run(builder, works.toArray(VirtualThreads.Work[]::new));
  }

  private List<BlockingQueue<Integer>> newQueues(int room) {
    List<BlockingQueue<Integer>> all = new ArrayList<>();
    for (int i = 0; i < actors; i++) {
      all.add(new ArrayBlockingQueue<>(room));
    }
    return all;
  }
}
