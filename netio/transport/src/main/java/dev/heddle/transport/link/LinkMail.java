package dev.heddle.transport.link;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.transport.Address;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.ReceiverLostException;
import dev.heddle.transport.RequestFailedException;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.link.LinkFrame.Answer;
import dev.heddle.transport.link.LinkFrame.Content;
import dev.heddle.transport.link.LinkFrame.Found;
import dev.heddle.transport.link.LinkFrame.Handled;
import dev.heddle.transport.link.LinkFrame.Lost;
import dev.heddle.transport.link.LinkFrame.Message;
import dev.heddle.transport.link.LinkFrame.Numbered;
import dev.heddle.transport.link.LinkFrame.Status;
import dev.heddle.transport.parts.AddressQueue;
import dev.heddle.transport.parts.DuplicateWindow;
import dev.heddle.transport.parts.Lanes;
import dev.heddle.transport.parts.Mailroom;
import dev.heddle.transport.parts.Outgoing;
import dev.heddle.transport.parts.Parcel;
import dev.heddle.transport.parts.PutWindow;
import dev.heddle.transport.parts.WorkSignal;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a link, in both directions; knows nothing of connections.
 *
 * <p>Invariants: each message that has a place in a window is open, until the link is closed; then
 * nothing is open, and nothing is kept to be sent. The peer has no more messages under way to an
 * address than the window.
 */
final class LinkMail implements PutWindow.Transmission, Mailroom.Owner {
  private final Scheduler scheduler;
  private final TransportLimits limits;
  private final FrameLog log = new FrameLog();
  private final WorkSignal work = new WorkSignal("something to send over a link");
  private final WorkSignal room = new WorkSignal("room for messages of a link");
  private final String idPrefix;

  // What is sent.

  private final Lanes<PutWindow> windows;

  /** Messages that are not over, by their numbers, the oldest first. */
  private final Map<Long, Outgoing> open = new LinkedHashMap<>();

  private long numbers;

  // What is received.

  private final Mailroom mailroom;

  /** For each address, how many messages of the peer are not over. */
  private final Map<Address, Integer> incoming = new LinkedHashMap<>();

  /** What has come to an address; of those that are used, the last ones. */
  private final LinkedHashMap<Address, DuplicateWindow> known =
      new LinkedHashMap<>(16, 0.75f, true);

  private long duplicates;

  /** How often the peer has lost its memory: what belongs to an earlier one is not told. */
  private int epoch;

  private @Nullable String closed;

  /** Of a message of the peer. */
  private record Token(int epoch, long number) {}

  LinkMail(Scheduler scheduler, Object link, TransportLimits limits, UUID instance) {
    this.scheduler = scheduler;
    this.limits = limits;
    this.idPrefix = "%016x-".formatted(instance.getMostSignificantBits());
    this.mailroom = new Mailroom(scheduler, "the link", limits, this);
    this.windows =
        Lanes.ofWindows(
            scheduler,
            link,
            limits,
            to -> new PutWindow(to, limits, () -> idPrefix + numbers, this));
  }

  FrameLog log() {
    return log;
  }

  /** Rings when there is something to send. */
  WorkSignal work() {
    return work;
  }

  /** Rings when a message of the peer is over. */
  WorkSignal room() {
    return room;
  }

  int underWay() {
    return open.size();
  }

  int held() {
    return mailroom.held();
  }

  long duplicates() {
    return duplicates;
  }

  private void send(Content content) {
    if (closed == null) {
      log.add(content);
      work.ring();
    }
  }

  // Sending.

  /** Where messages are put. */
  Lanes<PutWindow> sending() {
    return windows;
  }

  private TransportClosedException closedException() {
    return new TransportClosedException(String.valueOf(closed));
  }

  @Override
  public void transmit(Outgoing message) {
    message.setNumber(numbers++);
    open.put(message.number(), message);
    assert valid() : this;
    send(message(message));
  }

  private Message message(Outgoing message) {
    long left =
        message.isQuestion() ? Math.max(1, message.deadlineNanos() - scheduler.nanoTime()) : 0;
    return new Message(
        message.number(), message.to(), message.id(), message.isRepeated(), left, message.body());
  }

  /** The peer has received so many frames. */
  void received(long count) throws ProtocolException {
    for (Numbered over : log.receivedBy(count)) {
      if (over.content() instanceof Message message) {
        Outgoing outgoing = open.get(message.number());
        if (outgoing != null) {
          outgoing.confirmed();
        }
      }
    }
  }

  /** The peer has lost its memory: what it had not handled is sent to it again. */
  void restart() {
    epoch++;
    log.restart();
    incoming.clear();
    windows.all().forEach(PutWindow::accept);
    List<Outgoing> unwanted = new ArrayList<>();
    for (Outgoing message : open.values()) {
      if (message.isQuestion() && !message.isWanted()) {
        unwanted.add(message);
      } else {
        message.setRepeated();
        send(message(message));
      }
    }
    for (AddressQueue queue : mailroom.queues()) {
      if (queue.lost() != null) {
        send(new Lost(queue.address(), queue.lost()));
      }
    }
    unwanted.forEach(this::over); // last, as it lets newer messages in
    assert valid() : this;
  }

  private void over(Outgoing message) {
    open.remove(message.number());
    windows.at(message.to()).giveRoom();
    assert valid() : this;
  }

  // Receiving.

  MessageReceiver receiver(Address at, int credit) throws IOException {
    return mailroom.receiver(at, credit);
  }

