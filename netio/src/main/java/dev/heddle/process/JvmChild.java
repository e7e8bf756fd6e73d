package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.ProcessDiedException.Exit;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A child that is a JVM of its own. */
final class JvmChild implements Child {
  /** How long after the exit its standard error is read, if another process holds that open. */
  private static final long LAST_WORDS_MILLIS = 500;

  private final String title;
  private final Process process;

  /** Where the child connects. */
  private final ChildListener listener;

  /** Whether the child may still connect: until it has, or is killed. */
  private boolean listens = true;

  private final OutputTail out;
  private final OutputTail err;

  /** Follows the process by hand: a {@link Promise#from} ends when one who waits is cancelled. */
  private final Promise<Exit> exited = new Promise<>();

  private JvmChild(String name, ProcessOptions options, Process process, ChildListener listener) {
    this.title = name + " (pid " + process.pid() + ")";
    this.process = process;
    this.listener = listener;
    String of = name + ", " + process.pid();
    boolean forwards = options.forwardsOutput;
    out = OutputTail.of(process.getInputStream(), forwards ? System.out : null, "out of " + of);
    err = OutputTail.of(process.getErrorStream(), forwards ? System.err : null, "err of " + of);
    var _ =
        exitOf(process, err)
            .whenComplete(
                (exit, failure) -> {
                  boolean _ = failure == null ? exited.complete(exit) : exited.fail(failure);
                });
  }

  private static CompletableFuture<Exit> exitOf(Process process, OutputTail err) {
    return process
        .onExit()
        .thenCompose(
            _ ->
                err.ended()
                    .copy()
                    .completeOnTimeout(null, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS))
        .thenApply(_ -> new Exit(process.exitValue(), err.lastLines()));
  }

  /** Starts the JVM; for a task in thread style. */
  static JvmChild start(String name, ProcessOptions options) throws IOException {
    ChildListener listener = new ChildListener();
    boolean started = false;
    try {
      Process process = begin(ChildJvm.child(options, listener.file()));
      JvmChild child = new JvmChild(name, options, process, listener);
      started = true;
      return child;
    } finally {
      if (!started) {
        listener.close();
      }
    }
  }

  /** Starts the process on a thread of {@link ParentDeath}; who is cancelled leaves no process. */
  private static Process begin(ProcessBuilder command) throws IOException {
    CompletableFuture<Process> starting = ParentDeath.start(command);
    Promise<Process> started = new Promise<>();
    var _ =
        starting.whenComplete(
            (process, failure) -> {
              boolean _ = failure == null ? started.complete(process) : started.fail(failure);
            });
    boolean taken = false;
    try {
      Process process = await(started);
      taken = true;
      return process;
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot start a process: " + e, e);
    } finally {
      if (!taken) {
        var _ = starting.thenAccept(Process::destroyForcibly);
      }
    }
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public FramedConnection connect() throws IOException {
    Task<?> watch =
        Task.current()
            .scheduler()
            .daemons()
            .spawn(
                "exit of " + this,
                () -> {
                  Exit _ = await(exited);
                  listener.stop();
                });
    try {
      listener.tellToken(process.getOutputStream());
      return listener.accept();
    } finally {
      watch.cancel("connected");
      stopListening();
    }
  }

  @Override
  public boolean connectsWithin(Duration limit) {
    return false;
  }

  private void stopListening() {
    if (listens) {
      listens = false;
      listener.close();
    }
  }

  @Override
  public Exit join() throws IOException {
    try {
      return await(exited);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot tell how " + this + " ended", e);
    }
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public boolean isGone() {
    return !process.toHandle().isAlive();
  }

  @Override
  public OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  @Override
  public void terminate() {
    process.toHandle().destroy(); // Process.destroy would close the standard input, too
  }

  @Override
  public void kill() {
    process.destroyForcibly();
    stopListening();
  }

  @Override
  public void dismiss() {
    try {
      // Tells ChildMain that its standard input is closed on purpose. The pipe has room for a byte.
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      // the child has ended already
    }
  }

  @Override
  public void endWithin(long millis) {
    var _ =
        process
            .onExit()
            .copy()
            .orTimeout(millis, TimeUnit.MILLISECONDS)
            .exceptionally(
                _ -> {
                  process.destroyForcibly();
                  return process;
                });
  }

  @Override
  public String output() {
    return out.text() + err.text();
  }

  @Override
  public String toString() {
    return title;
  }
}
