package dev.heddle.sync;

import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Play;
import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;

/** One scenario of {@code oracle/scenarios.txt}, played by our primitives; see oracle.py. */
final class Scenario {

  final String name;
  private final List<String[]> declarations = new ArrayList<>();
  private final Map<String, List<ScenarioTree>> scripts = new LinkedHashMap<>();
  private final Map<String, List<ScenarioTree>> children = new HashMap<>();

  private final ScenarioThings things = new ScenarioThings();
  private final Map<String, Task<?>> tasks = new HashMap<>();
  private final Map<String, String> doing = new LinkedHashMap<>();

  /** The scopes with a timeout that a task is in, innermost first. */
  private final Map<String, Deque<CancelScope<?>>> scopes = new HashMap<>();

  /** What has interrupted an operation of a task. */
  private final Map<String, Throwable> interruptions = new HashMap<>();

  private final VirtualTime time = new VirtualTime(0);
  private Play play;

  /** Reads it from its lines, the first of which is the name. */
  Scenario(String name, List<String> lines) {
    this.name = name;
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        declarations.add(line.split(" "));
      } else {
        String task = line.substring(0, colon);
        boolean child = task.startsWith("child ");
        (child ? children : scripts)
            .put(task.replace("child ", ""), ScenarioTree.of(line.substring(colon + 1)));
      }
    }
  }

  /** Plays it once; gives the trace. */
  List<String> play(Kind kind) {
    try (Play opened = new Play(kind, time)) {
      play = opened;
      for (String[] declaration : declarations) {
        things.declare(declaration);
      }
      scripts.forEach((task, ops) -> tasks.put(task, play.task(task, me -> act(me, ops, false))));
      try {
        play.run();
      } catch (DeadlockException e) {
        doing.forEach((task, op) -> play.said.add(task + ": " + op + " -> waits for ever"));
      }
      return List.copyOf(play.said);
    }
  }

  private void act(Play.Player me, List<ScenarioTree> ops, boolean isChild) throws Exception {
    Deque<String> held = new ArrayDeque<>();
    try {
      play(me, ops, held);
    } catch (Play.Mishap | TimeoutException e) {
      clean(me, held);
      me.say(failed(e));
      if (isChild) {
        throw e;
      }
    } catch (Cancelled e) {
      clean(me, held);
      throw e;
    } finally {
      doing.remove(me.name());
    }
  }

  private void play(Play.Player me, List<ScenarioTree> ops, Deque<String> held) throws Exception {
    for (ScenarioTree each : ops) {
      switch (each) {
        case ScenarioTree.Op op -> play(me, op, held);
        case ScenarioTree.Block block -> {
          switch (block.words[0]) {
            case "timeout" -> playTimeout(me, block, held);
            case "group" -> playGroup(me, block, held);
            case "try" -> playTry(me, block, held);
            default -> playShield(me, block, held);
          }
        }
      }
    }
  }

  private void play(Play.Player me, ScenarioTree.Op op, Deque<String> held) throws Exception {
    String text = op.text();
    doing.put(me.name(), text);
    if (text.startsWith("fail ")) {
      me.say(text);
      throw new Play.Mishap(op.words()[1]);
    }
    try {
      Object result = perform(me, op.words(), held);
      me.say(result == null ? text : text + " -> " + result);
    } catch (IllegalStateException | IllegalMonitorStateException | BrokenBarrierException e) {
      boolean refused = text.startsWith("spawn ") || text.startsWith("move ");
      me.say(text + " -> " + (refused ? "refused" : wordFor(e)));
    } catch (Cancelled | Play.Mishap | TimeoutException e) {
      if (e instanceof TimeoutException && text.startsWith("within ") && !isTimedOut(me)) {
        me.say(text + " -> timed out");
      } else {
        me.say(text + " -> cancelled");
        interruptions.put(me.name(), e);
        throw e;
      }
    }
  }

  // Blocks.

  private Deque<CancelScope<?>> scopesOf(Play.Player me) {
    return scopes.computeIfAbsent(me.name(), _ -> new ArrayDeque<>());
  }

  private boolean isTimedOut(Play.Player me) {
    return scopesOf(me).stream().anyMatch(CancelScope::isCancelled);
  }

  /** What has timed out outside is none of it. */
  private void playShield(Play.Player me, ScenarioTree.Block block, Deque<String> held)
      throws Exception {
    Deque<CancelScope<?>> outside = scopesOf(me);
    scopes.remove(me.name());
    try {
      try (var _ = CancelScope.shielded()) {
        play(me, block.body, held);
      }
    } finally {
      scopes.put(me.name(), outside);
    }
  }

  private void playTimeout(Play.Player me, ScenarioTree.Block block, Deque<String> held)
      throws Exception {
    String name = block.words[1];
    Duration timeout = seconds(block.words[2]);
    String text = "end " + name;
    try {
      try (CancelScope<TimeoutException> scope = CancelScope.withTimeout(timeout)) {
        things.put(name, scope);
        scopesOf(me).push(scope);
        try {
          play(me, block.body, held);
        } finally {
          scopesOf(me).pop();
        }
      }
      me.say(text);
    } catch (Cancelled e) {
      me.say(text + " -> cancelled");
      throw e;
    } catch (Play.Mishap | TimeoutException e) {
      boolean isCancelled = interruptions.get(me.name()) == e || isTimedOut(me);
      boolean isMine =
          ((CancelScope<?>) things.get(name)).isCancelled()
              && e instanceof TimeoutException
              && !isTimedOut(me);
      me.say(text + " -> " + (isMine ? "timed out" : isCancelled ? "cancelled" : failed(e)));
      if (isMine) {
        interruptions.remove(me.name());
      }
      if (block.isThrowing || !isMine) {
        throw e;
      }
    }
  }

  private void playGroup(Play.Player me, ScenarioTree.Block block, Deque<String> held)
      throws Exception {
    String name = block.words[1];
    String text = "end " + name;
    List<Task<?>> mine = new ArrayList<>();
    try {
      try (var group = TaskGroup.open()) {
        inGroup(me, block, held, new Group(group, mine));
      }
      me.say(text);
    } catch (Cancelled e) {
      me.say(text + " -> cancelled");
      throw e;
    } catch (Play.Mishap | TimeoutException e) {
      boolean isMine =
          interruptions.get(me.name()) != e
              || mine.stream().anyMatch(child -> child.state() == Task.State.FAILED);
      me.say(text + " -> " + (isMine ? failed(e) : "cancelled"));
      if (isMine) {
        interruptions.remove(me.name());
      }
      if (block.isThrowing || !isMine) {
        throw e;
      }
    }
  }

  private record Group(TaskGroup<?> group, List<Task<?>> children) {}

  private void inGroup(Play.Player me, ScenarioTree.Block block, Deque<String> held, Group mine)
      throws Exception {
    things.put(block.words[1], mine);
    try {
      play(me, block.body, held);
    } catch (Cancelled | Play.Mishap | TimeoutException e) {
      me.does(() -> mine.group.cancel("its block is left"));
      joinAfter(me, mine.group, e); // not by close(), which waits in one style only
      throw e;
    }
    doing.put(me.name(), "end " + block.words[1]);
    try {
      me.awaits(mine.group.join());
    } catch (Cancelled | Play.Mishap | TimeoutException e) {
      interruptions.put(me.name(), e); // unless it is a child's
      throw e;
    }
  }

  /** A failure of a child wins over a cancellation, and is told beside one of the block. */
  private static void joinAfter(Play.Player me, TaskGroup<?> group, Throwable left)
      throws Exception {
    try {
      me.awaits(group.join());
    } catch (Cancelled | TimeoutException _) {
      // said already
    } catch (Play.Mishap childs) {
      if (!(left instanceof Play.Mishap)) {
        throw childs;
      }
      if (childs != left) {
        left.addSuppressed(childs);
      }
    }
  }

  private void playTry(Play.Player me, ScenarioTree.Block block, Deque<String> held)
      throws Exception {
    try {
      play(me, block.body, held);
    } catch (Cancelled | Play.Mishap | TimeoutException e) {
      me.say(block.middle);
      play(me, block.cleanup, held);
      if (block.middle.equals("finally")) {
        throw e;
      }
      return;
    }
    if (block.middle.equals("finally")) {
      me.say(block.middle);
      play(me, block.cleanup, held);
    }
  }

  private static String failed(Throwable failure) {
    return "failed " + String.join(", ", failures(failure));
  }

  private static SortedSet<String> failures(Throwable failure) {
    SortedSet<String> names = new TreeSet<>();
    names.add(failure instanceof TimeoutException ? "timeout" : failure.getMessage());
    for (Throwable suppressed : failure.getSuppressed()) {
      if (suppressed instanceof Play.Mishap) {
        names.addAll(failures(suppressed));
      }
    }
    return names;
  }

  private static Duration seconds(String number) {
    return Duration.ofSeconds(Integer.parseInt(number));
  }

  private static String wordFor(Exception e) {
    return switch (e) {
      case IllegalMonitorStateException _ -> "not held";
      case QueueShutdownException _ -> "shut down";
      case BrokenBarrierException _ -> "broken";
      default -> e.getMessage().contains("broken") ? "broken" : "too many";
    };
  }

  private void clean(Play.Player me, Deque<String> held) throws Exception {
    while (!held.isEmpty()) {
      String thing = held.pop();
      me.does(() -> things.release(thing));
    }
  }

  private Object perform(Play.Player me, String[] op, Deque<String> held) throws Exception {
    Object thing = op.length > 1 ? things.get(op[1]) : null;
    switch (op[0]) {
      case "yield" -> me.yields(op.length > 1 ? Integer.parseInt(op[1]) : 1);
      case "sleep" -> me.await(Timers.sleep(seconds(op[1])));
      case "now" -> {
        return time.nanoTime() / 1_000_000_000;
      }
      case "within" -> {
        return within(me, seconds(op[1]), Arrays.copyOfRange(op, 2, op.length), held);
      }
      case "move" -> me.does(() -> ((CancelScope<?>) thing).moveDeadline(seconds(op[2])));
      case "spawn" -> {
        Group mine = (Group) thing;
        List<ScenarioTree> ops = children.get(op[2]);
        Task<?> child = me.gets(() -> play.task(mine.group, op[2], one -> act(one, ops, true)));
        mine.children.add(child);
        tasks.put(op[2], child);
      }
      case "cancel" -> me.gets(() -> tasks.get(op[1]).cancel("as written"));
      case "add" -> ((int[]) thing)[0] += Integer.parseInt(op[2]);
      case "acquire" -> {
        me.awaits(things.event(op));
        held.push(op[1]);
      }
      case "release" -> {
        me.does(() -> things.release(op[1]));
        held.removeFirstOccurrence(op[1]);
      }
      default -> {
        return things.perform(me, op);
      }
    }
    return null;
  }

  private Object within(Play.Player me, Duration longest, String[] op, Deque<String> held)
      throws Exception {
    YieldEvent<?, ?> event =
        op[0].equals("sleep") ? Timers.sleep(seconds(op[1])) : things.event(op);
    Object result = me.awaits(event.within(longest));
    if (op[0].equals("acquire")) {
      held.push(op[1]);
    }
    return ScenarioThings.shown(result);
  }
}
