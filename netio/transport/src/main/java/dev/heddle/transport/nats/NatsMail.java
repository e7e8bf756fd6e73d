package dev.heddle.transport.nats;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.transport.Address;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.ReceiverLostException;
import dev.heddle.transport.RequestFailedException;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportLimits;
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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a {@link NatsTransport}; knows nothing of connections.
 *
 * <p>Subjects of our inbox: {@code _INBOX.<id>.a.<number>} for confirmations and answers, {@code
 * .p.<number>} for pulled messages, {@code .c.<number>} for answers of the API.
 *
 * <p>This file is long because puts, pulls and answers share one connection's ups and downs.
 *
 * <p>Invariants: when a pull is made, what was asked for by pulls and has not come, and what is
 * held, is no more than the credit of the receivers. A pull is under way only over a connection.
 * Each message that has a place in a window is open, until the end; then none is.
 */
final class NatsMail implements PutWindow.Transmission, Mailroom.Owner {
  /**
   * Between the queue's name, which has none, and an id: the server knows ids of the stream, in
   * which all queues are, and the same id at another queue is another message.
   */
  private static final String ID = "/";

  private static final String FAILURE = "Heddle-Failure";
  private static final String DEADLINE = "Heddle-Deadline";
  private static final Duration PULL = Duration.ofSeconds(20);
  private static final int NO_RESPONDERS = 503;

  private final Scheduler scheduler;
  private final NatsOptions options;
  private final TransportLimits limits;
  private final String me = UUID.randomUUID().toString().replace("-", "");
  private final String inbox = "_INBOX." + me + ".";
  private final WorkSignal work = new WorkSignal("something to send to a NATS server");
  private final WorkSignal room = new WorkSignal("room for messages of a topic");

  /** What the next connection, or this one, is to be sent; what is lost in a cut is said anew. */
  private final ArrayDeque<Item> out = new ArrayDeque<>();

  private final Lanes<PutWindow> windows;

  /** What was put and is not confirmed, or not answered, by its number; the oldest first. */
  private final Map<Long, Outgoing> open = new LinkedHashMap<>();

  private final Mailroom mailroom;

  private final NatsPulls pulls = new NatsPulls();

  /** The numbers in the stream of messages that are here and not over, by their keys. */
  private final Map<String, Long> inHand = new HashMap<>();

  /** Those that are over. */
  private final DuplicateWindow handled;

  private long numbers;
  private long dropped;
  private long duplicates;
  private boolean ready;
  private @Nullable String closed;

  /** Bytes to send, and the message that is over when they are sent; null for none. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares it
  record Item(byte[] bytes, @Nullable Outgoing confirms) {}

  NatsMail(Scheduler scheduler, NatsOptions options) {
    this.scheduler = scheduler;
    this.options = options;
    this.limits = options.limits();
    this.handled = new DuplicateWindow(limits.duplicateWindow());
    this.mailroom = new Mailroom(scheduler, "NATS", limits, this);
    this.windows =
        Lanes.ofWindows(
            scheduler,
            "NATS",
            limits,
            to -> new PutWindow(to, limits, () -> me + "-" + numbers, this));
  }

  WorkSignal work() {
    return work;
  }

  WorkSignal room() {
    return room;
  }

  String inbox() {
    return inbox;
  }

  boolean isReady() {
    return ready;
  }

  NatsStats stats(long connections, @Nullable String lastFailure) {
    return new NatsStats(
        connections, ready, open.size(), mailroom.held(), duplicates, dropped, lastFailure);
  }

  @Nullable Item next() {
    return out.poll();
  }

  boolean hasNext() {
    return !out.isEmpty();
  }

  /** Answers the server's PING. */
  void pong() {
    send(NatsText.utf8("PONG\r\n"), null);
  }

  private void send(byte[] bytes, @Nullable Outgoing confirms) {
    out.add(new Item(bytes, confirms));
    work.ring();
  }

  /** A subject. The kinds: q, t, r. */
  private String subject(char kind, Address address) {
    return options.prefix() + "." + kind + "." + address.name();
  }

