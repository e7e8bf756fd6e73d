package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.net.TcpSocket;
import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The child's side: does what the parent says, and asks what jobs want to know of it. */
final class Conversation {
  private static volatile @Nullable Conversation current;

  private final Link link;
  private final Coding coding;

  /** What was asked and not answered. */
  private final Map<Long, Question<?>> questions = new HashMap<>();

  private long asked;

  private Conversation(Link link, Message.Setup setup) throws ReflectiveOperationException {
    this.link = link;
    Class<? extends Codec> type = Class.forName(setup.codec()).asSubclass(Codec.class);
    this.coding = new Coding(ProcessOptions.newCodec(type), setup.maxMessageBytes());
    link.setMaxMessage(coding.maxBytes());
  }

  /** This process's conversation with its parent. */
  static Conversation current() {
    Conversation mine = current;
    if (mine == null) {
      throw new IllegalStateException(
          "this process has no parent to share something with it; only a Job in a child has");
    }
    return mine;
  }

  /** Begins it, and goes on until the parent ends it; in a task in thread style. */
  static void hold(Path socketFile, String token) throws Exception {
    Scheduler scheduler = Task.current().scheduler();
    try (TcpSocket socket = await(TcpSocket.connect(UnixDomainSocketAddress.of(socketFile)));
        Link link = new Link(socket)) {
      // The address has served. Whatever becomes of the parent, nothing of it is left.
      Files.deleteIfExists(socketFile);
      Files.deleteIfExists(Objects.requireNonNull(socketFile.getParent()));
      link.start(scheduler.daemons(), "to the parent");
      link.post(new Message.Hello(token));
      Conversation conversation = new Conversation(link, (Message.Setup) link.receive());
      current = conversation;
      conversation.goOn(scheduler);
    } catch (EOFException e) {
      // the parent has no more to say
    }
  }

  private void goOn(Scheduler scheduler) throws IOException {
    while (true) {
      switch (link.receive()) {
        case Message.Run run -> scheduler.spawn(run.job(), () -> run(run));
        case Message.Answer answer -> take(answer.number()).answered(answer.item());
        case Message.Denied denied -> take(denied.number()).denied(denied.reason(), denied.why());
        case Message.Withdrawn withdrawn -> take(withdrawn.number()).withdrawn();
        case Message other -> throw new CodecException("not for a child: " + other);
      }
    }
  }

  private Question<?> take(long number) throws CodecException {
    Question<?> question = questions.remove(number);
    if (question == null) {
      throw new CodecException("an answer to question " + number + ", which was not asked");
    }
    return question;
  }

  private void run(Message.Run run) {
    Message outcome;
    try {
      JobType type = JobType.named(run.job());
      Object argument = coding.decode(run.argument(), type.argument());
      Object result = runJob(type, argument);
      outcome = new Message.Done(coding.encode(result, type.result()));
    } catch (CodecException e) {
      outcome = new Message.Refused(e.getMessage());
    } catch (Throwable t) {
      outcome = new Message.Failed(RemoteFailure.of(t));
    }
    link.post(outcome);
  }

  /** A codec's refusal inside of the job is the job's failure, not that of its messages. */
  private static @Nullable Object runJob(JobType type, @Nullable Object argument) throws Throwable {
    try {
      return type.run(argument);
    } catch (CodecException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  // What the queues of the parent ask for.

  long ask(Question<?> question, String queue, Operation operation, byte @Nullable [] item) {
    long number = ++asked;
    questions.put(number, question);
    link.post(new Message.Ask(number, queue, operation, item));
    return number;
  }

  void withdraw(long number) {
    link.post(new Message.Withdraw(number));
  }

  void shutdown(String queue) {
    link.post(new Message.Shutdown(queue));
  }

  /** For tests that break off in the middle of a message. */
  Link link() {
    return link;
  }
}
