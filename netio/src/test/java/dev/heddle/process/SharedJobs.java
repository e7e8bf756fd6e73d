package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Held;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;

/** What the tests of shared things have children do. */
final class SharedJobs {
  private SharedJobs() {}

  /** Adds in three steps, between which others may come if the lock does not keep them out. */
  static int addUnderTheLock(Integer times) throws Exception {
    try (ProcessArray cells = Parent.array("cells", ValueLayout.JAVA_INT)) {
      for (int i = 0; i < times; i++) {
        try (var hold = await(Parent.lock("lock").acquire())) {
          int before = cells.getInt(0);
          await(Task.yield());
          cells.setInt(0, before + 1);
          cells.setInt(1, hold.isAbandoned() ? 1 : 0);
        }
        int _ = cells.getAndAddInt(2, 1);
      }
      return times;
    }
  }

  static String holdAndDie(String lock) throws Exception {
    var _ = await(Parent.lock(lock).acquire());
    Runtime.getRuntime().halt(9);
    return "";
  }

  static String holdAndEnd(String lock) throws Exception {
    var _ = await(Parent.lock(lock).acquire());
    return "ended";
  }

  static String holdForEver(String lock) throws Exception {
    var _ = await(Parent.lock(lock).acquire());
    Parent.event("held").set();
    await(Parent.event("never").await());
    return "";
  }

  static boolean acquireAndTellWhetherAbandoned(String lock) throws Exception {
    try (var hold = await(Parent.lock(lock).acquire())) {
      return hold.isAbandoned();
    }
  }

  /** A time limit and a cancellation end the wait for a lock that another process holds. */
  static List<String> giveUp(String name) throws Exception {
    List<String> seen = new ArrayList<>();
    ProcessLock lock = Parent.lock(name);
    try (var _ = await(lock.acquire().within(Duration.ofMillis(20)))) {
      seen.add("acquired");
    } catch (TimeoutException e) {
      seen.add("timed out");
    }
    Scheduler scheduler = Task.current().scheduler();
    Task<ProcessLock.Hold> waiting = scheduler.submit("waiting", () -> await(lock.acquire()));
    await(Task.yield());
    waiting.cancel("changed its mind");
    while (!waiting.isDone()) {
      await(Task.yield());
    }
    seen.add(waiting.state().toString());
    return seen;
  }

  static String closeTwice(String lock) throws Exception {
    var hold = await(Parent.lock(lock).acquire());
    hold.close();
    try {
      hold.close();
      return "closed twice";
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  static String takePermitAndDie(String semaphore) throws Exception {
    Held _ = await(Parent.semaphore(semaphore).acquire());
    Runtime.getRuntime().halt(9);
    return "";
  }

  static String usePermits(String semaphore) throws Exception {
    ProcessSemaphore permits = Parent.semaphore(semaphore);
    try (Held first = await(permits.acquire());
        Held second = await(permits.acquire())) {
      assert first != second;
    }
    try {
      await(permits.release());
      return "released one too many";
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  static boolean waitForStart(String answer) throws Exception {
    ProcessEvent start = Parent.event("start");
    boolean before = await(start.isSet());
    Parent.event(answer).set();
    await(start.await());
    start.clear();
    return before;
  }

  static List<Integer> meet(Integer rounds) throws Exception {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      places.add(await(Parent.barrier("meeting").await()));
    }
    return places;
  }

  static String meetAndBeBroken(String barrier) throws Exception {
    try {
      return "place " + await(Parent.barrier(barrier).await());
    } catch (BrokenBarrierException e) {
      return e.getMessage();
    }
  }

  record Word(String text) {}

  static int count(List<String> words) throws Exception {
    ProcessMap<Word, Integer> counts = Parent.map("counts", Word.class, Integer.class);
    for (String word : words) {
      Integer _ = await(counts.compute(new Word(word), (_, old) -> old == null ? 1 : old + 1));
    }
    return words.size();
  }

  static List<String> operations(String name) throws Exception {
    ProcessMap<Word, Integer> map = Parent.map(name, Word.class, Integer.class);
    Word a = new Word("a");
    List<String> results = new ArrayList<>();
    results.add("get " + await(map.get(a)));
    results.add("put " + await(map.put(a, 1)));
    results.add("put " + await(map.put(a, 2)));
    results.add("putIfAbsent " + await(map.putIfAbsent(a, 3)));
    results.add("replace " + await(map.replace(a, 1, 4)) + " " + await(map.replace(a, 2, 4)));
    results.add("compute " + await(map.compute(a, (_, old) -> old == null ? 0 : old + 1)));
    results.add("entries " + await(map.entries()));
    results.add("compute " + await(map.compute(a, (_, _) -> null)));
    results.add("remove " + await(map.remove(a)) + " " + await(map.entries()));
    return results;
  }

  /** What is wrong, in the errors' own words. */
  static List<String> misuse(String nothing) {
    List<String> errors = new ArrayList<>();
    attempt(errors, () -> Parent.lock("start"));
    attempt(errors, () -> Parent.array("cells", ValueLayout.JAVA_LONG));
    attempt(errors, () -> Parent.array("cells", ValueLayout.JAVA_INT).getLong(0));
    attempt(errors, () -> Parent.array("cells", ValueLayout.JAVA_INT).getInt(3));
    attempt(errors, () -> await(Parent.map("counts", Word.class, Integer.class).get(null)));
    attempt(
        errors,
        () -> await(Parent.map("counts", Word.class, String.class).put(new Word("x"), "y")));
    return errors;
  }

  private interface Attempt {
    Object run() throws Exception;
  }

  private static void attempt(List<String> errors, Attempt attempt) {
    try {
      errors.add("nothing, but " + attempt.run());
    } catch (Exception e) {
      errors.add(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
