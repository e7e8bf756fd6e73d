package dev.heddle.coroutine;

import dev.heddle.coroutine.engine.BodyKind;
import dev.heddle.coroutine.engine.ContinuationLoader;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.coroutine.engine.VirtualThreads;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How a coroutine keeps its place between turns.
 *
 * <p>Nobody needs to choose: a scheduler takes {@link #fastest()}. Choose to measure, or to rule
 * one out.
 */
public enum Engine {
  /**
   * The body is rewritten at its first use into a state machine that needs no stack: a few
   * nanoseconds and some dozen bytes, and no flag. Not every body can be: {@link #explain} says
   * why. Asked for by name, this engine refuses such a body; where no engine is named the next best
   * runs it, with the same result.
   */
  WOVEN,

  /**
   * A virtual thread on the loop as its executor: about 120 ns a turn. Right in every respect:
   * monitors, locks, {@code Thread.sleep}, sockets, {@code ScopedValue}, interrupts, thread dumps;
   * a task that blocks in the JDK lets the others run. Runs tasks only, and needs the flag {@value
   * #OPEN_LANG}.
   */
  VIRTUAL_THREAD,

  /**
   * A stock virtual thread that runs strictly in turn with the one who resumes it: 200 to 400 ns a
   * turn where the resumer is a virtual thread too, which a scheduler sees to. Needs nothing.
   *
   * <p>One limit: a task that blocks in the JDK holds up the loop for 5 to 10 ms; then the others
   * run on. When the JDK lets it go on, the code up to its next use of Heddle runs beside the other
   * tasks; what it shares with them needs a lock there.
   *
   * <p>A platform thread that asks a generator for its items pays 5 to 8 microseconds for each, as
   * each wakes two threads of the operating system: ask from a virtual thread, or a task.
   *
   * <p>A generator that is dropped half-way, not closed, leaves its thread behind: a daemon, which
   * does not keep the JVM alive, but which the JDK keeps on its list of all threads, with what the
   * body holds. With {@code -Djdk.trackAllThreads=false} it becomes garbage.
   */
  HANDOFF,

  /**
   * The JDK's bare continuation, on the thread that resumes it: about 100 ns a turn. Runs
   * generators and coroutines only, not tasks; only if asked for; and needs the flag {@value
   * #EXPORT_VM}.
   *
   * <p>For bodies that yield outside of any {@code synchronized} and hold no {@code ReentrantLock}
   * at a yield. A bare continuation does not keep these, nor {@code ScopedValue} bindings, apart
   * from those of its resumer: a lock held at a yield belongs to whoever runs on that thread. With
   * assertions on, and {@value #OPEN_LANG}, a yield that would hold a monitor is refused with an
   * {@code IllegalStateException}; a lock is not seen, and without assertions neither is.
   */
  CONTINUATION;

  /** The flag that opens what {@link #VIRTUAL_THREAD} needs. */
  public static final String OPEN_LANG = "--add-opens java.base/java.lang=ALL-UNNAMED";

  /** The flag that opens what {@link #CONTINUATION} needs. */
  public static final String EXPORT_VM = "--add-exports java.base/jdk.internal.vm=ALL-UNNAMED";

  /** Bodies that suspend by a {@link Yielder}. */
  private static final BodyKind COROUTINE =
      new BodyKind(Yielder.class, Set.of("yield"), Set.of("yieldFrom"), Set.of(), YieldFrom.class);

  private static final AtomicBoolean HINT_GIVEN = new AtomicBoolean();

  /**
   * The JVM flag that opens what this engine needs; empty if the engine needs none. On a module
   * path the flag names the module of Heddle.
   */
  public String flag() {
    Module module = Engine.class.getModule();
    String flag =
        switch (this) {
          case VIRTUAL_THREAD -> OPEN_LANG;
          case CONTINUATION -> EXPORT_VM;
          case HANDOFF, WOVEN -> "";
        };
    return module.isNamed() ? flag.replace("ALL-UNNAMED", module.getName()) : flag;
  }

  /** Whether this JVM, as it was started, can run it. */
  public boolean isAvailable() {
    return switch (this) {
      case VIRTUAL_THREAD -> VirtualThreads.available();
      case HANDOFF, WOVEN -> true;
      case CONTINUATION -> ContinuationLoader.available();
    };
  }

  /** Whether it runs the tasks of a scheduler. */
  public boolean runsTasks() {
    return this == VIRTUAL_THREAD || this == HANDOFF;
  }

  /** Whether it runs generators and coroutines that somebody resumes by hand. */
  public boolean runsCoroutines() {
    return this != VIRTUAL_THREAD;
  }

  /**
   * The fastest engine available for tasks with a stack of their own. Says once, at INFO, which
   * flag would give a faster one.
   */
  public static Engine fastest() {
    if (VIRTUAL_THREAD.isAvailable()) {
      return VIRTUAL_THREAD;
    }
    if (!HINT_GIVEN.getAndSet(true)) {
      System.getLogger("dev.heddle")
          .log(
              Level.INFO,
              "Tasks run on the handoff engine; with the JVM flag \"{0}\" they switch faster.",
              VIRTUAL_THREAD.flag());
    }
    return HANDOFF;
  }

  <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      Coroutine<Y, S, R> coroutine(CoroutineBody<Y, S, R> body) {
    if (this != WOVEN) {
      return StackfulCoroutine.coroutine(this, body);
    }
    Coroutine<Y, S, R> woven = COROUTINE.weave(body, null);
    if (woven == null) {
      throw new IllegalArgumentException(explain(body));
    }
    return woven;
  }

  /** On the fastest engine that can run it. */
  static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      Coroutine<Y, S, R> best(CoroutineBody<Y, S, R> body) {
    Coroutine<Y, S, R> woven = COROUTINE.weave(body, null);
    return woven != null ? woven : HANDOFF.coroutine(body);
  }

  /**
   * Says whether a body is woven and, if it is not, why, with the line of source that is the
   * reason: "not woven: its Yielder is passed to helper() (Tree.java:12)".
   */
  public static String explain(CoroutineBody<?, ?, ?> body) {
    return COROUTINE.explain(body);
  }

  /**
   * The same beforehand, for all bodies with a {@link Yielder} that stand in a class as lambdas or
   * as references to its own methods: a line for each. For tests that want to know that all are
   * woven, and stay so.
   *
   * <pre>{@code
   * List<String> bodies = Engine.explainAll(Tree.class); // [walk (Tree.java:10): woven]
   * }</pre>
   */
  public static List<String> explainAll(Class<?> home) {
    return COROUTINE.explainAll(home);
  }
}
