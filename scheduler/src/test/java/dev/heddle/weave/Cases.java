package dev.heddle.weave;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.scheduler.TaskFunction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bodies by name, each made anew for each run with a log for what it does besides yielding.
 *
 * <p>The methods of {@code *Bodies} that add them are lists, and as long as their theme has bodies:
 * cut at 60 lines, a list would be looked for in two places.
 */
final class Cases {

  /** Makes a body that writes to this log. */
  interface Maker {
    CoroutineBody<Object, Object, Object> make(Log log);
  }

  /** Makes a body of a task that writes to this log. */
  interface TaskMaker {
    TaskFunction<Object> make(Log log);
  }

  /** What a body did. Public, as bodies that are {@link AsTasks} come from another loader. */
  public static final class Log {
    public final List<String> lines = new ArrayList<>();

    public void add(Object what) {
      lines.add(String.valueOf(what));
    }

    /** Logs and returns, so that an evaluation shows in the order of the log. */
    public <T> T seen(T what) {
      add(what);
      return what;
    }

    public int number(int n) {
      add(n);
      return n;
    }
  }

  private final Map<String, Maker> makers = new LinkedHashMap<>();
  private final Map<String, TaskMaker> taskMakers = new LinkedHashMap<>();

  /** Of bodies that do not run woven all the way: what the explanation says about the rest. */
  private final Map<String, String> onStack = new LinkedHashMap<>();

  void add(String name, Maker maker) {
    if (makers.put(name, maker) != null) {
      throw new IllegalArgumentException("two bodies have the name " + name);
    }
  }

  /** Adds a body of which this part, or the whole, needs a stack. */
  void addOnStack(String name, String part, Maker maker) {
    add(name, maker);
    onStack.put(name, part);
  }

  /** Adds a body that uses what tasks alone have. */
  void addTask(String name, TaskMaker maker) {
    if (taskMakers.put(name, maker) != null) {
      throw new IllegalArgumentException("two tasks have the name " + name);
    }
  }

  Map<String, Maker> all() {
    return makers;
  }

  Map<String, TaskMaker> tasks() {
    return taskMakers;
  }

  Map<String, String> onStack() {
    return onStack;
  }

  /** Bodies that call methods with their suspender. */
  static Cases calls() {
    Cases cases = new Cases();
    CallBodies.addTo(cases);
    CallReceiverBodies.addTo(cases);
    CallMemberBodies.addTo(cases);
    CallParameterBodies.addTo(cases);
    CallReferenceBodies.addTo(cases);
    CallRecursionBodies.addTo(cases);
    CallResultBodies.addTo(cases);
    CallOperandBodies.addTo(cases);
    CallExceptionBodies.addTo(cases);
    CallCleanupBodies.addTo(cases);
    CallMixtureBodies.addTo(cases);
    return cases;
  }

  /** Bodies of tasks that call methods with their suspender, in scopes and groups. */
  static Cases taskCalls() {
    Cases cases = new Cases();
    CallScopeBodies.addTo(cases);
    CallGroupBodies.addTo(cases);
    return cases;
  }

  static Cases everything() {
    Cases cases = new Cases();
    LoopBodies.addTo(cases);
    ExpressionBodies.addTo(cases);
    SwitchBodies.addTo(cases);
    TryBodies.addTo(cases);
    CleanupBodies.addTo(cases);
    CaptureBodies.addTo(cases);
    TypeBodies.addTo(cases);
    DelegationBodies.addTo(cases);
    new MemberBodies().addTo(cases);
    return cases;
  }
}
