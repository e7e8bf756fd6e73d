package dev.heddle.trace;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What {@link AttachedJvm} loads into the process that it asks. It is not called by programs.
 *
 * <p>The process need not know of it: the class finds the Heddle that runs there, in whatever class
 * loader, and asks it. So this class uses no other one of Heddle, and changes nothing.
 */
public final class OutsideAgent {
  private OutsideAgent() {}

  /**
   * Called by the JVM.
   *
   * @param order the file for the answer, a newline, and the question
   */
  public static void agentmain(String order, Instrumentation jvm) throws IOException {
    int line = order.indexOf('\n');
    String answer;
    try {
      answer = "+" + ask(order.substring(line + 1), loaders(jvm));
    } catch (Throwable failure) { // thrown out of here it would be printed by the program
      answer = "-" + failure;
    }
    Files.writeString(Path.of(order.substring(0, line)), answer);
  }

  private static Collection<Class<?>> loaders(Instrumentation jvm) {
    Set<Class<?>> found = new LinkedHashSet<>();
    for (Class<?> each : jvm.getAllLoadedClasses()) {
      if (each.getName().equals("dev.heddle.scheduler.Scheduler")) {
        found.add(each);
      }
    }
    return found;
  }

  private static String ask(String question, Collection<Class<?>> schedulers)
      throws ReflectiveOperationException {
    StringBuilder text = new StringBuilder();
    for (Class<?> each : schedulers) {
      String name = "dev.heddle.trace.RunningSchedulers";
      Class<?> known = Class.forName(name, true, each.getClassLoader());
      try {
        Object answer = known.getMethod("answer", String.class).invoke(null, question);
        text.append(text.isEmpty() ? "" : "\n").append(answer);
      } catch (InvocationTargetException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    return text.toString();
  }
}
