package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.ProcessDiedException.Exit;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A child process, as its parent sees it, from its start to its end. One task in thread style uses
 * a child at a time.
 */
final class ChildProcess {
  /** How long a child may take to exit after it has closed its connection or was told to end. */
  static final long GRACE_MILLIS = 2_000;

  /** How long after the exit its standard error is read, if another process holds that open. */
  private static final long LAST_WORDS_MILLIS = 500;

  private final String name;
  private final ProcessOptions options;
  private final Process process;
  private final OutputTail out;
  private final OutputTail err;

  /** Follows the process by hand: a {@link Promise#from} ends when one who waits is cancelled. */
  private final Promise<Exit> exited = new Promise<>();

  private final GuardedCodec codec;

  /** Null until the child has connected. */
  private @Nullable FramedConnection connection;

  /** Null until the child has connected. */
  private @Nullable SharedServer things;

  /**
   * Whether the child may have something to say. A child that has had no job, or shares nothing and
   * has no job, has not: nobody waits for its messages then, so that the run is not kept from
   * telling that all tasks wait.
   */
  private final Event mayTalk;

  /** Gets the end of the job, or null at the end of the child; null while there is no job. */
  private @Nullable Promise<@Nullable Message> outcome;

  /** Why nothing more comes from the child; null while it lives. */
  private @Nullable IOException end;

  /** The number of the latest job. */
  private long number;

  /** Whether {@link #kill} was called, so that the end of the child is no surprise. */
  private boolean killed;

