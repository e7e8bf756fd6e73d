package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.SocketProvider;
import dev.heddle.net.TcpSocket;
import dev.heddle.process.Message.Operation;
import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The child's side of the connection: runs jobs for the parent, and uses queues of the parent. A
 * child has one; in a simulation several children live in one JVM, each with a scheduler.
 */
final class ChildSession {
  /** Written once, by the session's task; jobs read it from any thread. */
  private static volatile @Nullable ChildSession current;

  /** The session of a scheduler that is a child of a simulation. */
  private static final class OfScheduler {
    private @Nullable ChildSession session;
  }

  final FramedConnection connection;
  private final GuardedCodec codec;

  /** How long an encoded argument, result or item may be. */
  final int maxMessageBytes;

  /** What the parent shares, by name. */
  private final Map<String, Message.Shared> shared = new LinkedHashMap<>();

  /** The operations that the parent has not answered, by their numbers. */
  private final Map<Long, RemoteCall<?>> calls = new HashMap<>();

  /** The number of the latest operation. */
  private long asked;

  /** Whether the parent answers no more. */
  private boolean ended;

  private ChildSession(FramedConnection connection, Message.Setup setup)
      throws ReflectiveOperationException {
    this.connection = connection;
    Class<? extends Codec> type = Class.forName(setup.codec()).asSubclass(Codec.class);
    this.codec = GuardedCodec.of(type, setup.maxMessageBytes());
    this.maxMessageBytes = setup.maxMessageBytes();
    connection.setMaxMessage(setup.maxMessageBytes());
    setup.shared().forEach(thing -> shared.put(thing.name(), thing));
  }

  /**
   * The session of this process.
   *
   * @throws IllegalStateException if this process is not a child
   */
  static ChildSession current() {
    Scheduler caller = ChildProvider.callerOrNull();
    ChildSession stubbed = caller == null ? null : ofScheduler(caller).session;
    ChildSession session = stubbed == null ? current : stubbed;
    if (session == null) {
      throw new IllegalStateException(
          "this process has no parent that shares something with it; call this in a Job");
    }
    return session;
  }

  private static OfScheduler ofScheduler(Scheduler scheduler) {
    return scheduler.attachment(OfScheduler.class, OfScheduler::new);
  }

  /** Connects to the parent and serves it until the parent ends; for a task in thread style. */
  static void serve(Path socketFile, String token) throws Exception {
    try (TcpSocket socket = await(TcpSocket.connect(UnixDomainSocketAddress.of(socketFile)));
        FramedConnection connection = new FramedConnection(socket)) {
      // Nobody else will connect. Deleted here, the folder is gone even if the parent is killed.
      Files.deleteIfExists(socketFile);
      Files.deleteIfExists(Objects.requireNonNull(socketFile.getParent()));
      serve(connection, token, session -> current = session);
    }
  }

  /** The main task of a child of a simulation, whose connection to the parent is this one. */
  static TaskBody stubbed(SocketChannel toParent) {
    return co -> {
      Scheduler scheduler = Scheduler.current();
      co.await(scheduler.submit("session", () -> serve(toParent)).join());
    };
  }

  private static @Nullable Void serve(SocketChannel toParent) throws Exception {
    Scheduler scheduler = Scheduler.current();
    try (FramedConnection connection = new FramedConnection(SocketProvider.connected(toParent))) {
      serve(connection, "", session -> ofScheduler(scheduler).session = session);
    }
    return null;
  }

  private static void serve(
      FramedConnection connection, String token, Consumer<ChildSession> established)
      throws Exception {
    Scheduler scheduler = Task.current().scheduler();
    try {
      connection.start(scheduler.daemons(), "to the parent");
      connection.setMaxMessage(ItemCodec.MOST_BYTES); // the parent may share many things
      connection.post(new Message.Hello(token));
      ChildSession session = new ChildSession(connection, (Message.Setup) connection.receive());
      established.accept(session);
      try {
        session.receiveAll(scheduler);
      } finally {
        session.end();
      }
    } catch (EOFException e) {
      // the parent has closed the connection: no job is left to do
    }
  }