  static String consumer(Address address) {
    return "q_" + address.name().replace('.', '=');
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
    if (ready) {
      publish(message);
    }
  }

  private void publish(Outgoing message) {
    String reply = inbox + "a." + message.number();
    Address to = message.to();
    if (message.isQuestion()) {
      long left = message.deadlineNanos() - scheduler.nanoTime();
      String headers = DEADLINE + ": " + Math.max(1, left) + "\r\n";
      send(NatsText.publish(subject('r', to), reply, headers, message.body()), null);
    } else if (to.isTopic()) {
      send(NatsText.publish(subject('t', to), null, "", message.body()), message);
    } else {
      String headers = StoredMessage.ID_HEADER + ": " + to.name() + ID + message.id() + "\r\n";
      send(NatsText.publish(subject('q', to), reply, headers, message.body()), null);
    }
  }

  /** What a plain client has put has no address before its id. */
  private static String withoutAddress(Address at, String id) {
    String before = at.name() + ID;
    return id.startsWith(before) ? id.substring(before.length()) : id;
  }

  /** It was sent, which is all that a topic promises. */
  void sent(Outgoing message) {
    if (open.containsKey(message.number())) {
      message.confirmed();
      over(message);
    }
  }

  @Override
  public void abandoned(Outgoing question) {
    if (open.containsKey(question.number())) {
      over(question);
    }
  }

  private void over(Outgoing message) {
    open.remove(message.number());
    windows.at(message.to()).giveRoom();
    assert valid() : this;
  }

  /** A confirmation, or the answer of a question. */
  private void answered(long number, NatsWire.Message answer) {
    Outgoing message = open.get(number);
    if (message == null) {
      return; // it was published twice, or its time is over
    }
    boolean isLost = NatsText.status(answer.headers()) == NO_RESPONDERS;
    if (message.isQuestion()) {
      String failure = NatsText.header(answer.headers(), FAILURE);
      if (isLost) {
        message.failed(new ReceiverLostException("nobody answers at " + message.to()));
      } else if (failure != null) {
        message.failed(new RequestFailedException(failure));
      } else {
        message.answered(answer.body());
      }
    } else {
      String json = new String(answer.body(), StandardCharsets.UTF_8);
      String error = isLost ? "no stream of the server takes it" : NatsText.error(json);
      if (error != null) {
        message.failed(new IOException("cannot put to " + message.to() + ": " + error));
      } else {
        duplicates += json.contains("\"duplicate\"") ? 1 : 0;
        message.confirmed();
      }
    }
    over(message);
  }

  // A new connection.

  /** The last connection is over; nothing that was asked for on it will come. */
  void cut() {
    ready = false;
    out.clear();
    pulls.clear();
    assert valid() : this;
  }

  /** Before all is agreed: what the inbox gets. */
  void greet() {
    out.clear();
    send(NatsText.utf8("SUB " + inbox + "> 1\r\n"), null);
  }

  /** All is agreed: says anew what was under way, and what is wanted. */
  void begin() {
    ready = true;
    for (AddressQueue queue : mailroom.queues()) {
      if (queue.isAttended()) {
        subscribe(queue);
      }
    }
    for (Outgoing message : List.copyOf(open.values())) {
      publish(message);
    }
  }

  List<Address> queues() {
    return mailroom.queues().stream().map(AddressQueue::address).filter(a -> !a.isTopic()).toList();
  }

  /** Sends a question to the API; the answer comes to the inbox under this number. */
  void api(String call, String json, long number) {
    String subject = "$JS.API." + call;
    send(NatsText.publish(subject, inbox + "c." + number, "", NatsText.utf8(json)), null);
  }

  private void subscribe(AddressQueue queue) {
    Address at = queue.address();
    if (at.isTopic()) {
      send(NatsText.utf8("SUB " + subject('t', at) + " " + sid(at) + "\r\n"), null);
    } else {
      send(NatsText.utf8("SUB " + subject('r', at) + " heddle " + sid(at) + "\r\n"), null);
      pull(queue);
    }
  }

