package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.ProcessDiedException.Exit;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.Waiter;
import dev.heddle.sync.Event;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A child process, as its parent sees it, from its start to its end. One task in thread style uses
 * a child at a time.
 */
final class ChildProcess {
  /** How long a child may take to exit after it has closed its connection or was told to end. */
  static final long GRACE_MILLIS = 2_000;

  private final String name;
  private final ProcessOptions options;
  private final Child child;
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
  private @Nullable Outcome outcome;

  /** Why nothing more comes from the child; null while it lives. */
  private @Nullable IOException end;

  /** The number of the latest job. */
  private long number;

  /** Whether {@link #kill} was called, so that the end of the child is no surprise. */
  private boolean killed;

  private ChildProcess(String name, ProcessOptions options, Child child) {
    this.name = name;
    this.options = options;
    this.child = child;
    codec = GuardedCodec.of(options.codec, options.maxMessageBytes);
    mayTalk = new Event("a job for " + name + ", " + child.pid());
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
    try {
      ChildProvider provider = ChildProvider.of(Task.current().scheduler());
      child = new ChildProcess(name, options, provider.begin(name, options));
      await(Task.yield()); // a task that was cancelled meanwhile goes no further
      child.connect();
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

  private void initialize() throws IOException {
    ProcessOptions.Initializer first = options.initializer;
    if (first != null) {
      Object _ = call(first.job(), first.argument());
    }
  }

  private void connect() throws IOException {
    Scheduler scheduler = Task.current().scheduler();
    Timed limit = new StartLimit();
    if (!child.connectsWithin(options.startTimeout)) {
      scheduler.setDeadline(
          limit, scheduler.nanoTime() + Timers.saturatedNanos(options.startTimeout));
    }
    try {
      begin(scheduler, child.connect());
    } catch (IOException e) {
      throw died("did not start" + (killed ? " within " + options.startTimeout : ""), e);
    } finally {
      scheduler.clearDeadline(limit);
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
    FramedConnection connected = connection;
    assert connected != null : this + " has not connected";
    assert outcome == null : this + " has a job already";
    byte[] encoded = codec.encode(argument, job.argument);
    Outcome awaited = new Outcome(job, this);
    outcome = awaited;
    try {
      mayTalk.set();
      connected.post(new Message.Run(++number, job.name, encoded));
      return switch (end == null ? await(awaited) : null) {
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

  /**
   * How a job ends. No promise: nobody else than a task of this scheduler ends the wait, so that
   * the run can tell when all tasks wait.
   */
  private static final class Outcome
      extends SingleWaiterEvent<@Nullable Message, RuntimeException> {
    private final JobType<?, ?> job;
    private final ChildProcess child;
    private boolean isKnown;

    /** Null at the end of the child. */
    private @Nullable Message message;

    Outcome(JobType<?, ?> job, ChildProcess child) {
      this.job = job;
      this.child = child;
    }

    /** Returns false if it was known before. */
    boolean complete(@Nullable Message how) {
      if (isKnown) {
        return false;
      }
      isKnown = true;
      message = how;
      if (waiter() != null) {
        wake(how);
      }
      return true;
    }

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) {
      if (isKnown) {
        wake(message);
      }
    }

    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      return true;
    }

    @Override
    protected boolean mustBeAwaited() {
      return false;
    }

    @Override
    public String describe() {
      return "the end of " + job + " in " + child;
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
  private void receiveAll(FramedConnection from, SharedServer server) {
    try {
      while (true) {
        await(mayTalk.await());
        switch (from.receive()) {
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
  private void follow(FramedConnection from, SharedServer server) throws IOException {
    try {
      receiveAll(from, server);
      child.endWithin(GRACE_MILLIS); // without a connection it is of no use
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
    child.endWithin(seen instanceof CodecException ? 0 : GRACE_MILLIS);
    return new ProcessDiedException(toString(), how, join(), seen);
  }

  /** Waits until the process has ended. */
  Exit join() throws IOException {
    return child.join();
  }

  /** Whether the child can be given a job. It may have died a moment ago all the same. */
  boolean isAlive() {
    return !killed && child.isAlive();
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
    FramedConnection connected = connection;
    assert connected != null : this + " has not connected";
    // What is shared may be used without a job, so that a task receives all the time.
    return options.shared.isEmpty() ? connected.hasEnded() : child.isGone();
  }

  /** The exit code of a child that has ended; empty before. */
  OptionalInt exitCode() {
    return child.exitCode();
  }

  /** Asks the child to end, by SIGTERM. */
  void terminate() {
    child.terminate();
  }

  String name() {
    return name;
  }

  long pid() {
    return child.pid();
  }

  /** The last 64 KiB of what the child has printed, and of its errors. */
  String output() {
    return child.output();
  }

  /** Tells the child to end, and kills it if it does not end soon. Does not wait. */
  void close() {
    child.dismiss();
    disconnect();
    child.endWithin(GRACE_MILLIS);
  }

  /** Ends the child at once. Who waits for the child is told. Does not wait. */
  void kill() {
    killed = true;
    child.kill();
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

  @Override
  public String toString() {
    return name + " (pid " + child.pid() + ")";
  }
}