  private void receiveAll(Scheduler scheduler) throws IOException {
    while (true) {
      switch (connection.receive()) {
        case Message.Run run -> scheduler.spawn(run.job(), () -> run(run));
        case Message.Answer answer -> take(answer.number()).answered(answer.result());
        case Message.Denied denied -> take(denied.number()).denied(denied.reason(), denied.why());
        case Message.Withdrawn withdrawn -> take(withdrawn.number()).withdrawn();
        case Message other -> throw new CodecException("not for a child: " + other);
      }
    }
  }

  private RemoteCall<?> take(long number) throws CodecException {
    RemoteCall<?> call = calls.remove(number);
    if (call == null) {
      throw new CodecException("an answer to question " + number + ", which was not asked");
    }
    return call;
  }

  private void run(Message.Run run) {
    Message outcome;
    try {
      JobType<?, ?> job = JobType.named(run.job());
      Object argument = codec.decode(run.argument(), job.argument);
      Object result = runJob(job, argument);
      outcome = new Message.Done(run.number(), codec.encode(result, job.result));
    } catch (CodecException e) {
      outcome = new Message.Refused(run.number(), e.getMessage());
    } catch (Throwable t) {
      outcome = new Message.Failed(run.number(), RemoteFailure.of(t));
    }
    tell(run.number(), outcome);
  }

  /** The parent waits for the outcome; if it cannot even be told of a failure, the child ends. */
  private void tell(long number, Message outcome) {
    try {
      connection.post(outcome);
    } catch (Throwable thrown) {
      try {
        connection.post(new Message.Failed(number, RemoteFailure.of(thrown)));
      } catch (Throwable again) {
        connection.close();
      }
    }
  }

  /** A codec error inside of the job is a failure of the job, not of its argument or result. */
  private static @Nullable Object runJob(JobType<?, ?> job, @Nullable Object argument)
      throws Throwable {
    try {
      return job.run(argument);
    } catch (CodecException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  // Operations on shared things.

  /**
   * What the parent shares under this name.
   *
   * @throws IllegalStateException if there is no such thing
   */
  Message.Shared shared(String kind, String name) {
    Message.Shared thing = shared.get(name);
    if (thing == null || !thing.kind().equals(kind)) {
      throw new IllegalStateException(
          "no "
              + kind
              + " '"
              + name
              + "' is shared with this process, only "
              + shared.values().stream().map(s -> s.kind() + " '" + s.name() + "'").toList());
    }
    return thing;
  }

  /** Whether the parent shares something under this name. */
  boolean shares(String name) {
    return shared.containsKey(name);
  }

  /** The files of shared arrays, which a child deletes whose parent was killed. */
  static List<Path> sharedFiles() {
    ChildSession session = current;
    return session == null
        ? List.of()
        : session.shared.values().stream()
            .map(Message.Shared::memory)
            .filter(Objects::nonNull)
            .map(memory -> Path.of(memory.file()))
            .toList();
  }

  /** Sends an operation to the parent and gives its number; the answer goes to the call. */
  long ask(RemoteCall<?> call, String thing, Operation operation, byte @Nullable [] argument) {
    long number = ++asked;
    calls.put(number, call);
    connection.post(new Message.Ask(number, thing, operation, argument));
    return number;
  }

  /** Asks to undo an operation; returns false if no answer can come. */
  boolean withdraw(long number) {
    connection.post(new Message.Withdraw(number));
    return !ended;
  }

  private void end() {
    ended = true;
    List.copyOf(calls.values()).forEach(RemoteCall::sessionEnded);
    calls.clear();
  }

  void tell(String thing, Operation operation, byte @Nullable [] argument) {
    connection.post(new Message.Tell(thing, operation, argument));
  }
}