  private static String sid(Address at) {
    return (at.isTopic() ? "t." : "r.") + at.name();
  }

  // Receiving.

  MessageReceiver receiver(Address at, int credit) throws IOException {
    return mailroom.receiver(at, credit);
  }

  /** Asks for as many messages as there is credit for. */
  private void pull(AddressQueue queue) {
    if (!ready || queue.address().isTopic() || !queue.isAttended()) {
      return;
    }
    int asked = pulls.asked(queue);
    int credit = queue.credit();
    int wanted = credit - asked - queue.held();
    if (wanted > 0 && (asked == 0 || 2 * wanted >= credit)) {
      long number = numbers++;
      pulls.add(number, queue, wanted);
      assert pulls.asked(queue) + queue.held() <= credit : this + " asks for too much at " + queue;
      assert valid() : this;
      String call =
          "$JS.API.CONSUMER.MSG.NEXT." + options.prefix() + "." + consumer(queue.address());
      String json = "{\"batch\":" + wanted + ",\"expires\":" + PULL.toNanos() + "}";
      send(NatsText.publish(call, inbox + "p." + number, "", NatsText.utf8(json)), null);
    }
  }

  /**
   * A message has come, but for an answer of the API.
   *
   * @return whether a topic has more than its receivers have room for
   */
  boolean arrived(NatsWire.Message message) throws IOException {
    String subject = message.subject();
    if (subject.startsWith(inbox + "a.")) {
      answered(numberOf(subject), message);
    } else if (subject.startsWith(inbox + "p.")) {
      pulled(numberOf(subject), message);
    } else if (subject.startsWith(options.prefix() + ".t.")) {
      return news(message);
    } else if (subject.startsWith(options.prefix() + ".r.")) {
      asked(message);
    } else if (subject.startsWith(options.prefix() + ".q.")) {
      stored(message);
    }
    return false;
  }

  long numberOf(String subject) throws IOException {
    String text = subject.substring(inbox.length() + 2);
    if (!text.matches("[0-9]{1,18}")) {
      throw new ProtocolException("a subject of the inbox ends in '" + text + "'");
    }
    return Long.parseLong(text);
  }

  private void pulled(long number, NatsWire.Message message) throws IOException {
    if (NatsText.status(message.headers()) != 0 && message.body().length == 0) {
      AddressQueue queue = pulls.end(number); // time is over, or the server objects to something
      if (queue != null) {
        pull(queue);
      }
    }
  }

  /** A stored message; the subject is its own, the reply says which it is. */
  private void stored(NatsWire.Message message) throws IOException {
    Address at = address('q', message.subject());
    AddressQueue queue = mailroom.at(at);
    pulls.served(queue);
    StoredMessage token = StoredMessage.of(message);
    Long known = inHand.get(token.key());
    if (known != null && known == token.sequence()) {
      duplicates++;
      pull(queue);
      return; // it will be acknowledged
    }
    if (known != null || handled.has(token.key())) {
      duplicates++;
      acknowledge(token, "+ACK");
      pull(queue);
      return;
    }
    if (!queue.isAttended()) {
      acknowledge(token, "-NAK");
      return;
    }
    inHand.put(token.key(), token.sequence());
    String id = NatsText.header(message.headers(), StoredMessage.ID_HEADER);
    queue.add(
        new Parcel(
            at,
            id == null ? options.prefix() + ":" + token.sequence() : withoutAddress(at, id),
            message.body(),
            token.delivered() > 1,
            token));
    pull(queue);
  }

  private Address address(char kind, String subject) throws IOException {
    String name = subject.substring(options.prefix().length() + 3);
    try {
      return kind == 't' ? Address.topic(name) : Address.queue(name);
    } catch (IllegalArgumentException e) {
      throw new ProtocolException("a message has the subject " + subject);
    }
  }

