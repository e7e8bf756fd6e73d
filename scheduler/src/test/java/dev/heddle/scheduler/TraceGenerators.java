package dev.heddle.scheduler;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.scheduler.TraceSituations.World;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** As {@link TraceSituations}, for coroutines that nobody but their consumer resumes. */
final class TraceGenerators {
  private TraceGenerators() {}

  /** Makes a body of a coroutine that fails. */
  interface Generating {
    CoroutineBody<Object, Object, Object> in(World world);
  }

  /** Coroutines that somebody resumes with null until they fail. */
  static Map<String, Generating> ofGenerators() {
    Map<String, Generating> all = new LinkedHashMap<>();
    all.put("after yields", TraceGenerators::throwsAfterYields);
    all.put("before the first yield", TraceGenerators::throwsAtOnce);
    all.put("through yieldFrom", TraceGenerators::throughYieldFrom);
    all.put("through two yieldFrom", TraceGenerators::throughTwo);
    all.put("thrown again after a yield", TraceGenerators::throwsAgain);
    all.put("an iterator throws", TraceGenerators::iteratorThrows);
    return all;
  }

  static CoroutineBody<Object, Object, Object> throwsAfterYields(World w) {
    return y -> {
      for (int i = 0; i < 5; i++) {
        y.yield(i);
      }
      throw w.at(new IllegalStateException("after yields"));
    };
  }

  static CoroutineBody<Object, Object, Object> throwsAtOnce(World w) {
    return y -> {
      if (w.expected().isEmpty()) {
        throw w.at(new IllegalStateException("at once"));
      }
      return y.yield(1);
    };
  }

  static CoroutineBody<Object, Object, Object> throughYieldFrom(World w) {
    return y -> {
      y.yield(0);
      return y.yieldFrom(w.at(Coroutine.of(throwsAfterYields(w))));
    };
  }

  static CoroutineBody<Object, Object, Object> throughTwo(World w) {
    return y -> {
      y.yield(-1);
      return y.yieldFrom(w.at(Coroutine.of(throughYieldFrom(w))));
    };
  }

  static CoroutineBody<Object, Object, Object> throwsAgain(World w) {
    return y -> {
      try {
        return y.yieldFrom(w.at(Coroutine.of(throwsAfterYields(w))));
      } finally {
        y.yield(9);
      }
    };
  }

  static CoroutineBody<Object, Object, Object> iteratorThrows(World w) {
    return y -> {
      y.yieldFrom(w.at(List.<Object>of(1, 2).stream().map(i -> thrownAfterOne(i)).iterator()));
      return null;
    };
  }

  private static Object thrownAfterOne(Object item) {
    if (item.equals(1)) {
      return item;
    }
    throw new IllegalStateException("in an iterator");
  }
}
