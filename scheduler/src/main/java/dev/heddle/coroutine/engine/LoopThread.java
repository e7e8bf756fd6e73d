package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Engine;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scheduler's loop on the kind of thread from which an engine resumes best.
 *
 * <p>{@code VIRTUAL_THREAD} must be resumed by a platform thread. {@code HANDOFF} may be resumed by
 * any thread, but a platform thread pays 5 microseconds for each turn.
 */
public final class LoopThread implements Runnable {
  private final Runnable loop;

  /** What the loop threw; written by its thread, read by the caller after that thread has ended. */
  private @Nullable Throwable thrown;

  private LoopThread(Runnable loop) {
    this.loop = loop;
  }

  /**
   * Runs the loop and returns when the loop does, or throws what it throws. The loop runs on the
   * calling thread if that is of the right kind. If not, it runs on a new thread, to which an
   * interrupt of the caller is passed on. In a static initialiser {@code HANDOFF} keeps the calling
   * thread, because no other thread can use the class before the initialiser has ended.
   *
   * @param name the new thread's name
   */
  public static void run(Engine engine, String name, Runnable loop) {
    boolean virtual = engine == Engine.HANDOFF;
    if (Thread.currentThread().isVirtual() == virtual
        || (virtual && StaticInitializer.isRunning())) {
      loop.run();
      return;
    }
    Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    LoopThread body = new LoopThread(loop);
    body.await(builder.name(name).start(body));
  }

  @Override
  public void run() {
    try {
      loop.run();
    } catch (Throwable t) {
      thrown = t;
    }
  }

  private void await(Thread thread) {
    boolean interrupted = false;
    StaticInitializer initializer = new StaticInitializer();
    while (true) {
      try {
        if (thread.join(StaticInitializer.BETWEEN_LOOKS)) {
          break;
        }
        initializer.look(thread);
      } catch (InterruptedException e) {
        interrupted = true;
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (thrown != null) {
      throw SneakyThrow.unchecked(thrown);
    }
  }
}
