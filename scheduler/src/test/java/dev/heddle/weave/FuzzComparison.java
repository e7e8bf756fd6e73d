package dev.heddle.weave;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.scheduler.TaskFunction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Runs a compiled random program on each engine with the same calls, and compares the traces. */
final class FuzzComparison {
  /** Whether the frames of callers are compared too, unless {@code -Dheddle.fuzz.frames=false}. */
  private static final boolean ALL_FRAMES =
      Boolean.parseBoolean(System.getProperty("heddle.fuzz.frames", "true"));

  /** The JVM throws these without message and trace once the code that throws them is hot. */
  private static final Pattern MADE_BY_THE_JVM =
      Pattern.compile(
          "(threw java.lang.(ArrayIndexOutOfBounds|Arithmetic|NullPointer)Exception).*");

  private static final int SCRIPTS = 6;
  private static final int FEW_SCRIPTS = 3;

  /** At so many suspensions the program is ended from outside, by an exception or by close. */
  private static final int MOST_ENDS = 6;

  private final Compiled compiled;
  private final FuzzProgram program;
  private final String name;

  /** Whether the body is too large to weave; then there is nothing to compare. */
  boolean tooLarge;

  FuzzComparison(Compiled compiled, FuzzProgram program, String name) {
    this.compiled = compiled;
    this.program = program;
    this.name = name;
  }

  /** What differs, or null. With {@code all}, each suspension is also ended from outside. */
  String difference(boolean all) {
    try {
      return compare(all);
    } catch (Exception | LinkageError | AssertionError e) {
      return "the weaver threw " + e + " at " + e.getStackTrace()[0];
    }
  }

  private String compare(boolean all) throws Exception {
    boolean woven = true;
    if (program.dialect() == FuzzDialect.COROUTINE) {
      String explanation = Engine.explain(coroutineBody(new Cases.Log()));
      tooLarge = explanation.contains("too large");
      if (tooLarge) {
        return null; // finally blocks are copied to each exit, and exits in them multiply
      }
      if (!explanation.equals("woven") && program.isWovenToTheLast()) {
        return explanation;
      }
      woven = !explanation.startsWith("not woven");
    }
    for (Map.Entry<String, Supplier<Script>> script : scripts(all).entrySet()) {
      List<String> expected = null;
      for (Engine engine : engines(woven)) {
        List<String> trace = trace(engine, script.getValue().get());
        trace.replaceAll(line -> MADE_BY_THE_JVM.matcher(line).replaceFirst("$1"));
        if (!ALL_FRAMES && program.hasMethods()) {
          trace.replaceAll(line -> line.replaceFirst("( at \\S+).*", "$1"));
        }
        if (expected == null) {
          expected = trace;
        } else if (!expected.equals(trace)) {
          return script.getKey() + ": " + firstDifference(expected, engine, trace);
        }
      }
    }
    return null;
  }

  private static String firstDifference(List<String> expected, Engine engine, List<String> trace) {
    int same = 0;
    while (same < Math.min(expected.size(), trace.size())
        && expected.get(same).equals(trace.get(same))) {
      same++;
    }
    return """

    %s
    expected: %s
    but %s: %s\
    """
        .formatted(
            String.join("\n", expected.subList(0, same)),
            same < expected.size() ? expected.get(same) : "no more",
            engine,
            same < trace.size() ? trace.get(same) : "no more");
  }

  /** The engines for the program; that of the expected trace is the first. */
  private List<Engine> engines(boolean woven) {
    List<Engine> engines = new ArrayList<>();
    boolean task = program.dialect() == FuzzDialect.TASK;
    for (Engine engine : Engine.values()) {
      if (engine.isAvailable() && (task ? engine.runsTasks() : engine.runsCoroutines())) {
        engines.add(engine);
      }
    }
    engines.remove(Engine.WOVEN);
    if (woven) {
      engines.add(Engine.WOVEN);
    }
    return engines;
  }

  private List<String> trace(Engine engine, Script script) throws Exception {
    Cases.Log log = new Cases.Log();
    if (program.dialect() == FuzzDialect.COROUTINE) {
      return trace(Coroutine.of(engine, coroutineBody(log)), log, script);
    }
    TaskFunction<Object> body = taskBody(log);
    SchedulerBuilder builder = Scheduler.builder().failureReporter((_, _) -> {});
    if (engine != Engine.WOVEN) {
      builder.engine(engine);
    } else if (program.isWovenToTheLast()) {
      builder.requireWoven();
    }
    // An awaiter that is captured needs a stack.
    TaskFunction<Object> run = engine == Engine.WOVEN ? body : onStack(body);
    try (Scheduler scheduler = builder.build()) {
      return trace(new TaskRun(scheduler, run), log, script);
    }
  }

  private static TaskFunction<Object> onStack(TaskFunction<Object> body) {
    return co -> {
      Callable<Object> call = () -> body.run(co);
      return call.call();
    };
  }

  private static List<String> trace(
      Coroutine<Object, Object, Object> made, Cases.Log log, Script script) {
    List<String> trace = new ArrayList<>();
    try (Coroutine<Object, Object, Object> coroutine = made) {
      trace.addAll(script.run(coroutine, log));
    } catch (Throwable closing) {
      trace.add("closing threw " + closing.getClass());
    }
    trace.addAll(log.lines);
    return trace;
  }

  @SuppressWarnings("unchecked") // a program in this dialect
  private CoroutineBody<Object, Object, Object> coroutineBody(Cases.Log log) throws Exception {
    return (CoroutineBody<Object, Object, Object>) body(log);
  }

  @SuppressWarnings("unchecked") // a program in this dialect
  private TaskFunction<Object> taskBody(Cases.Log log) throws Exception {
    return (TaskFunction<Object>) body(log);
  }

  @SuppressWarnings("unchecked") // see FuzzProgram
  private Object body(Cases.Log log) throws Exception {
    return ((Function<Consumer<Object>, Object>) compiled.newInstance(name)).apply(log::add);
  }

  /** What makes the scripts, by name: anew for each engine, because what was raised changes. */
  private static Map<String, Supplier<Script>> scripts(boolean all) {
    Map<String, Supplier<Script>> scripts = new LinkedHashMap<>();
    for (int i = 0; i < (all ? SCRIPTS : FEW_SCRIPTS); i++) {
      int seed = i;
      scripts.put("script " + seed, () -> new Script(seed));
    }
    for (int i = 1; i <= (all ? MOST_ENDS : 0); i++) {
      int suspension = i;
      scripts.put("closed at " + i, () -> Script.injecting(Script.Call.CLOSE, null, suspension));
      scripts.put("raised at " + i, () -> raising(suspension));
    }
    return scripts;
  }

  private static Script raising(int suspension) {
    Throwable raised = new IllegalStateException("from outside");
    return Script.injecting(Script.Call.RAISE, raised, suspension);
  }
}
