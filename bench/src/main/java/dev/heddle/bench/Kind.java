package dev.heddle.bench;

import dev.heddle.coroutine.Engine;
import dev.heddle.scheduler.Scheduler;

/**
 * A style of task on an engine. Steps and woven bodies run by themselves; they have whatever engine
 * there is.
 */
public enum Kind {
  /** A hand-written state machine. */
  STEP(Engine.HANDOFF),
  /** {@code co -> ...}, rewritten to a state machine. */
  WOVEN(Engine.HANDOFF),
  /** {@code co -> ...} that cannot be woven, each body a virtual thread on the loop. */
  COROUTINE_ON_VIRTUAL_THREAD(Engine.VIRTUAL_THREAD),
  /** {@code () -> ...}, each body a virtual thread on the loop. */
  THREAD_ON_VIRTUAL_THREAD(Engine.VIRTUAL_THREAD),
  /** The same, handed the turn by the loop, which runs in a virtual thread too. */
  COROUTINE_ON_HANDOFF(Engine.HANDOFF),
  /** {@code () -> ...}, handed the turn. */
  THREAD_ON_HANDOFF(Engine.HANDOFF);

  /** For {@code @Fork}: what the engine {@code VIRTUAL_THREAD} needs. */
  public static final String FLAG = "--add-opens=java.base/java.lang=ALL-UNNAMED";

  private final Engine engine;

  Kind(Engine engine) {
    this.engine = engine;
  }

  /** Whether this JVM was started with what it needs. */
  boolean isAvailable() {
    return engine.isAvailable();
  }

  /** A scheduler for tasks of this kind. */
  Scheduler newScheduler() {
    return Scheduler.builder().engine(engine).build();
  }
}