  /**
   * Whether the peer, or several of them one after the other, have sent all that may be held at the
   * address of this frame; at the others nothing has come since that was asked.
   */
  boolean isOverfull(Numbered frame) {
    return frame.content() instanceof Message message
        && mailroom.held(message.to()) > 2 * limits.window();
  }

  /** A numbered frame has come. */
  void arrived(Numbered frame) throws IOException {
    if (!log.receive(frame.number())) {
      return; // it came before the cut, too
    }
    work.ring(); // to tell that it has come
    switch (frame.content()) {
      case Message message -> arrived(message);
      case Handled handled -> {
        Outgoing message = known(handled.number());
        message.confirmed();
        if (message.isWanted()) {
          message.failed(new RequestFailedException(message + " was acknowledged, not answered"));
        }
        over(message);
      }
      case Answer answer -> answered(known(answer.number()), answer);
      case Lost lost -> windows.at(lost.at()).refuse(() -> lost(lost.at(), lost.reason()));
      case Found found -> {
        PutWindow window = windows.known(found.at());
        if (window != null) {
          window.accept();
        }
      }
    }
  }

  private Outgoing known(long number) throws ProtocolException {
    Outgoing message = open.get(number);
    if (message == null) {
      throw new ProtocolException("message number is " + number + ": must be one under way");
    }
    return message;
  }

  private static void answered(Outgoing question, Answer answer) {
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    switch (answer.status()) {
      case ANSWERED -> question.answered(answer.body());
      case FAILED -> question.failed(new RequestFailedException(text));
      case LOST -> question.failed(lost(question.to(), text));
    }
  }

  private static ReceiverLostException lost(Address at, String reason) {
    return new ReceiverLostException("nobody receives at " + at + " any more: " + reason);
  }

  private void arrived(Message message) throws IOException {
    Address to = message.to();
    int before = incoming.getOrDefault(to, 0);
    if (before == limits.window()) {
      throw new ProtocolException(
          (before + 1) + " messages to " + to + " are under way: must be 0 to " + before);
    }
    assert before < limits.window() : before + " messages of the peer to " + to;
    incoming.put(to, before + 1);
    Token token = new Token(epoch, message.number());
    AddressQueue queue;
    try {
      queue = mailroom.at(to);
    } catch (TransportClosedException e) {
      throw e;
    } catch (IOException e) { // one too many
      send(new Answer(message.number(), Status.FAILED, bytes(e.getMessage())));
      over(to, token);
      return;
    }
    DuplicateWindow ids =
        known.computeIfAbsent(to, _ -> new DuplicateWindow(limits.duplicateWindow()));
    if (known.size() > limits.maxAddresses()) {
      known.pollFirstEntry();
    }
    assert known.size() <= limits.maxAddresses() : known.size() + " addresses are remembered";
    if (!ids.isNew(message.id())) {
      duplicates++;
      over(to, token);
      return;
    }
    boolean again = message.redelivered();
    long now = scheduler.nanoTime();
    queue.add(
        message.deadlineNanos() == 0
            ? new Parcel(to, message.id(), message.body(), again, token)
            : new Parcel(
                to,
                message.id(),
                message.body(),
                again,
                token,
                new LinkAnswer(token),
                now + Math.min(message.deadlineNanos(), Long.MAX_VALUE / 4)));
  }

  private static byte[] bytes(@Nullable String text) {
    byte[] bytes = String.valueOf(text).getBytes(StandardCharsets.UTF_8);
    return bytes.length <= LinkFrame.MOST_TEXT
        ? bytes
        : java.util.Arrays.copyOf(bytes, LinkFrame.MOST_TEXT);
  }

  private void over(Address to, Token token) {
    if (token.epoch == epoch) {
      assert incoming.getOrDefault(to, 0) > 0 : to + " has no message of the peer";
      incoming.computeIfPresent(to, (_, count) -> count == 1 ? null : count - 1);
      send(new Handled(token.number));
    }
    room.ring();
  }

  @Override
  public void handled(Parcel parcel) {
    over(parcel.address(), (Token) Objects.requireNonNull(parcel.token()));
  }

  @Override
  public void attended(AddressQueue queue) {
    send(new Found(queue.address()));
  }

  @Override
  public void unattended(AddressQueue queue, @Nullable String reason) {
    if (reason != null) {
      send(new Lost(queue.address(), reason));
    }
  }

  /** Sends the answer of a question. */
  private final class LinkAnswer implements Parcel.Answer {
    private final Token token;

    LinkAnswer(Token token) {
      this.token = token;
    }

    @Override
    public void reply(byte[] answer) {
      answer(Status.ANSWERED, answer);
    }

    @Override
    public void fail(String why, boolean isLost) {
      answer(isLost ? Status.LOST : Status.FAILED, bytes(why));
    }

    private void answer(Status status, byte[] body) {
      if (token.epoch == epoch) {
        send(new Answer(token.number, status, body));
      }
    }
  }

  // The end.

  /** Closed here. */
  void close(String why) {
    end(why);
    mailroom.close();
  }

  /** Closed elsewhere. */
  void finish(String why) {
    end(why);
    mailroom.finish();
  }

  private void end(String why) {
    closed = why;
    windows.end(this::closedException);
    List<Outgoing> unfinished = List.copyOf(open.values());
    open.clear();
    unfinished.forEach(message -> message.failed(closedException()));
    log.restart();
    assert valid() : this;
  }

  /** The first two invariants. */
  private boolean valid() {
    return closed == null ? windows.underWay() == open.size() : open.isEmpty() && log.kept() == 0;
  }

  @Override
  public String toString() {
    return open.size() + " of " + windows.underWay() + " messages under way; " + log;
  }
}
