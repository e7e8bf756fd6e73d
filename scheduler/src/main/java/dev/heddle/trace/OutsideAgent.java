package dev.heddle.trace;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
  private static final int PAUSE_MILLIS = 20;

  /** How long an answer may lie there: then nobody asks any more. */
  private static final int MOST_MILLIS = 5_000;

  private OutsideAgent() {}

  /**
   * Called by the JVM. The answer is given by a thread of its own: as long as this method lasts
   * nobody else, as {@code jcmd}, gets an answer from the JVM.
   *
   * @param order the file for the answer; the question; {@code again} if the question is to be
   *     asked anew whenever the answer was taken, else {@code once}; a line for each
   */
  public static void agentmain(String order, Instrumentation jvm) {
    String[] lines = order.split("\n", -1);
    Path file = Path.of(lines[0]);
    boolean again = lines[2].equals("again");
    Collection<Class<?>> schedulers = loaders(jvm);
    Runnable answers = () -> answer(file, lines[1], again, schedulers);
    Thread thread = new Thread(answers, "heddle-outside");
    thread.setDaemon(true);
    thread.start();
  }

  /** Until an answer is not taken any more: the JVM warns of each agent, so one has to do. */
  private static void answer(
      Path file, String question, boolean again, Collection<Class<?>> schedulers) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    try {
      do {
        Files.writeString(unfinished, answer(question, schedulers));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      } while (again && isTaken(file));
      if (again) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | InterruptedException e) {
      // who has asked is gone, with the folder
    }
  }

  private static boolean isTaken(Path file) throws InterruptedException {
    for (int waited = 0; Files.exists(file); waited += PAUSE_MILLIS) {
      if (waited > MOST_MILLIS) {
        return false;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    return true;
  }

  private static String answer(String question, Collection<Class<?>> schedulers) {
    try {
      return "+" + ask(question, schedulers);
    } catch (Throwable failure) { // thrown out of here it would be printed by the program
      return "-" + failure;
    }
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
