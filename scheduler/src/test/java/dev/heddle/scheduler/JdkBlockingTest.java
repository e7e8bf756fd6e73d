package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tasks that use what the JDK has for threads: monitors, locks, sleeps, sockets, interrupts. Each
 * is a trap that some engine fell into; see "Facts that decide the engines" in the design.
 */
@ParameterizedClass
@MethodSource("engines")
class JdkBlockingTest {
  @Parameter Engine engine;

  private final List<String> trace = Collections.synchronizedList(new ArrayList<>());
  private final Object monitor = new Object();

  static Stream<Engine> engines() {
    return Kind.engines().stream();
  }

  private Scheduler scheduler() {
    return new Kind(Kind.Style.THREAD, engine).scheduler();
  }

  private static void yields(int times) {
    for (int i = 0; i < times; i++) {
      Task.await(Task.yield());
    }
  }

  @Test
  void aMonitorHeldAcrossAYieldKeepsTheSecondTaskOutAndTheLoopGoing() {
    try (Scheduler scheduler = scheduler()) {
      boolean[] bWants = new boolean[1];
      Promise<Void> bIsBlocked = new Promise<>();
      Task<Void> b =
          scheduler.spawn(
              "b",
              () -> {
                Task.await(Task.yield());
                bWants[0] = true;
                synchronized (monitor) {
                  trace.add("b in");
                }
              });
      scheduler.spawn(
          "a",
          () -> {
            synchronized (monitor) {
              trace.add("a in");
              Task.await(bIsBlocked);
              trace.add("a out");
            }
          });
      scheduler.spawn(
          "watcher",
          () -> {
            while (!(bWants[0] && b.state() == Task.State.WAITING)) {
              Task.await(Task.yield());
            }
            assertThat(b.waitingFor().describe())
                .startsWith("a call of the JDK that blocks: " + JdkBlockingTest.class.getName());
            var _ = bIsBlocked.complete(null);
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("a in", "a out", "b in");
  }

  @Test
  void aReentrantLockHeldAcrossAYieldIsNotReentrantForAnotherTask() {
    ReentrantLock lock = new ReentrantLock();
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "a",
          () -> {
            lock.lock();
            try {
              trace.add("a in");
              yields(5);
              trace.add("a out");
            } finally {
              lock.unlock();
            }
          });
      scheduler.spawn(
          "b",
          () -> {
            assertThat(lock.isHeldByCurrentThread()).isFalse();
            assertThat(lock.tryLock()).isFalse();
            lock.lock();
            try {
              trace.add("b in");
            } finally {
              lock.unlock();
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("a in", "a out", "b in");
  }

  @Test
  void scopedValuesAndThreadLocalsOfOneTaskAreUnseenByAnother() {
    ScopedValue<String> scoped = ScopedValue.newInstance();
    ThreadLocal<String> local = new ThreadLocal<>();
    try (Scheduler scheduler = scheduler()) {
      for (String name : List.of("a", "b")) {
        scheduler.spawn(
            name,
            () ->
                ScopedValue.where(scoped, name)
                    .run(
                        () -> {
                          local.set(name);
                          for (int i = 0; i < 10; i++) {
                            Task.await(Task.yield());
                            assertThat(scoped.get()).isEqualTo(name);
                            assertThat(local.get()).isEqualTo(name);
                          }
                        }));
      }
      scheduler.spawn(
          "unbound",
          () -> {
            for (int i = 0; i < 10; i++) {
              Task.await(Task.yield());
              assertThat(scoped.isBound()).isFalse();
              assertThat(local.get()).isNull();
            }
          });
      scheduler.run();
    }
  }

  /** A timed park, which is what the JDK's sleep of a virtual thread is. */
  @Test
  void aTaskInATimedWaitOfTheJdkLetsTheOthersRun() {
    CountDownLatch othersRan = new CountDownLatch(1);
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn("sleeper", () -> Until.down(othersRan));
      scheduler.spawn(
          "other",
          () -> {
            yields(100);
            trace.add("100 turns");
            othersRan.countDown();
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("100 turns");
  }

  @Test
  void aTaskInABlockingSocketReadLetsTheOthersRun() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket reader = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket peer = server.accept();
        Scheduler scheduler = scheduler()) {
      CountDownLatch othersRan = new CountDownLatch(1);
      Task<Integer> read = scheduler.submit("reader", () -> reader.getInputStream().read());
      scheduler.spawn(
          "other",
          () -> {
            while (read.state() != Task.State.WAITING) {
              Task.await(Task.yield());
            }
            othersRan.countDown();
          });
      var writer =
          Foreign.start(
              "peer",
              () -> {
                Until.down(othersRan);
                peer.getOutputStream().write(42);
              });
      scheduler.run();
      assertThat(read.resultNow()).isEqualTo(42);
      var _ = Foreign.get(writer);
    }
  }

  @Test
  void aMonitorOwnedByAPlatformThreadBlocksOneTaskOnly() throws Exception {
    CountDownLatch owned = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    var owner =
        Foreign.start(
            "owner",
            () -> {
              synchronized (monitor) {
                owned.countDown();
                Until.down(release);
              }
            });
    Until.down(owned);
    try (Scheduler scheduler = scheduler()) {
      Task<Void> wants =
          scheduler.spawn(
              "wants it",
              () -> {
                synchronized (monitor) {
                  trace.add("entered");
                }
              });
      scheduler.spawn(
          "other",
          () -> {
            while (wants.state() != Task.State.WAITING) {
              Task.await(Task.yield());
            }
            trace.add("the other ran");
            release.countDown();
          });
      scheduler.run();
    }
    var _ = Foreign.get(owner);
    assertThat(trace).containsExactly("the other ran", "entered");
  }

  @Test
  void objectWaitAndNotifyWorkBetweenTasks() {
    try (Scheduler scheduler = scheduler()) {
      boolean[] set = new boolean[1];
      Task<Void> waiter =
          scheduler.spawn(
              "waiter",
              () -> {
                synchronized (monitor) {
                  while (!set[0]) {
                    monitor.wait();
                  }
                }
                trace.add("notified");
              });
      scheduler.spawn(
          "notifier",
          () -> {
            while (waiter.state() != Task.State.WAITING) {
              Task.await(Task.yield());
            }
            synchronized (monitor) {
              set[0] = true;
              monitor.notifyAll();
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("notified");
  }

  @Test
  void aThreadYieldOfATaskIsNoAwait() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "polite",
          () -> {
            for (int i = 0; i < 50; i++) {
              Thread.yield();
            }
            Task.await(Task.yield());
            trace.add("polite");
          });
      scheduler.spawn("other", () -> yields(50));
      scheduler.run();
    }
    assertThat(trace).containsExactly("polite");
  }

  @Test
  void aVirtualThreadThatATaskStartedGoesOnAfterItsScheduler() throws Exception {
    CountDownLatch schedulerEnded = new CountDownLatch(1);
    CountDownLatch childEnded = new CountDownLatch(1);
    Thread[] child = new Thread[1];
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "parent",
          () ->
              child[0] =
                  Thread.startVirtualThread(
                      () -> {
                        try {
                          Until.down(schedulerEnded);
                          Thread.yield();
                          childEnded.countDown();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                      }));
      scheduler.run();
    }
    schedulerEnded.countDown();
    Until.down(childEnded);
    Until.ended(child[0]);
  }

  @Test
  void aTaskMayJoinAVirtualThreadThatItStarted() {
    try (Scheduler scheduler = scheduler()) {
      scheduler.spawn(
          "parent",
          () -> {
            Thread child = Thread.startVirtualThread(() -> trace.add("child"));
            child.join();
            trace.add("parent");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("child", "parent");
  }

  @Test
  void manyTasksBlockAndGoOnInTheJdkWithoutALoss() {
    try (Scheduler scheduler = scheduler()) {
      int tasks = engine == Engine.HANDOFF ? 5 : 40;
      for (int i = 0; i < tasks; i++) {
        scheduler.spawn(
            "sleeper " + i,
            () -> {
              for (int k = 0; k < 5; k++) {
                new CountDownLatch(1).await(1, java.util.concurrent.TimeUnit.MILLISECONDS);
                Task.await(Task.yield());
                trace.add("turn");
              }
            });
      }
      scheduler.run();
      assertThat(trace).hasSize(5 * tasks);
    }
  }
}
