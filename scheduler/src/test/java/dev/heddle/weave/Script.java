package dev.heddle.weave;

import dev.heddle.coroutine.Coroutine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Random calls on a coroutine, the same for the same seed, and the trace of what came of them. */
final class Script {
  private static final int MOST_STEPS = 25;

  /** A script that echoes stops when the body has ended, or after so many steps. */
  private static final int MOST_ECHOES = 80;

  /** A call on a coroutine. */
  enum Call {
    NEXT,
    SEND,
    /** Sends what was yielded. */
    ECHO,
    RAISE,
    CLOSE,
    /** Of a {@link TaskRun}. */
    CANCEL
  }

  private record Step(Call call, Object value) {}

  private final List<Step> steps = new ArrayList<>();

  /** Whether a trace has the frames of each suspension. */
  private boolean sayingWhere;

  /** Seed 0 only asks for the next value; others send, raise and close too. */
  Script(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < MOST_STEPS; i++) {
      steps.add(seed == 0 ? new Step(Call.NEXT, null) : step(random));
    }
  }

  private Script() {}

  /** Echoes each value, and says at each suspension where the body stands. */
  static Script echoing() {
    Script script = injecting(Call.ECHO, null, 0);
    script.sayingWhere = true;
    return script;
  }

  /** Echoes each value, but makes this call at the suspension of this number, counted from 1. */
  static Script injecting(Call call, Object value, int suspension) {
    Script script = new Script();
    for (int i = 0; i < MOST_ECHOES; i++) {
      script.steps.add(i == suspension ? new Step(call, value) : new Step(Call.ECHO, null));
    }
    return script;
  }

  private static Step step(Random random) {
    int dice = random.nextInt(20);
    if (dice < 9) {
      return new Step(Call.NEXT, null);
    }
    if (dice < 17) {
      return new Step(Call.SEND, random.nextInt(4) == 0 ? "text" : (Object) random.nextInt(10));
    }
    return dice < 19 ? new Step(Call.RAISE, raised(random)) : new Step(Call.CLOSE, null);
  }

  private static Throwable raised(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> new IOException("raised");
      case 1 -> new ArithmeticException("raised");
      case 2 -> new StackOverflowError("raised");
      default -> new IllegalStateException("raised");
    };
  }

  /** Runs it; one line per call, with what the body logged meanwhile. */
  List<String> run(Coroutine<Object, Object, Object> coroutine, Cases.Log log) {
    List<String> trace = new ArrayList<>();
    for (Step step : steps) {
      if (step.call == Call.ECHO && coroutine.state() == Coroutine.State.ENDED) {
        break;
      }
      trace.add(step.call + " " + describe(step.value) + ": " + answer(coroutine, step));
      trace.addAll(log.lines);
      log.lines.clear();
    }
    return trace;
  }

  /** Runs it and closes the coroutine; the lines as one text. */
  String trace(Coroutine<Object, Object, Object> coroutine, Cases.Log log) {
    List<String> trace = new ArrayList<>();
    try (coroutine) {
      trace.addAll(run(coroutine, log));
    } catch (Throwable thrown) {
      trace.add("closing threw " + describe(thrown));
    }
    trace.addAll(log.lines);
    return String.join("\n", trace);
  }

  /** The first call that is no echo, and where it is. */
  @Override
  public String toString() {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).call != Call.ECHO) {
        return steps.get(i) + " at " + i;
      }
    }
    return "each value is sent back";
  }

  private String answer(Coroutine<Object, Object, Object> coroutine, Step step) {
    try {
      boolean yielded =
          switch (step.call) {
            case NEXT -> coroutine.next();
            case SEND -> coroutine.send(step.value);
            case ECHO -> coroutine.send(echo(coroutine));
            case RAISE -> coroutine.raise((Throwable) step.value);
            case CLOSE -> {
              coroutine.close();
              yield false;
            }
            case CANCEL -> ((TaskRun) coroutine).cancel();
          };
      return yielded
          ? "yielded " + describe(coroutine.yielded()) + where(coroutine)
          : coroutine.state() + " " + result(coroutine);
    } catch (Throwable thrown) {
      String frames = thrown == step.value ? "" : frames(List.of(thrown.getStackTrace()));
      return "threw " + describe(thrown) + frames;
    }
  }

  private static Object echo(Coroutine<Object, Object, Object> coroutine) {
    return coroutine.state() == Coroutine.State.SUSPENDED ? coroutine.yielded() : null;
  }

  private static String result(Coroutine<Object, Object, Object> coroutine) {
    try {
      return describe(coroutine.result());
    } catch (IllegalStateException none) {
      return none.getMessage();
    }
  }

  private static String describe(Object value) {
    return switch (value) {
      case NullPointerException npe -> "NullPointerException"; // the JVM words it by its own lights
      case Throwable t ->
          withoutHash(t + " " + Arrays.toString(t.getSuppressed()) + " " + t.getCause());
      case Object[] array -> Arrays.deepToString(array);
      case int[] array -> Arrays.toString(array);
      case null -> "null";
      default -> value.getClass().isHidden() ? "lambda" : named(value);
    };
  }

  private static String named(Object value) {
    return value.getClass().getSimpleName() + " " + withoutHash(value.toString());
  }

  /** Without the identity hash code that many classes have in their text. */
  private static String withoutHash(String text) {
    return text.replaceAll("@[0-9a-f]{5,8}\\b", "@");
  }

  private String where(Coroutine<Object, Object, Object> coroutine) {
    return sayingWhere ? frames(coroutine.suspendedAt()) : "";
  }

  /** The frames that belong to bodies: class, method and line. */
  private static String frames(List<StackTraceElement> stack) {
    StringBuilder frames = new StringBuilder();
    for (StackTraceElement element : stack) {
      if (element.getClassName().contains("Bodies") || element.getClassName().startsWith("fuzz.")) {
        frames.append(" at ").append(element);
      }
    }
    return frames.toString();
  }
}
