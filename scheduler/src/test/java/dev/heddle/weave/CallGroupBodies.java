package dev.heddle.weave;

import static dev.heddle.weave.CallScopeBodies.hand;
import static dev.heddle.weave.CallScopeBodies.pause;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.TaskLocal;
import java.util.List;

/** Tasks whose groups and task-locals are the matter of methods that they call. */
final class CallGroupBodies {
  private CallGroupBodies() {}

  private static final TaskLocal<String> LOCAL = TaskLocal.withInitial(() -> "initial");

  static void addTo(Cases cases) {
    groups(cases);
    locals(cases);
  }

  private static Object child(Awaiter co, Object value) {
    pause(co, 2);
    return "child " + value;
  }

  private static Object fails(Awaiter co, String message) {
    pause(co, 1);
    throw new IllegalStateException(message);
  }

  private static Object joined(Awaiter co, int n) throws Exception {
    try (var group = TaskGroup.all()) {
      for (int i = 0; i < n; i++) {
        int number = i;
        group.spawn(c -> child(c, number));
      }
      hand(co, "children");
      List<Task<?>> ended = co.await(group.join());
      return ended.size();
    }
  }

  private static Object failed(Awaiter co) throws Exception {
    try (var group = TaskGroup.open()) {
      Task<Object> never = group.submit(c -> child(c, "never"));
      group.spawn(c -> fails(c, "child"));
      co.await(group.join());
      return never.resultNow();
    }
  }

  private static Object startsIn(Awaiter co, TaskGroup<?> group) {
    Task<Object> task = group.submit(c -> child(c, "started by a callee"));
    return hand(co, task.isDone());
  }

  private static Object leaves(Awaiter co, Cases.Log log) {
    try (var group = TaskGroup.open()) {
      group.spawn(
          c -> {
            try {
              pause(c, 100);
            } finally {
              log.add("child ends");
            }
          });
      pause(co, 2);
      group.cancel("enough");
    }
    pause(co, 1);
    log.add("left");
    return hand(co, "left");
  }

  private static void groups(Cases cases) {
    cases.addTask("group in a callee", log -> co -> joined(co, 3) + "" + hand(co, "after"));
    cases.addTask(
        "group whose child fails",
        log ->
            co -> {
              try {
                return failed(co);
              } catch (IllegalStateException e) {
                return hand(co, e.getMessage());
              }
            });
    cases.addTask(
        "group given to a callee",
        log ->
            co -> {
              try (var group = TaskGroup.settle()) {
                Object got = startsIn(co, group) + "" + startsIn(co, group);
                return got + "" + co.await(group.join()).size();
              }
            });
    cases.addTask("group that is left early in a callee", log -> co -> leaves(co, log));
    cases.addTask(
        "children that call what their parent calls",
        log ->
            co -> {
              try (var group = TaskGroup.open()) {
                Task<Object> one = group.submit(c -> child(c, 1));
                Object own = child(co, "own");
                co.await(group.join());
                return one.resultNow() + "," + own + hand(co, "!");
              }
            });
    cases.addTask(
        "join in a callee",
        log ->
            co -> {
              try (var group = TaskGroup.settle()) {
                Task<Object> bad = group.submit(c -> fails(c, "joined"));
                Object got = caught(co, bad);
                co.await(group.join());
                return got;
              }
            });
  }

  private static Object caught(Awaiter co, Task<?> task) throws Exception {
    try {
      return co.await(task.join());
    } catch (IllegalStateException e) {
      return hand(co, e.getMessage());
    }
  }

  private static Object sets(Awaiter co, String value) {
    String was = LOCAL.get();
    LOCAL.set(value);
    return was + hand(co, LOCAL.get());
  }

  private static void locals(Cases cases) {
    cases.addTask(
        "local that a callee sets",
        log -> co -> sets(co, "one") + "," + sets(co, "two") + "," + LOCAL.get());
    cases.addTask(
        "local that a child inherits",
        log ->
            co -> {
              sets(co, "parent");
              try (var group = TaskGroup.open()) {
                Task<Object> inherited = group.submit(c -> LOCAL.get() + child(c, "local"));
                LOCAL.set("changed");
                co.await(group.join());
                return inherited.resultNow() + LOCAL.get();
              }
            });
  }
}
