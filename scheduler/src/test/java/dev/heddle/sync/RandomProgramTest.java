package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tasks that do random things with random primitives, and cancel each other. In each turn of a
 * watcher the invariants must hold; at the end nothing may be lost.
 *
 * <p>The seed of a program that fails is in the message. To replay it: {@code
 * -Dheddle.random.seed=...}; to run more of them: {@code -Dheddle.random.programs=...}.
 */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class RandomProgramTest {
  private static final int PROGRAMS = Integer.getInteger("heddle.random.programs", 150);
  private static final Long REPLAY = Long.getLong("heddle.random.seed");

  @Parameter Kind kind;

  @Test
  void nothingIsLostAndEveryWaitEndsOrIsExplained() {
    long first = REPLAY == null ? System.nanoTime() : REPLAY;
    for (long seed = first; seed < first + (REPLAY == null ? PROGRAMS : 1); seed++) {
      try {
        new Program(kind, seed).run();
      } catch (Throwable failure) {
        throw new AssertionError(kind + " fails; to replay: -Dheddle.random.seed=" + seed, failure);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    long seed = REPLAY == null ? System.nanoTime() : REPLAY;
    assertThat(new Program(kind, seed).run())
        .describedAs("seed %d", seed)
        .isEqualTo(new Program(kind, seed).run());
  }

  /** One program: what its tasks do follows from the seed. */
  private static final class Program {
    private static final int PERMITS = 3;
    private static final int TASKS = 7;
    private static final int OPERATIONS = 12;

    private final Kind kind;
    private final Random random;
    private final Lock lock = new Lock("lock");
    private final RLock rlock = new RLock("rlock");
    private final Condition condition = new Condition(rlock, "condition");
    private final BoundedSemaphore semaphore = new BoundedSemaphore("semaphore", PERMITS);
    private final Event event = new Event("event");
    private final Barrier barrier = new Barrier("barrier", 3);
    private final List<Queue<Integer>> queues =
        List.of(
            Queue.fifo("fifo", 2),
            Queue.lifo("lifo", 1),
            Queue.priority("priority", 3, Integer::compare));
    private final List<Task<?>> tasks = new ArrayList<>();

    /** What went in and came out of the queues. */
    private long put;

    private long got;

    Program(Kind kind, long seed) {
      this.kind = kind;
      this.random = new Random(seed);
    }

    List<String> run() {
      try (Play play = new Play(kind)) {
        for (int i = 0; i < TASKS; i++) {
          tasks.add(play.task("t" + i, this::act));
        }
        play.task("watcher", this::watch);
        try {
          play.run();
        } catch (DeadlockException e) {
          assertExplained(e);
          play.said.add(e.getMessage());
        }
        checkInvariants();
        play.scheduler.close();
        checkEnd();
        return List.copyOf(play.said);
      }
    }

    private void watch(Play.Player me) throws Exception {
      while (tasks.stream()
          .anyMatch(task -> task.state() != Task.State.WAITING && !task.isDone())) {
        me.does(this::checkInvariants);
        me.yields(1);
      }
    }

    // What tasks do.

    private void act(Play.Player me) throws Exception {
      Deque<Runnable> undo = new ArrayDeque<>();
      try {
        for (int i = 0; i < OPERATIONS; i++) {
          int operation = random.nextInt(16);
          me.say(operation);
          perform(me, operation, undo);
        }
      } catch (BrokenBarrierException | QueueShutdownException e) {
        me.say(e.getMessage());
      } finally {
        while (!undo.isEmpty()) {
          me.does(undo.pop());
        }
      }
    }

    private void perform(Play.Player me, int operation, Deque<Runnable> undo) throws Exception {
      Queue<Integer> queue = queues.get(random.nextInt(queues.size()));
      switch (operation) {
        case 0, 1 -> section(me, lock, () -> me.yields(random.nextInt(3)));
        case 2 -> section(me, rlock, () -> section(me, rlock, () -> me.yields(1)));
        case 3 -> section(me, rlock, () -> me.await(condition.await()));
        case 4 -> section(me, rlock, () -> me.does(() -> condition.signal(1 + random.nextInt(2))));
        case 5 -> section(me, rlock, () -> me.await(condition.waitFor(random::nextBoolean)));
        case 6 -> holding(me, me.await(semaphore.acquire(1 + random.nextInt(PERMITS))));
        case 7 -> {
          if (undo.isEmpty() && me.gets(semaphore::tryAcquire)) {
            undo.push(semaphore::release);
          }
        }
        case 8 -> me.does(event::set);
        case 9 -> {
          me.does(event::clear);
          me.await(event.await());
        }
        case 10 -> me.await(barrier.await());
        case 11 -> {
          me.await(queue.put(random.nextInt(100)));
          put++;
        }
        case 12 -> {
          me.await(queue.get());
          got++;
        }
        case 13 -> {
          if (me.gets(queue::tryGet) != null) {
            got++;
          }
        }
        case 14 -> holding(me, me.await(LockOrder.acquire(rlock, lock)));
        default -> cancelSomebody(me);
      }
      if (random.nextInt(3) == 0) {
        me.yields(1);
      }
    }

    private interface Section {
      void run() throws Exception;
    }

    private static void section(Play.Player me, Lock lock, Section section) throws Exception {
      Held held = me.await(lock.acquire());
      try {
        section.run();
      } finally {
        me.does(held::close);
      }
    }

    private void holding(Play.Player me, Held held) throws Exception {
      try {
        me.yields(random.nextInt(3));
      } finally {
        me.does(held::close);
      }
    }

    private void cancelSomebody(Play.Player me) throws Exception {
      Task<?> victim = tasks.get(random.nextInt(tasks.size()));
      if (random.nextInt(3) == 0) {
        me.gets(() -> victim.cancel("by " + me.name()));
      }
    }

    // What must hold.

    private void checkInvariants() {
      for (Lock each : List.of(lock, rlock)) {
        Lock.Stats stats = each.stats();
        assertThat(each.isBroken()).isFalse();
        assertThat(stats.holder() != null || stats.waiters().isEmpty())
            .as(each.toString())
            .isTrue();
        assertThat(stats.holder() == null).isEqualTo(stats.levels() == 0);
        assertThat(stats.holder() == null || !stats.holder().isDone()).isTrue();
        assertAlive(stats.waiters());
      }
      assertThat(condition.stats().waiters().contains(rlock.holder())).isFalse();
      Semaphore.Stats permits = semaphore.stats();
      int taken = permits.holders().values().stream().mapToInt(Integer::intValue).sum();
      assertThat(permits.available() + taken).as(semaphore.toString()).isEqualTo(PERMITS);
      assertThat(permits.waiters().isEmpty() || permits.available() < PERMITS).isTrue();
      assertThat(!event.isSet() || event.stats().waiters().isEmpty()).isTrue();
      assertThat(barrier.stats().waiters().size()).isLessThan(3);
      for (Queue<Integer> queue : queues) {
        Queue.Stats stats = queue.stats();
        assertThat(stats.getters().isEmpty() || stats.size() == 0).as(queue.toString()).isTrue();
        assertThat(stats.putters().isEmpty() || queue.isFull()).as(queue.toString()).isTrue();
        assertThat(stats.getters().isEmpty() || stats.putters().isEmpty()).isTrue();
        assertAlive(stats.getters());
        assertAlive(stats.putters());
      }
    }

    private static void assertAlive(List<Task<?>> waiters) {
      assertThat(waiters).allMatch(task -> task.state() == Task.State.WAITING);
    }

    private void assertExplained(DeadlockException deadlock) {
      for (Task<?> task : tasks) {
        if (!task.isDone()) {
          assertThat(deadlock)
              .hasMessageContaining("task '" + task.name() + "' waits for " + task.waitingFor());
        }
      }
    }

    private void checkEnd() {
      assertThat(tasks).allMatch(Task::isDone);
      assertThat(lock.isLocked() || rlock.isLocked()).as(lock + ", " + rlock).isFalse();
      assertThat(semaphore.available()).as(semaphore.toString()).isEqualTo(PERMITS);
      assertThat(condition.stats().waiters()).isEmpty();
      assertThat(event.stats().waiters()).isEmpty();
      assertThat(barrier.stats().waiters()).isEmpty();
      long left = queues.stream().mapToLong(Queue::size).sum();
      long unfinished = queues.stream().mapToLong(queue -> queue.stats().unfinished()).sum();
      assertThat(left).isEqualTo(put - got);
      assertThat(unfinished).isEqualTo(put);
    }
  }
}
