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

  private enum Call {
    NEXT,
    SEND,
    RAISE,
    CLOSE
  }

  private record Step(Call call, Object value) {}

  private final List<Step> steps = new ArrayList<>();

  /** Seed 0 only asks for the next value; others send, raise and close too. */
  Script(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < MOST_STEPS; i++) {
      steps.add(seed == 0 ? new Step(Call.NEXT, null) : step(random));
    }
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
      trace.add(step.call + " " + describe(step.value) + ": " + answer(coroutine, step));
      trace.addAll(log.lines);
      log.lines.clear();
    }
    return trace;
  }

  private static String answer(Coroutine<Object, Object, Object> coroutine, Step step) {
    try {
      boolean yielded =
          switch (step.call) {
            case NEXT -> coroutine.next();
            case SEND -> coroutine.send(step.value);
            case RAISE -> coroutine.raise((Throwable) step.value);
            case CLOSE -> {
              coroutine.close();
              yield false;
            }
          };
      return yielded
          ? "yielded " + describe(coroutine.yielded())
          : coroutine.state() + " " + result(coroutine);
    } catch (Throwable thrown) {
      return "threw " + describe(thrown) + (thrown == step.value ? "" : frames(thrown));
    }
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
      case Throwable t -> t + " " + Arrays.toString(t.getSuppressed()) + " " + t.getCause();
      case Object[] array -> Arrays.deepToString(array);
      case int[] array -> Arrays.toString(array);
      case null -> "null";
      default -> value.getClass().isHidden() ? "lambda" : named(value);
    };
  }

  /** Without the identity hash code that many classes have in their text. */
  private static String named(Object value) {
    return value.getClass().getSimpleName()
        + " "
        + value.toString().replaceAll("@[0-9a-f]{5,8}\\b", "@");
  }

  /** The frames that belong to bodies: class, method and line. */
  private static String frames(Throwable thrown) {
    StringBuilder frames = new StringBuilder();
    for (StackTraceElement element : thrown.getStackTrace()) {
      if (element.getClassName().contains("Bodies") || element.getClassName().startsWith("fuzz.")) {
        frames.append(" at ").append(element);
      }
    }
    return frames.toString();
  }
}
