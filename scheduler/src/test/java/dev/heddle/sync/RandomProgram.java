package dev.heddle.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;

/** What its tasks do follows from the seed. */
final class RandomProgram {
  private static final int PERMITS = 3;
  private static final int TASKS = 7;
  private static final int OPERATIONS = 12;
  private static final int MOST_DEPTH = 3;
  private static final int MOST_NAPS = 100;

  private final Kind kind;
  private final Random random;
  private final Lock lock = new Lock("lock");
  private final RLock rlock = new RLock("rlock");
  private final Condition condition = new Condition(rlock, "condition");
  private final Semaphore semaphore = Semaphore.bounded("semaphore", PERMITS);
  private final Event event = new Event("event");
  private final Barrier barrier = new Barrier("barrier", 3);
  private final List<Queue<Integer>> queues =
      List.of(
          Queue.fifo("fifo", 2),
          Queue.lifo("lifo", 1),
          Queue.priority("priority", 3, Integer::compare));
  private final VirtualTime time = new VirtualTime();
  private final RandomTree tree;
  private Play play;

  /** What went in and came out of the queues. */
  private long put;

  private long got;

  RandomProgram(Kind kind, long seed) {
    this.kind = kind;
    this.random = new Random(seed);
    this.tree = new RandomTree(random, time, this::act);
  }

  List<String> run() {
    try (Play opened = new Play(kind, time)) {
      play = opened;
      for (int i = 0; i < TASKS; i++) {
        tree.addRoot(play.task("t" + i, me -> act(me, OPERATIONS, 0)));
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

  /** Looks after each pass, and while all wait for time from time to time. */
  private void watch(Play.Player me) throws Exception {
    int naps = 0;
    while (naps < MOST_NAPS && tree.tasks().stream().anyMatch(task -> !task.isDone())) {
      me.does(this::checkInvariants);
      if (tree.tasks().stream().allMatch(RandomProgram::isStill)) {
        naps++;
        long asleep = time.nanoTime();
        me.await(Timers.sleep(Duration.ofNanos(500_000)));
        tree.hasNoticed(asleep);
      } else {
        me.yields(1);
      }
    }
  }

  private static boolean isStill(Task<?> task) {
    return task.state() == Task.State.WAITING || task.isDone();
  }

  // What tasks do.

  private void act(Play.Player me, int count, int depth) throws Exception {
    Deque<Runnable> undo = new ArrayDeque<>();
    try {
      for (int i = 0; i < count; i++) {
        int operation = random.nextInt(depth < MOST_DEPTH ? 24 : 20);
        me.say(operation);
        perform(me, operation, undo, depth);
      }
    } catch (BrokenBarrierException | QueueShutdownException e) {
      me.say(e.getMessage());
    } finally {
      while (!undo.isEmpty()) {
        me.does(undo.pop());
      }
    }
  }

  private void perform(Play.Player me, int operation, Deque<Runnable> undo, int depth)
      throws Exception {
    Queue<Integer> queue = someQueue();
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
      case 15 -> tree.cancelSomebody(me);
      case 16 -> race(me, arm(me, 0));
      case 17 -> section(me, rlock, () -> signalOr(me));
      case 18 -> tree.sleep(me);
      case 19 -> time.advance(tree.someTime());
      case 20, 21 -> tree.someScope(me, depth);
      default -> tree.someGroup(me, play, depth);
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

  /** An event, and what to do when it has happened. */
  private record Arm(YieldEvent<?, ?> event, Won won) {
    interface Won {
      void with(Object result) throws Exception;
    }
  }

  private Arm arm(Play.Player me, int depth) {
    Arm arm =
        switch (random.nextInt(depth < 2 ? 10 : 8)) {
          case 0 -> new Arm(someQueue().get(), _ -> got++);
          case 1 -> new Arm(someQueue().put(random.nextInt(100)), _ -> put++);
          case 2, 3 ->
              new Arm(
                  semaphore.acquire(1 + random.nextInt(PERMITS)), held -> holding(me, (Held) held));
          case 4 -> new Arm(event.await(), _ -> {});
          case 5 -> new Arm(lock.acquire(), held -> holding(me, (Held) held));
          case 6 -> new Arm(LockOrder.acquire(rlock, lock), held -> holding(me, (Held) held));
          case 7 -> new Arm(barrier.await(), _ -> {});
          default -> select(me, depth);
        };
    Duration longest = tree.someTime();
    return random.nextBoolean() ? arm : new Arm(arm.event.within(longest), arm.won);
  }

  private Arm select(Play.Player me, int depth) {
    List<Arm> arms = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      arms.add(arm(me, depth + 1));
    }
    YieldEvent<?, ?>[] events = arms.stream().map(Arm::event).toArray(YieldEvent<?, ?>[]::new);
    return new Arm(
        Select.<Object>any(events),
        result -> {
          Select.Winner<?> winner = (Select.Winner<?>) result;
          arms.get(winner.index()).won.with(winner.value());
        });
  }

  private static void race(Play.Player me, Arm arm) throws Exception {
    Object result;
    try {
      result = me.awaits(arm.event);
    } catch (TimeoutException e) {
      me.say("late");
      return;
    } catch (IllegalMonitorStateException e) {
      me.say("asked for a lock that another arm had taken");
      return;
    }
    arm.won.with(result);
  }

  /** However it ends, the lock is the task's again. */
  private void signalOr(Play.Player me) throws Exception {
    YieldEvent<?, ?> signal = condition.await();
    Duration longest = tree.someTime().plusMillis(1); // of 0: ready, and in a queue all the same
    try {
      YieldEvent<?, ?> limited =
          random.nextBoolean()
              ? signal.within(longest)
              : Select.<Object>any(signal, someQueue().join(), Timers.sleep(longest));
      me.awaits(limited);
    } catch (TimeoutException e) {
      me.say("no signal");
    } finally {
      assertThat(rlock.holder()).isEqualTo(me.task());
    }
  }

  private Queue<Integer> someQueue() {
    return queues.get(random.nextInt(queues.size()));
  }

  // What must hold.

  private void checkInvariants() {
    tree.checkCancelledDoNotWait();
    for (Lock each : List.of(lock, rlock)) {
      Lock.Stats stats = each.stats();
      assertThat(each.isBroken()).as(each.toString()).isFalse();
      assertThat(stats.holder() != null || stats.waiters().isEmpty()).as(each.toString()).isTrue();
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
    for (Task<?> task : tree.tasks()) {
      assertThat(deadlock.waits().stream().anyMatch(wait -> wait.task() == task))
          .as("%s is explained", task)
          .isEqualTo(!task.isDone());
    }
  }

  private void checkEnd() {
    tree.checkEnd();
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