  private boolean news(NatsWire.Message message) throws IOException {
    Address at = address('t', message.subject());
    AddressQueue queue = mailroom.at(at);
    if (queue.held() >= limits.window()) {
      return true;
    }
    queue.add(new Parcel(at, me + ":" + numbers++, message.body(), false, null));
    return false;
  }

  /** There was no room for a message of a topic. */
  void drop() {
    dropped++;
  }

  private void asked(NatsWire.Message message) throws IOException {
    Address at = address('r', message.subject());
    AddressQueue queue = mailroom.at(at);
    if (message.reply() == null) {
      return;
    }
    NatsAnswer answer = new NatsAnswer(message.reply());
    if (queue.held() >= 2 * limits.window()) {
      answer.fail("too many questions at " + at, false);
      return;
    }
    String left = NatsText.header(message.headers(), DEADLINE);
    long deadline =
        left != null && left.matches("[0-9]{1,18}")
            ? scheduler.nanoTime() + Long.parseLong(left)
            : Long.MAX_VALUE;
    queue.add(new Parcel(at, me + ":" + numbers++, message.body(), false, null, answer, deadline));
  }

  private void acknowledge(StoredMessage token, String how) {
    if (ready) {
      send(NatsText.publish(token.reply(), null, "", NatsText.utf8(how)), null);
    }
  }

  @Override
  public void handled(Parcel parcel) {
    if (parcel.token() instanceof StoredMessage token) {
      inHand.remove(token.key());
      boolean _ = handled.isNew(token.key());
      acknowledge(token, "+ACK");
    }
    room.ring();
    AddressQueue queue = mailroom.known(parcel.address());
    if (queue != null) {
      pull(queue);
    }
  }

  /** To be told when a queue needs a consumer; null before the first connection. */
  private @Nullable Runnable onQueue;

  void onQueue(Runnable action) {
    onQueue = action;
  }

  @Override
  public void attended(AddressQueue queue) {
    if (!ready) {
      return;
    }
    if (queue.address().isTopic()) {
      subscribe(queue);
    } else if (onQueue != null) {
      onQueue.run();
    }
  }

  /** The consumer of a queue is there. */
  void consumes(Address at) throws IOException {
    AddressQueue queue = mailroom.at(at);
    if (ready && queue.isAttended()) {
      subscribe(queue);
    }
  }

  @Override
  public void unattended(AddressQueue queue, @Nullable String reason) {
    if (ready) {
      send(NatsText.utf8("UNSUB " + sid(queue.address()) + "\r\n"), null);
    }
    pulls.endAll(queue);
    for (Parcel parcel : queue.drain()) {
      if (parcel.token() instanceof StoredMessage token) {
        inHand.remove(token.key());
        acknowledge(token, "-NAK");
      }
    }
  }

  /** Answers a question. */
  private final class NatsAnswer implements Parcel.Answer {
    private final String to;

    NatsAnswer(String to) {
      this.to = to;
    }

    @Override
    public void reply(byte[] answer) {
      if (ready) {
        send(NatsText.publish(to, null, "", answer), null);
      }
    }

    @Override
    public void fail(String why, boolean isLost) {
      if (ready) {
        String headers = FAILURE + ": " + NatsText.oneLine(why) + "\r\n";
        send(NatsText.publish(to, null, headers, new byte[0]), null);
      }
    }
  }

  // The end.

  void close(String why, boolean isHere) {
    closed = why;
    ready = false;
    windows.end(this::closedException);
    List<Outgoing> unfinished = List.copyOf(open.values());
    open.clear();
    unfinished.forEach(message -> message.failed(closedException()));
    if (isHere) {
      mailroom.close();
    } else {
      mailroom.finish();
    }
    out.clear();
    assert valid() : this;
  }

  /** The invariants, but for the first. */
  private boolean valid() {
    if (closed != null) {
      return open.isEmpty();
    }
    return windows.underWay() == open.size() && (ready || pulls.isEmpty());
  }

  @Override
  public String toString() {
    return "mail of NATS: "
        + open.size()
        + " of "
        + windows.underWay()
        + " messages open, "
        + pulls;
  }
}
