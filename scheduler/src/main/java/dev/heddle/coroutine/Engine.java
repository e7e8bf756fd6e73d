package dev.heddle.coroutine;

import dev.heddle.coroutine.engine.BodyKind;
import dev.heddle.coroutine.engine.ContinuationLoader;
import dev.heddle.coroutine.engine.Debuggee;
import dev.heddle.coroutine.engine.StackfulCoroutine;
import dev.heddle.coroutine.engine.VirtualThreads;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a coroutine keeps its place between turns.
 *
 * <p>Nobody needs to choose: a scheduler takes {@link #fastest()}. Choose an engine to measure it,
 * or to rule another one out.
 */
public enum Engine {
  /**
   * The body is rewritten at its first use into a state machine that needs no stack: a few
   * nanoseconds and some dozen bytes, and no flag. So is each method that has a {@link Yielder} or
   * an awaiter as a parameter, when a woven body first calls it with its own.
   *
   * <p>Not every body can be: {@link #explain} says why. Asked for by name, this engine refuses
   * such a body; where no engine is named the next best runs it, with the same result. A method
   * that cannot be woven runs on {@link #HANDOFF}, that part only; its callers stay woven.
   */
  WOVEN,

  /**
   * A virtual thread whose executor is the loop: about 120 ns a turn. Everything that works in a
   * virtual thread works in a task: monitors, locks, {@code Thread.sleep}, sockets, {@code
   * ScopedValue}, interrupts, thread dumps. While a task blocks in the JDK, the others run. This
   * engine runs tasks only, and needs the flag {@value #OPEN_LANG}.
   */
  VIRTUAL_THREAD,

  /**
   * A stock virtual thread that runs strictly in turn with the thread that resumes it: 200 to 400
   * ns a turn where the resumer is a virtual thread too, as the loop of a scheduler is. Needs no
   * flag.
   *
   * <p>One limit: a task that blocks in the JDK holds up the loop for 5 to 10 ms; then the other
   * tasks run. When the JDK lets the task go on, its code up to its next use of Heddle runs at the
   * same time as other tasks; what it shares with them needs a lock there.
   *
   * <p>A platform thread that asks a generator for its items pays 5 to 8 microseconds for each
   * item, as each wakes two threads of the operating system: ask from a virtual thread, or a task.
   *
   * <p>A generator that is dropped half-way, not closed, leaves its thread behind. The thread does
   * not keep the JVM alive, but the JDK keeps it on its list of all threads, with what the body
   * holds. With {@code -Djdk.trackAllThreads=false} the thread becomes garbage.
   */
  HANDOFF,

  /**
   * The JDK's bare continuation, on the thread that resumes it: about 100 ns a turn. This engine
   * runs generators and coroutines, not tasks; it is used only if it is named; and it needs the
   * flag {@value #EXPORT_VM}.
   *
   * <p>For bodies that hold no monitor and no {@code ReentrantLock} at a yield, and bind no {@code
   * ScopedValue} around one. A bare continuation does not know them: they stay with the thread, and
   * so with whatever runs there next. With assertions on, and {@value #OPEN_LANG}, a yield that
   * holds a monitor is refused with an {@code IllegalStateException}. A lock is never noticed.
   */
  CONTINUATION;

  /** The flag that opens what {@link #VIRTUAL_THREAD} needs. */
  public static final String OPEN_LANG = "--add-opens java.base/java.lang=ALL-UNNAMED";

  /** The flag that opens what {@link #CONTINUATION} needs. */
  public static final String EXPORT_VM = "--add-exports java.base/jdk.internal.vm=ALL-UNNAMED";

  /** Bodies that suspend by a {@link Yielder}. */
  private static final BodyKind COROUTINE =
      new BodyKind(
          new BodyKind.Methods(
              Yielder.class, Set.of("yield"), Set.of("yieldFrom"), Set.of(), Set.of()),
          Set.of(),
          YieldFrom.class,
          new OutsideYielder(),
          why -> yielder -> yielder);

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

  /** Whether this JVM, with the flags it was started with, can run this engine. */
  public boolean isAvailable() {
    return switch (this) {
      case VIRTUAL_THREAD -> VirtualThreads.available();
      case HANDOFF, WOVEN -> true;
      case CONTINUATION -> ContinuationLoader.available();
    };
  }

  /** Whether this engine runs the tasks of a scheduler. */
  public boolean runsTasks() {
    return this == VIRTUAL_THREAD || this == HANDOFF;
  }

  /** Whether this engine runs generators and other coroutines that are resumed by hand. */
  public boolean runsCoroutines() {
    return this != VIRTUAL_THREAD;
  }

  /**
   * The fastest available engine for tasks with a stack of their own. If that is {@link #HANDOFF},
   * the first such task of a scheduler that was asked for no engine logs, once for the JVM and at
   * INFO, which flag would make a faster engine available.
   */
  public static Engine fastest() {
    return VIRTUAL_THREAD.isAvailable() ? VIRTUAL_THREAD : HANDOFF;
  }

  <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      Coroutine<Y, S, R> coroutine(CoroutineBody<Y, S, R> body) {
    if (this != WOVEN) {
      return StackfulCoroutine.coroutine(this, body);
    }
    Coroutine<Y, S, R> woven = COROUTINE.weave(body);
    if (woven == null) {
      throw new IllegalArgumentException(explain(body));
    }
    return woven;
  }

  /**
   * Makes a coroutine on the fastest engine that can run the body; under a debugger, on one with a
   * stack.
   */
  static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      Coroutine<Y, S, R> best(CoroutineBody<Y, S, R> body) {
    Coroutine<Y, S, R> woven = Debuggee.wantsStacks() ? null : COROUTINE.weave(body);
    return woven != null ? woven : HANDOFF.coroutine(body);
  }

  /**
   * Says whether a body is woven. The answer is one of three:
   *
   * <ul>
   *   <li>"woven": the body, and the methods that it calls with its {@link Yielder}, as far as they
   *       are known before it runs: which method a receiver has is known at the call.
   *   <li>"woven, but for parts that run on a stack: " and, for each such method, the line that
   *       calls it and the reason: "walk() (Tree.java:12): its Yielder is passed to add()
   *       (Tree.java:20)".
   *   <li>"not woven: " and the reason, with its line: "not woven: suspends inside synchronized
   *       (Tree.java:12)".
   * </ul>
   */
  public static String explain(CoroutineBody<?, ?, ?> body) {
    return COROUTINE.explain(body);
  }

  /**
   * Says which bodies of a class are woven, before any of them runs: one line for each lambda, and
   * each reference to a method of that class, that takes a {@link Yielder}, with what {@link
   * #explain} says of it. A test can so make sure that all bodies of a class, and the methods that
   * they call, stay woven: each line ends with {@code ": woven"}.
   *
   * <pre>{@code
   * List<String> bodies = Engine.explainAll(Tree.class); // [walk (Tree.java:10): woven]
   * }</pre>
   */
  public static List<String> explainAll(Class<?> home) {
    return COROUTINE.explainAll(home);
  }
}
