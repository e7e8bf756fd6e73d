package dev.heddle.weave;

import dev.heddle.coroutine.Generator;
import dev.heddle.coroutine.Yielder;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskFunction;
import java.io.Serializable;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Tasks whose scopes and deadlines are the matter of methods that they call. */
final class CallScopeBodies {
  private CallScopeBodies() {}

  private static final Duration LONG = Duration.ofDays(1);

  static void addTo(Cases cases) {
    calls(cases);
    scopes(cases);
    deadlines(cases);
    shields(cases);
  }

  static Object hand(Awaiter co, Object value) {
    return co.await(TaskRun.hand(value));
  }

  static void pause(Awaiter co, int turns) {
    for (int i = 0; i < turns; i++) {
      co.await(Task.yield());
    }
  }

  private static Object told(Awaiter co, Cases.Log log, Object value) {
    try {
      pause(co, 1);
      return "told " + hand(co, value);
    } finally {
      log.add("finally " + value);
    }
  }

  private static int depth(Awaiter co, Cases.Log log, int n) {
    try {
      if (n > 0) {
        hand(co, n);
      }
      return n == 0 ? 0 : 1 + depth(co, log, n - 1);
    } finally {
      log.add("unwound " + n);
    }
  }

  private interface Service extends Serializable {
    Object serve(Awaiter co, Object request) throws Exception;
  }

  private static Object over(Awaiter co, Object value) {
    return "awaiter " + hand(co, value);
  }

  private static Object over(Yielder<Object, ?> y, Object value) {
    y.yield("yielder " + value);
    return "yielder";
  }

  private static Object collected(Awaiter co, int n) {
    Object all = "";
    for (Object item :
        Generator.<Object>of(
            y -> {
              for (int i = 0; i < n; i++) {
                over(y, i);
              }
            })) {
      all = all + ";" + over(co, item);
    }
    return all;
  }

  private static Object who(Awaiter co) {
    return co.task() == Task.current() ? hand(co, "self") : "another";
  }

  private static void calls(Cases cases) {
    cases.addTask("task that calls", log -> co -> hand(co, 1) + "" + told(co, log, 2));
    cases.addTask("task cancelled at each depth", log -> co -> depth(co, log, 4));
    cases.addTask(
        "service in a variable",
        log ->
            co -> {
              Service service = (c, request) -> "served " + hand(c, request);
              return service.serve(co, "a") + "" + service.serve(co, "b");
            });
    cases.addTask(
        "function called by a function",
        log ->
            co -> {
              TaskFunction<Object> part = c -> told(c, log, "part");
              return part.run(co) + "" + co.yieldFrom(part);
            });
    cases.addTask("one overload for tasks and one for generators", log -> co -> collected(co, 3));
    cases.addTask("callee that asks for its task", log -> co -> who(co) + "" + who(co));
    cases.addTask(
        "yields and hands in turn",
        log ->
            co -> {
              for (int i = 0; i < 3; i++) {
                pause(co, i);
                log.add(hand(co, i));
              }
              return "end";
            });
  }

  private static Object scoped(Awaiter co, Cases.Log log, String name) {
    try (var scope = CancelScope.open()) {
      Object got = hand(co, "in " + name);
      log.add(scope.isCancelled());
      return got;
    }
  }

  private static Object cancelsItself(Awaiter co, Cases.Log log) {
    var scope = CancelScope.open();
    try (scope) {
      scope.cancel("on purpose");
      return hand(co, "never");
    } catch (Cancelled cancelled) {
      scope.swallow(cancelled);
      log.add("swallowed");
    }
    return hand(co, "behind the scope");
  }

  private static Object failsInside(Awaiter co, Cases.Log log) {
    try (var scope = CancelScope.open()) {
      hand(co, "inside");
      log.add(scope.reason());
      throw new IllegalStateException("out of the scope");
    }
  }

  private static CancelScope<RuntimeException> opened(Awaiter co) {
    CancelScope<RuntimeException> scope = CancelScope.open();
    hand(co, "opened");
    return scope;
  }

  private static Object cancelsGiven(Awaiter co, CancelScope<?> scope) {
    scope.cancel("by a callee");
    return hand(co, "never");
  }

