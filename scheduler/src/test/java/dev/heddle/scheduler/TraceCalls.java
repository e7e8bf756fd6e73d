package dev.heddle.scheduler;

import dev.heddle.scheduler.TraceSituations.Failing;
import dev.heddle.scheduler.TraceSituations.Situation;
import dev.heddle.scheduler.TraceSituations.World;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** As {@link TraceSituations}, for bodies that wait in methods that they call. */
final class TraceCalls {
  private TraceCalls() {}

  static Map<String, Situation> all() {
    Map<String, Situation> all = new LinkedHashMap<>();
    all.put("three deep, at an await", TraceCalls::atAwait);
    all.put("three deep, five waits later", TraceCalls::fiveWaitsLater);
    all.put("three deep, before any wait", TraceCalls::beforeAnyWait);
    all.put("in a caller that was resumed", TraceCalls::inCaller);
    all.put("recursion", TraceCalls::recursion);
    all.put("recursion that cleans up", TraceCalls::cleaningRecursion);
    all.put("an interface's method", TraceCalls::ofInterface);
    all.put("caught and wrapped", TraceCalls::wrapped);
    all.put("caught, kept and thrown later", TraceCalls::kept);
    all.put("cancelled in a method", TraceCalls::cancelled);
    all.put("a method that is not woven", TraceCalls::notWoven);
    all.put("a method that is not woven, after a wait", TraceCalls::notWovenLater);
    all.put("a part calls a method", TraceCalls::partCalls);
    return all;
  }

  private static Object failing(World w, Awaiter co, int waits) throws Exception {
    for (int i = 0; i < waits; i++) {
      co.await(Task.yield());
    }
    throw w.at(new IllegalStateException("in a method"));
  }

  private static Object second(World w, Awaiter co, int waits) throws Exception {
    return failing(w.at(w), co, waits);
  }

  private static void first(World w, Awaiter co, int waits) throws Exception {
    Object _ = second(w.at(w), co, waits);
  }

  static TaskBody fiveWaitsLater(World w) {
    return co -> first(w.at(w), co, 5);
  }

  static TaskBody beforeAnyWait(World w) {
    return co -> {
      co.await(Task.yield());
      first(w.at(w), co, 0);
    };
  }

  private static Object waits(World w, Awaiter co) throws Exception {
    co.await(Task.yield());
    return co.await(w.at(Failing.atOnce()));
  }

  private static Object middle(World w, Awaiter co) throws Exception {
    return waits(w.at(w), co);
  }

  static TaskBody atAwait(World w) {
    return co -> {
      Object _ = middle(w.at(w), co);
    };
  }

  private static int pause(Awaiter co) {
    co.await(Task.yield());
    co.await(Task.yield());
    return 0;
  }

  private static int divided(World w, Awaiter co) {
    int zero = pause(co);
    return 1 / w.at(zero);
  }

  static TaskBody inCaller(World w) {
    return co -> {
      int _ = divided(w.at(w), co);
    };
  }

  private static int depth(World w, Awaiter co, int n) {
    co.await(Task.yield());
    return n == 0 ? 1 / w.at(n) : depth(w.at(w), co, n - 1);
  }

  static TaskBody recursion(World w) {
    return co -> {
      int _ = depth(w.at(w), co, 5);
    };
  }

  private static int cleaning(World w, Awaiter co, int n) {
    try {
      return n == 0 ? 1 / w.at(n) : cleaning(w.at(w), co, n - 1);
    } finally {
      co.await(Task.yield());
    }
  }

  static TaskBody cleaningRecursion(World w) {
    return co -> {
      int _ = cleaning(w.at(w), co, 5);
    };
  }

  /** Has two implementations. */
  private interface Source {
    Object read(World w, Awaiter co) throws Exception;

    default Object readTwice(World w, Awaiter co) throws Exception {
      Object _ = read(w, co);
      return read(w.at(w), co);
    }
  }

  private static final class Quiet implements Source {
    @Override
    public Object read(World w, Awaiter co) {
      co.await(Task.yield());
      return "";
    }
  }

  private static final class Broken implements Source {
    private int reads;

    @Override
    public Object read(World w, Awaiter co) throws Exception {
      co.await(Task.yield());
      return ++reads == 1 ? "" : co.await(w.at(Failing.atOnce()));
    }
  }

  static TaskBody ofInterface(World w) {
    return co -> {
      for (Source source : new Source[] {new Quiet(), new Broken()}) {
        w.again();
        Object _ = source.readTwice(w.at(w), co);
      }
    };
  }

  private static Object wrapping(World w, Awaiter co) throws IOException {
    try {
      return middle(w, co);
    } catch (Exception cause) {
      w.keep(1);
      throw w.at(new IOException(cause));
    }
  }

  static TaskBody wrapped(World w) {
    return co -> {
      try {
        Object _ = wrapping(w.at(w), co);
      } catch (IOException e) {
        co.await(Task.yield());
        throw e;
      }
    };
  }

  private static IllegalStateException caught(World w, Awaiter co) {
    try {
      first(w.at(w), co, 2);
      throw new AssertionError("must fail");
    } catch (IllegalStateException e) {
      return e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static TaskBody kept(World w) {
    return co -> {
      Exception e = caught(w.at(w), co);
      co.await(Task.yield());
      throw e;
    };
  }

  static TaskBody cancelled(World w) {
    return co -> {
      Task<?> self = co.task();
      var _ = w.start(self.scheduler(), "canceller", canceller -> self.cancel("enough"));
      Object _ = never(w.at(w), co);
    };
  }

  private static Object never(World w, Awaiter co) throws Exception {
    return co.await(w.at(new Promise<Object>()));
  }

  /** Its awaiter is captured, so that it needs a stack. */
  private static Object onStack(World w, Awaiter co, int waits) throws Exception {
    Supplier<Task<?>> task = () -> co.task();
    for (int i = 0; i < waits; i++) {
      co.await(Task.yield());
    }
    throw w.at(new IllegalStateException(task.get().name()));
  }

  private static Object callsOnStack(World w, Awaiter co, int waits) throws Exception {
    co.await(Task.yield());
    return onStack(w.at(w), co, waits);
  }

  static TaskBody notWoven(World w) {
    return co -> {
      Object _ = callsOnStack(w.at(w), co, 0);
    };
  }

  static TaskBody notWovenLater(World w) {
    return co -> {
      Object _ = callsOnStack(w.at(w), co, 3);
    };
  }

  private static TaskFunction<Object> part(World w) {
    return co -> {
      co.await(Task.yield());
      return middle(w.at(w), co);
    };
  }

  static TaskBody partCalls(World w) {
    return co -> {
      co.await(Task.yield());
      var _ = co.yieldFrom(w.at(part(w)));
    };
  }
}
