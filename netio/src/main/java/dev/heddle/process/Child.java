package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.process.ProcessDiedException.Exit;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timed;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A child process, as its parent sees it, from its start to its end; used by one task in thread
 * style at a time.
 *
 * <p>The child is told the path of a socket, in a folder that only this user may enter, and a token
 * by its standard input; who connects and does not know the token is not the child. The folder is
 * gone as soon as the child has connected.
 */
final class Child {
  /** Hexadecimal digits. */
  static final int TOKEN_BYTES = 32;

  /** How long one may take to end that has closed its connection, or is told to end. */
  private static final long GRACE_MILLIS = 2_000;

  /** How long its last words may take, when it has ended but somebody else holds its output. */
  private static final long LAST_WORDS_MILLIS = 500;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String name;
  private final ProcessOptions options;
  private final Process process;
  private final Tail out;
  private final Tail err;
  private final Promise<Exit> exited;
  private final Coding coding;

  /** Null until it has connected. */
  private @Nullable Link link;

  private @Nullable QueueServer queues;

  /** Whether its end is what we asked for. */
  private boolean killed;

  private Child(String name, ProcessOptions options, Process process) {
    this.name = name;
    this.options = options;
    this.process = process;
    String title = name + ", " + process.pid();
    boolean forwards = options.forwardsOutput();
    out = Tail.of(process.getInputStream(), forwards ? System.out : null, "out of " + title);
    err = Tail.of(process.getErrorStream(), forwards ? System.err : null, "err of " + title);
    exited = Promise.from(exitOf(process, err));
    coding = new Coding(ProcessOptions.newCodec(options.codec()), options.maxMessageBytes());
  }

  private static CompletableFuture<Exit> exitOf(Process process, Tail err) {
    return process
        .onExit()
        .thenCompose(
            _ ->
                err.ended()
                    .copy()
                    .completeOnTimeout(null, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS))
        .thenApply(_ -> new Exit(process.exitValue(), err.lastLines()));
  }

  /**
   * Starts a child and waits until it has connected.
   *
   * @throws ProcessDiedException if it ended before, or took too long
   */
  static Child start(String name, ProcessOptions options) throws IOException {
    await(Task.yield()); // a task that is cancelled before its first turn starts none
    Path folder =
        Files.createTempDirectory(
            "heddle-process-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path file = folder.resolve("socket");
    try (TcpListener listener = TcpListener.bind(UnixDomainSocketAddress.of(file))) {
      List<String> command =
          ChildJvm.command(options.jvmOptions(), options.classPath(), ChildMain.class);
      command.add(file.toString());
      Child child = new Child(name, options, new ProcessBuilder(command).start());
      child.connect(listener);
      return child;
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  private void connect(TcpListener listener) throws IOException {
    Scheduler scheduler = Task.current().scheduler();
    Timed limit = new StartLimit();
    scheduler.setDeadline(limit, scheduler.nanoTime() + options.startTimeout().toNanos());
    Task<?> watch =
        scheduler
            .daemons()
            .spawn(
                "exit of " + this,
                () -> {
                  Exit _ = await(exited);
                  listener.close();
                });
    boolean connected = false;
    try {
      greet(listener);
      connected = true;
    } catch (IOException e) {
      throw died("did not start" + (killed ? " within " + options.startTimeout() : ""), e);
    } finally {
      scheduler.clearDeadline(limit);
      watch.cancel("connected");
      if (!connected) {
        kill();
      }
    }
  }

  private final class StartLimit extends Timed {
    @Override
    protected void handleDeadline(Scheduler scheduler) {
      kill(); // and so its exit ends the waiting
    }
  }

  private void greet(TcpListener listener) throws IOException {
    byte[] random = new byte[TOKEN_BYTES / 2];
    RANDOM.nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    process.getOutputStream().write((token + "\n").getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
    while (link == null) {
      TcpSocket socket = await(listener.accept());
      Link candidate = new Link(socket);
      if (candidate.receive() instanceof Message.Hello(String answer) && answer.equals(token)) {
        begin(candidate);
      } else {
        candidate.close();
      }
    }
  }

  private void begin(Link accepted) {
    Scheduler scheduler = Task.current().scheduler();
    link = accepted;
    queues = new QueueServer(scheduler.daemons(), accepted, options.shared());
    accepted.start(scheduler.daemons(), "to " + this);
    accepted.post(new Message.Setup(options.codec().getName(), options.maxMessageBytes()));
    accepted.setMaxMessage(options.maxMessageBytes());
  }

  /**
   * Runs a job and waits for its result; meanwhile answers what the job asks of the queues.
   *
   * @throws CodecException if the argument cannot be sent, or the result
   * @throws JobFailedException if the job throws
   * @throws ProcessDiedException if the child does not live to give a result
   */
  @Nullable Object call(JobType type, @Nullable Object argument) throws IOException {
    byte[] bytes = coding.encode(argument, type.argument());
    String job = type.toString();
    link().post(new Message.Run(type.name(), bytes));
    while (true) {
      switch (receiveWhile(job)) {
        case Message.Done done -> {
          return coding.decode(done.result(), type.result());
        }
        case Message.Failed(RemoteFailure failure) ->
            throw new JobFailedException(
                job + " failed in " + this + ": " + failure.describe(), failure);
        case Message.Refused(String why) -> throw new CodecException(why);
        case Message.Ask ask -> queues().ask(ask);
        case Message.Withdraw(long number) -> queues().withdraw(number);
        case Message.Shutdown(String queue) -> queues().shutdown(queue);
        case Message other ->
            throw died("said what no child may say", new CodecException(other.toString()));
      }
    }
  }

  private Message receiveWhile(String job) throws IOException {
    try {
      return link().receive();
    } catch (IOException e) {
      throw died((killed ? "was killed" : "died") + " while it ran " + job, e);
    }
  }

  private Link link() {
    Link connected = link;
    assert connected != null : "not connected";
    return connected;
  }

  private QueueServer queues() {
    QueueServer serving = queues;
    assert serving != null : "not connected";
    return serving;
  }

  /** Waits for the exit, which must come soon: then it is killed. */
  private ProcessDiedException died(String how, IOException seen) throws IOException {
    endWithin(seen instanceof CodecException ? 0 : GRACE_MILLIS);
    return new ProcessDiedException(toString(), how, exit(), seen);
  }

  private Exit exit() throws IOException {
    try {
      return await(exited);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("cannot tell how " + this + " ended", e);
    }
  }

  /** Waits until it has ended. */
  Exit join() throws IOException {
    return exit();
  }

  /** Whether it can be given a job; false a moment after its death, not at once. */
  boolean isAlive() {
    return !killed && process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** The end of what it has printed, and of its errors. */
  String output() {
    return out.text() + err.text();
  }

  /** Tells it to end, and sees to it that it does. */
  void close() {
    stopWatching();
    letGo();
    endWithin(GRACE_MILLIS);
  }

  /** See {@link ChildMain}; there is room for a byte. */
  private void stopWatching() {
    try {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      // it has ended already
    }
  }

  /** Ends it at once; who waits for it is told. */
  void kill() {
    killed = true;
    process.destroyForcibly();
    letGo();
  }

  private void letGo() {
    if (queues != null) {
      queues.close();
    }
    if (link != null) {
      link.close();
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
