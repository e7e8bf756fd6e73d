package dev.heddle.test;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Channel;
import dev.heddle.process.Parent;
import dev.heddle.process.ProcessArray;
import dev.heddle.process.ProcessLock;
import dev.heddle.process.ProcessMap;
import dev.heddle.process.ProcessPool;
import dev.heddle.process.ProcessQueue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import dev.heddle.sync.Held;
import java.io.EOFException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the tests of simulated processes have children do. */
final class ProcessJobs {
  private ProcessJobs() {}

  static int square(int n) {
    return n * n;
  }

  static int squareAfterSeconds(int n) {
    await(Timers.sleep(Duration.ofSeconds(n)));
    return n * n;
  }

  static int fail(int n) {
    throw new IllegalArgumentException("no " + n);
  }

  static byte[] change(byte[] bytes) {
    bytes[0] = 9;
    return bytes;
  }

  static int ofAnything(Object any) {
    return any.hashCode();
  }

  static Object unsendable(int n) {
    return new Event("event " + n);
  }

  static String forEver(String held) throws Exception {
    await(new Event(held).await());
    return held;
  }

  static int sum(String queue) throws Exception {
    ProcessQueue<Integer> numbers = Parent.queue(queue, Integer.class);
    int sum = 0;
    for (int n = await(numbers.get()); n != 0; n = await(numbers.get())) {
      sum += n;
    }
    await(numbers.put(0));
    return sum;
  }

  static int echo(String pipe) throws Exception {
    Channel<String> channel = Parent.pipe(pipe, String.class);
    int count = 0;
    try {
      while (true) {
        await(channel.send("got " + await(channel.recv())));
        count++;
      }
    } catch (EOFException e) {
      return count;
    }
  }

  static String holdForAnHour(String lock) throws Exception {
    try (var _ = await(Parent.lock(lock).acquire())) {
      await(Timers.sleep(Duration.ofHours(1)));
    }
    return "released";
  }

  static boolean wasAbandoned(String lock) throws Exception {
    try (var hold = await(Parent.lock(lock).acquire())) {
      return hold.isAbandoned();
    }
  }

  static String lockBoth(List<String> locks) throws Exception {
    try (var _ = await(Parent.lock(locks.get(0)).acquire())) {
      await(Timers.sleep(Duration.ofSeconds(1)));
      try (var _ = await(Parent.lock(locks.get(1)).acquire())) {
        return "both";
      }
    }
  }

  /** Adds in three steps; without the lock others come between. */
  static int add(int times) throws Exception {
    try (ProcessArray cells = Parent.array("cells", ValueLayout.JAVA_INT)) {
      for (int i = 0; i < times; i++) {
        try (var _ = await(Parent.lock("lock").acquire())) {
          addOnce(cells);
        }
      }
    }
    return times;
  }

  static int addWithoutTheLock(int times) throws Exception {
    try (ProcessArray cells = Parent.array("cells", ValueLayout.JAVA_INT)) {
      for (int i = 0; i < times; i++) {
        addOnce(cells);
      }
    }
    return times;
  }

  private static void addOnce(ProcessArray cells) {
    int before = cells.getInt(0);
    await(Task.yield());
    cells.setInt(0, before + 1);
  }

  /** How many have the permit at a time at most: 1, or something is wrong. */
  static int usePermit(String semaphore) throws Exception {
    try (Held _ = await(Parent.semaphore(semaphore).acquire());
        ProcessArray cells = Parent.array("cells", ValueLayout.JAVA_INT)) {
      int inside = cells.getAndAddInt(1, 1) + 1;
      await(Timers.sleep(Duration.ofMillis(5)));
      int _ = cells.getAndAddInt(1, -1);
      return inside;
    }
  }

  static List<Integer> meet(int rounds) throws Exception {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      places.add(await(Parent.barrier("meeting").await()));
    }
    return places;
  }

  static int count(List<String> words) throws Exception {
    ProcessMap<String, Integer> counts = Parent.map("counts", String.class, Integer.class);
    for (String word : words) {
      Integer _ = await(counts.compute(word, (_, old) -> old == null ? 1 : old + 1));
    }
    return words.size();
  }

  /** Has a child of its own do it. */
  static int squareByAChild(int n) throws Exception {
    try (ProcessPool pool = ProcessPool.open(Scheduler.current(), 1)) {
      return await(pool.apply(ProcessJobs::squareAfterSeconds, n));
    }
  }

  /** Takes an item, and gives it back as a result; under the lock it is in one place at a time. */
  static int take(String queue) throws Exception {
    ProcessLock lock = Parent.lock("lock");
    try (var _ = await(lock.acquire())) {
      int item = await(Parent.queue(queue, Integer.class).get());
      await(Timers.sleep(Duration.ofMillis(1)));
      return item;
    }
  }
}