  private ChildProcess(String name, ProcessOptions options, Process process) {
    this.name = name;
    this.options = options;
    this.process = process;
    String title = name + ", " + process.pid();
    boolean forwards = options.forwardsOutput;
    out = OutputTail.of(process.getInputStream(), forwards ? System.out : null, "out of " + title);
    err = OutputTail.of(process.getErrorStream(), forwards ? System.err : null, "err of " + title);
    var _ =
        exitOf(process, err)
            .whenComplete(
                (exit, failure) -> {
                  boolean _ = failure == null ? exited.complete(exit) : exited.fail(failure);
                });
    codec = GuardedCodec.of(options.codec, options.maxMessageBytes);
    mayTalk = new Event("a job for " + title);
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

  // The start.

  /**
   * Starts a child and waits until it has connected.
   *
   * @throws ProcessDiedException if the child ended before that, or took too long
   * @throws JobFailedException if its initializer has failed
   */
  static ChildProcess start(String name, ProcessOptions options) throws IOException {
    await(Task.yield()); // a task that is cancelled before its first turn starts no child
    options.shared.forEach(Hosted::starting);
    ChildProcess child = null;
    boolean ready = false;
    try (ChildListener listener = new ChildListener()) {
      ProcessBuilder command = ChildJvm.child(options, listener.file());
      child = new ChildProcess(name, options, begin(command));
      await(Task.yield()); // a task that was cancelled meanwhile goes no further
      child.connect(listener);
      child.initialize();
      ready = true;
      return child;
    } finally {
      if (child != null && !ready) {
        child.kill();
      }
      if (child == null || child.things == null) { // else their server tells them
        Hosted.Party party = new Hosted.Party(name);
        options.shared.forEach(thing -> thing.ended(party));
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

  private void initialize() throws IOException {
    ProcessOptions.Initializer first = options.initializer;
    if (first != null) {
      Object _ = call(first.job(), first.argument());
    }
  }

  private void connect(ChildListener listener) throws IOException {
    Scheduler scheduler = Task.current().scheduler();
    Timed limit = new StartLimit();
    scheduler.setDeadline(
        limit, scheduler.nanoTime() + Timers.saturatedNanos(options.startTimeout));
    Task<?> watch =
        scheduler
            .daemons()
            .spawn(
                "exit of " + this,
                () -> {
                  Exit _ = await(exited);
                  listener.stop();
                });
    try {
      listener.tellToken(process.getOutputStream());
      begin(scheduler, listener.accept());
    } catch (IOException e) {
      throw died("did not start" + (killed ? " within " + options.startTimeout : ""), e);
    } finally {
      scheduler.clearDeadline(limit);
      watch.cancel("connected");
      if (connection == null) {
        kill();
      }
    }
  }

  /** Kills a child that takes too long. The exit of the child then ends the waiting for it. */
  private final class StartLimit extends Timed {
    @Override
    protected void handleDeadline(Scheduler scheduler) {
      kill();
    }
  }

  private void begin(Scheduler scheduler, FramedConnection accepted) {
    connection = accepted;
    things = new SharedServer(scheduler.daemons(), accepted, toString(), options.shared);
    accepted.start(scheduler.daemons(), "to " + this);
    accepted.setMaxMessage(options.maxMessageBytes);
    List<Message.Shared> shared =
        options.shared.stream()
            .map(thing -> new Message.Shared(thing.name(), thing.kind(), thing.memory()))
            .toList();
    accepted.post(new Message.Setup(options.codec.getName(), options.maxMessageBytes, shared));
    SharedServer server = things;
    scheduler.daemons().spawn("from " + this, () -> follow(accepted, server));
  }

  // Jobs.

  /**
   * Has the child run a job, and waits for the result. Meanwhile the job may use what is shared.
   *
   * @throws CodecException if the argument or the result cannot be sent
   * @throws JobFailedException if the job throws
   * @throws ProcessDiedException if the child ends before it has given a result
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // the codec checks the result; an R may be null
  <R extends @Nullable Object> R call(JobType<?, R> job, @Nullable Object argument)
      throws IOException {
    FramedConnection child = connection;
    assert child != null : this + " has not connected";
    assert outcome == null : this + " has a job already";
    byte[] encoded = codec.encode(argument, job.argument);
    Promise<@Nullable Message> awaited = new Promise<>();
    outcome = awaited;
    try {
      mayTalk.set();
      child.post(new Message.Run(++number, job.name, encoded));
      return switch (end == null ? outcomeBy(awaited) : null) {
        case Message.Done done -> (R) codec.decodeInTask(done.result(), job.result);
        case Message.Failed(_, RemoteFailure failure) ->
            throw new JobFailedException(
                job + " failed in " + this + ": " + failure.describe(), failure);
        case Message.Refused(_, String why) -> throw new CodecException(why);
        case null, default -> throw diedAt(job);
      };
    } finally {
      outcome = null;
    }
  }

  private static @Nullable Message outcomeBy(Promise<@Nullable Message> awaited) {
    try {
      return await(awaited);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("this promise never fails", e);
    }
  }

  private ProcessDiedException diedAt(JobType<?, ?> job) throws IOException {
    IOException seen = end;
    assert seen != null : this + " is at work";
    String how = seen instanceof CodecException ? "said what no child may say" : "died";
    return died((killed ? "was killed" : how) + " while it ran " + job, seen);
  }

  /**
   * Receives all that the child says, as long as it lives. If something is shared, not only while a
   * job runs: a task that a job has left may release a lock later, or die with it.
   */
  private void receiveAll(FramedConnection child, SharedServer server) {
    try {
      while (true) {
        await(mayTalk.await());
        switch (child.receive()) {
          case Message.Ask ask -> server.ask(ask);
          case Message.Tell tell -> server.tell(tell);
          case Message.Withdraw(long number) -> server.withdraw(number);
          case Message.Done done -> ended(done.number(), done);
          case Message.Failed failed -> ended(failed.number(), failed);
          case Message.Refused refused -> ended(refused.number(), refused);
          case Message other -> throw new CodecException(other.toString());
        }
      }
    } catch (Cancelled e) {
      throw e;
    } catch (IOException e) {
      endsBy(e);
    } catch (Throwable e) {
      endsBy(new CodecException("a message that cannot be read: " + e, e));
    } finally {
      server.close();
    }
  }

  /** Waits for the exit: as long as the process lives, it may write to what a lock protects. */
  private void follow(FramedConnection child, SharedServer server) throws IOException {
    try {
      receiveAll(child, server);
      endWithin(GRACE_MILLIS); // without a connection it is of no use
      Exit _ = join();
    } finally {
      server.giveBack();
    }
  }

  private void ended(long ofJob, Message how) throws CodecException {
    if (outcome == null || ofJob != number || !outcome.complete(how)) {
      throw new CodecException("the end of a job that was not given: " + how);
    }
    if (options.shared.isEmpty()) {
      mayTalk.clear();
    }
  }

  private void endsBy(IOException why) {
    end = why;
    if (outcome != null) {
      boolean _ = outcome.complete(null);
    }
  }

  // The end.

  /** Waits for the exit of a child that is about to end; one that is not is killed. */
  private ProcessDiedException died(String how, IOException seen) throws IOException {
    endWithin(seen instanceof CodecException ? 0 : GRACE_MILLIS);
    return new ProcessDiedException(toString(), how, join(), seen);
  }

  /** Waits until the process has ended. */
  Exit join() throws IOException {
    try {
      return await(exited);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot tell how " + this + " ended", e);
    }
  }

  /** Whether the child can be given a job. It may have died a moment ago all the same. */
  boolean isAlive() {
    return !killed && process.isAlive();
  }

  /**
   * Whether a child that is idle can be given a job. Whoever has seen that the child is dead has
   * come after the end of its connection, and after the system has forgotten the process; the JDK
   * tells of the exit a little later.
   */
  boolean isReady() {
    return isAlive() && end == null && !hasGone();
  }

  private boolean hasGone() {
    FramedConnection child = connection;
    assert child != null : this + " has not connected";
    // What is shared may be used without a job, so that a task receives all the time.
    return options.shared.isEmpty() ? child.hasEnded() : !process.toHandle().isAlive();
  }

  /** The exit code of a child that has ended; empty before. */
  OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /** Asks the child to end, by SIGTERM. */
  void terminate() {
    process.toHandle().destroy(); // Process.destroy would close the standard input, too
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  /** The last 64 KiB of what the child has printed, and of its errors. */
  String output() {
    return out.text() + err.text();
  }

  /** Tells the child to end, and kills it if it does not end soon. Does not wait. */
  void close() {
    try {
      // Tells ChildMain that its standard input is closed on purpose. The pipe has room for a byte.
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      // the child has ended already
    }
    disconnect();
    endWithin(GRACE_MILLIS);
  }

  /** Ends the child at once. Who waits for the child is told. Does not wait. */
  void kill() {
    killed = true;
    process.destroyForcibly();
    disconnect();
  }

  private void disconnect() {
    mayTalk.set();
    if (things != null) {
      things.close();
    }
    if (connection != null) {
      connection.close();
    }
  }

  private void endWithin(long millis) {
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
  public String toString() {
    return name + " (pid " + process.pid() + ")";
  }
}