  private static void scopes(Cases cases) {
    cases.addTask(
        "scope opened and closed in a callee",
        log -> co -> scoped(co, log, "a") + "" + scoped(co, log, "b"));
    cases.addTask("scope that a callee cancels and swallows", log -> co -> cancelsItself(co, log));
    cases.addTask(
        "scope left by an exception",
        log ->
            co -> {
              try {
                return failsInside(co, log);
              } catch (IllegalStateException e) {
                return hand(co, e.getMessage());
              }
            });
    cases.addTask(
        "scope opened in a callee and returned",
        log ->
            co -> {
              try (var scope = opened(co)) {
                return hand(co, "in " + scope.isCancelled());
              }
            });
    cases.addTask(
        "scope given to a callee that cancels it",
        log ->
            co -> {
              var scope = CancelScope.open();
              try (scope) {
                return cancelsGiven(co, scope);
              } catch (Cancelled cancelled) {
                scope.swallow(cancelled);
                return hand(co, "swallowed by the body");
              }
            });
    cases.addTask(
        "outer scope closed by a callee",
        log ->
            co -> {
              try (var outer = CancelScope.open();
                  var inner = CancelScope.open()) {
                closes(co, outer);
                return inner.isCancelled();
              } catch (IllegalStateException e) {
                return hand(co, "not the innermost");
              }
            });
    cases.addTask(
        "scopes in three frames", log -> co -> nested(co, log, 2) + "" + hand(co, "after"));
  }

  private static void closes(Awaiter co, CancelScope<RuntimeException> scope) {
    hand(co, "closing");
    scope.close();
  }

  private static Object nested(Awaiter co, Cases.Log log, int n) {
    try (var scope = CancelScope.open()) {
      Object got = hand(co, "scope " + n);
      return n == 0 ? got : got + "" + nested(co, log, n - 1);
    } finally {
      log.add("left " + n);
    }
  }

  private static Object expired(Awaiter co) throws TimeoutException {
    try (var scope = CancelScope.withTimeout(Duration.ZERO)) {
      return hand(co, scope.isCancelled());
    }
  }

  private static void moves(Awaiter co, CancelScope<?> scope) {
    hand(co, "moving");
    scope.moveDeadline(Duration.ZERO);
  }

  private static void deadlines(Cases cases) {
    cases.addTask(
        "deadline that has passed in a callee",
        log ->
            co -> {
              try {
                return expired(co);
              } catch (TimeoutException e) {
                return hand(co, "timeout");
              }
            });
    cases.addTask(
        "deadline that a callee moves",
        log ->
            co -> {
              try (var scope = CancelScope.withTimeout(LONG)) {
                moves(co, scope);
                return hand(co, "too late");
              } catch (TimeoutException e) {
                return hand(co, "moved");
              }
            });
    cases.addTask(
        "deadline that is never reached",
        log ->
            co -> {
              try (var scope = CancelScope.withTimeout(LONG)) {
                return told(co, log, scope.isCancelled());
              }
            });
    cases.addTask(
        "await with a time limit in a callee",
        log -> co -> limited(co, log) + "" + hand(co, "after"));
  }

  private static Object limited(Awaiter co, Cases.Log log) throws Exception {
    try {
      return co.await(TaskRun.hand("limited").within(Duration.ZERO));
    } catch (TimeoutException e) {
      log.add("limited");
      return "timeout";
    }
  }

  private static void cleanup(Awaiter co, Cases.Log log) {
    try (var shield = CancelScope.shielded()) {
      log.add("shielded " + hand(co, "cleanup") + shield.isCancelled());
    }
  }

  private static Object cleaned(Awaiter co, Cases.Log log, int n) {
    try {
      return n == 0 ? hand(co, "work") : cleaned(co, log, n - 1);
    } finally {
      cleanup(co, log);
    }
  }

  private static void shields(Cases cases) {
    cases.addTask("await in finally under a shield", log -> co -> cleaned(co, log, 0));
    cases.addTask("shields in three frames", log -> co -> cleaned(co, log, 2));
    cases.addTask(
        "await in finally without a shield",
        log ->
            co -> {
              try {
                return hand(co, "work");
              } finally {
                log.add(hand(co, "cleanup"));
              }
            });
    cases.addTask(
        "finishing scope in a callee", log -> co -> finished(co) + "" + hand(co, "after"));
  }

  private static Object finished(Awaiter co) {
    try (var scope = CancelScope.finishing()) {
      return hand(co, "finishing " + scope.isCancelled());
    }
  }
}
