package dev.heddle.bench;

import dev.heddle.coroutine.Engine;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import org.jspecify.annotations.Nullable;

/** A style of task on an engine. */
public enum Kind {
  /** A hand-written state machine. */
  STEP(null),
  /** {@code co -> ...}, each body rewritten into a state machine. */
  WOVEN(null),
  /** {@code () -> ...}, each body a virtual thread on the loop. */
  THREAD_ON_VIRTUAL_THREAD(Engine.VIRTUAL_THREAD),
  /** {@code () -> ...}, handed the turn by the loop, which runs in a virtual thread too. */
  THREAD_ON_HANDOFF(Engine.HANDOFF);

  /** For {@code @Fork}: what the engine {@code VIRTUAL_THREAD} needs. */
  public static final String FLAG = "--add-opens=java.base/java.lang=ALL-UNNAMED";

  /** Null for bodies without a stack: whatever there is. */
  private final @Nullable Engine engine;

  Kind(@Nullable Engine engine) {
    this.engine = engine;
  }

  /** Whether this JVM was started with what it needs. */
  boolean isAvailable() {
    return engine == null || engine.isAvailable();
  }

  /** A scheduler for tasks of this kind. It refuses a body {@code co -> ...} that is not woven. */
  Scheduler newScheduler() {
    SchedulerBuilder builder = Scheduler.builder().requireWoven();
    return engine == null ? builder.build() : builder.engine(engine).build();
  }
}
