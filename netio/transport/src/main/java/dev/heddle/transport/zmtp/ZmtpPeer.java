package dev.heddle.transport.zmtp;

import dev.heddle.net.SocketReader;
import dev.heddle.net.SocketWriter;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.transport.RequestFailedException;
import dev.heddle.transport.parts.Outgoing;
import dev.heddle.transport.parts.Parcel;
import dev.heddle.transport.parts.WorkSignal;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One connection: its greeting, a task that writes, and a task that reads.
 *
 * <p>Invariants: one question at a time is asked, and one answered, by a connection; a subscriber
 * has no more messages to take than the window.
 */
final class ZmtpPeer {
  private static final Duration GREETING_TIME = Duration.ofSeconds(10);
  private static final int MOST_PARTS = 16;
  private static final int MOST_SUBSCRIPTIONS = 1_000;
  private static final int BATCH = 32;
  private static final byte[] NOTHING = {};
  private static final String FAILURE = "heddle-failure";

  private final ZmtpSocket owner;
  private final TcpSocket socket;
  private final SocketReader reader;
  private final SocketWriter writer;
  private final WorkSignal work = new WorkSignal("something to send to a peer of ZMTP");
  private final WorkSignal room = new WorkSignal("room for a message of a peer of ZMTP");

  /** Ready frames: of PUB the messages of the peer's topics, of REP answers, of SUB its topics. */
  private final ArrayDeque<byte[]> frames = new ArrayDeque<>();

  /** Of PUB: the beginnings of names that the peer wants, as bytes in a string. */
  private final Set<String> subscriptions = new HashSet<>();

  /** Of REQ: the question without an answer. */
  private @Nullable Outgoing asked;

  /** Of REP: whether the peer waits for an answer. */
  private boolean answering;

  ZmtpPeer(ZmtpSocket owner, TcpSocket socket) {
    this.owner = owner;
    this.socket = socket;
    this.reader = new SocketReader(socket);
    this.writer = new SocketWriter(socket);
  }

  WorkSignal work() {
    return work;
  }

  WorkSignal room() {
    return room;
  }

  int subscriptions() {
    return subscriptions.size();
  }

  void close() {
    socket.close();
  }

  /** Serves the connection until it ends. */
  void run(Awaiter co) throws Exception {
    try {
      greet(co);
      owner.add(this);
      try (var group = TaskGroup.open()) {
        group.spawn("writer of " + owner, this::write);
        group.spawn("reader of " + owner, this::read);
        co.await(group.join());
      }
    } finally {
      owner.remove(this);
      socket.close();
      Outgoing question = asked;
      if (question != null) {
        asked = null;
        question.failed(new IOException("the peer of " + owner + " has gone: " + socket));
        owner.transport().sent(question);
      }
    }
  }

  private void greet(Awaiter co) throws IOException, TimeoutException {
    int _ = co.await(writer.write(ZmtpFrame.greeting()));
    int _ = co.await(writer.flush());
    byte[] greeting = co.await(reader.readExactly(ZmtpFrame.GREETING).within(GREETING_TIME));
    if (greeting == null) {
      throw new EOFException(socket + " has ended before its greeting");
    }
    ZmtpFrame.checkGreeting(greeting);
    int _ = co.await(writer.write(ZmtpFrame.ready(owner.role())));
    int _ = co.await(writer.flush());
    socket.setIdleTimeout(GREETING_TIME);
    ZmtpFrame ready = next(co);
    ready.checkReady(owner.role());
    socket.setIdleTimeout(Duration.ofDays(10_000));
    if (owner.role() == ZmtpRole.SUB) {
      byte[] name = owner.address().name().getBytes(StandardCharsets.US_ASCII);
      byte[] wanted = new byte[name.length + 1];
      wanted[0] = 1;
      System.arraycopy(name, 0, wanted, 1, name.length);
      frames.add(ZmtpFrame.message(List.of(wanted)));
    }
  }

  private int most() {
    return Math.max(1_000, owner.transport().limits().maxMessageBytes());
  }

  private ZmtpFrame next(Awaiter co) throws IOException {
    ZmtpFrame frame = ZmtpFrame.read(co, reader, most());
    if (frame == null) {
      throw new EOFException(socket + " has ended");
    }
    return frame;
  }

  // Writing.

  private void write(Awaiter co) throws IOException {
    List<Outgoing> written = new ArrayList<>();
    try {
      while (true) {
        byte[] frame = frames.poll();
        if (frame != null) {
          int _ = co.await(writer.write(frame));
        } else if (mayTake() && written.size() < BATCH && owner.hasNext()) {
          Outgoing message = owner.next();
          assert message != null : "the owner has one";
          if (message.isQuestion()) {
            assert asked == null : this + " asks " + message + " while it asks " + asked;
            asked = message;
          } else {
            written.add(message);
          }
          int _ = co.await(writer.write(bytesOf(message)));
        } else {
          int _ = co.await(writer.flush());
          written.forEach(owner.transport()::sent);
          written.clear();
          if (frames.isEmpty() && !(mayTake() && owner.hasNext())) {
            co.await(work);
          }
        }
      }
    } finally {
      written.reversed().forEach(owner::back);
    }
  }

  private boolean mayTake() {
    return owner.role() == ZmtpRole.PUSH || (owner.role() == ZmtpRole.REQ && asked == null);
  }

  private static byte[] bytesOf(Outgoing message) {
    return ZmtpFrame.message(
        message.isQuestion() ? List.of(NOTHING, message.body()) : List.of(message.body()));
  }

  /** Of PUB: a message, if the peer wants it and has room for it. */
  void publish(byte[] body) {
    String name = owner.address().name();
    if (subscriptions.stream().anyMatch(name::startsWith)) {
      if (frames.size() >= owner.transport().limits().window()) {
        owner.transport().drop();
        return;
      }
      frames.add(ZmtpFrame.message(List.of(name.getBytes(StandardCharsets.US_ASCII), body)));
      assert frames.size() <= owner.transport().limits().window() : this + " has too much to take";
      work.ring();
    }
  }

  /** Of REQ: an answer that comes late would be taken for that of the next question. */
  void abandoned(Outgoing question) {
    if (asked == question) {
      asked = null;
      socket.abort();
    }
  }

  // Reading.

  private void read(Awaiter co) throws IOException {
    List<byte[]> parts = new ArrayList<>();
    while (true) {
      ZmtpFrame frame = next(co);
      if (frame.isCommand()) {
        command(frame);
        continue;
      }
      parts.add(frame.body());
      if (parts.size() > MOST_PARTS) {
        throw new ProtocolException(
            "a message of ZMTP has " + parts.size() + " frames: must be 1 to " + MOST_PARTS);
      }
      if (!frame.hasMore()) {
        arrived(parts);
        parts = new ArrayList<>();
        while (answering || isFull()) {
          co.await(room);
        }
      }
    }
  }

  /** Commands of 3.1: those about subscriptions say what messages say in 3.0. */
  private void command(ZmtpFrame frame) throws ProtocolException {
    String name = frame.commandName();
    if (owner.role() == ZmtpRole.PUB && (name.equals("SUBSCRIBE") || name.equals("CANCEL"))) {
      byte[] wanted = Arrays.copyOfRange(frame.body(), name.length(), frame.body().length);
      wanted[0] = (byte) (name.equals("SUBSCRIBE") ? 1 : 0);
      subscribe(wanted);
    }
  }

  private boolean isFull() {
    ZmtpRole role = owner.role();
    return (role == ZmtpRole.PULL || role == ZmtpRole.SUB)
        && owner.transport().held(owner.address()) >= owner.transport().limits().window();
  }

  private void arrived(List<byte[]> parts) throws IOException {
    switch (owner.role()) {
      case PULL -> owner.transport().add(owner.address(), only(parts, 1), null);
      case SUB -> {
        byte[] body = only(parts, 2);
        String name = new String(parts.getFirst(), StandardCharsets.US_ASCII);
        if (name.equals(owner.address().name())) { // the peer sends all that begins so
          owner.transport().add(owner.address(), body, null);
        }
      }
      case PUB -> subscribe(only(parts, 1));
      case REQ -> answered(parts);
      case REP -> asked(parts);
      case PUSH -> throw new ProtocolException("a PULL sent a message: must be silent");
    }
  }

  /** The last of so many parts. */
  private byte[] only(List<byte[]> parts, int count) throws ProtocolException {
    byte[] last = parts.getLast();
    if (parts.size() != count || last.length > owner.transport().limits().maxMessageBytes()) {
      throw new ProtocolException(
          "a message for "
              + owner
              + " has "
              + parts.size()
              + " frames, the last of "
              + last.length
              + " bytes: must be "
              + count
              + ", of 0 to "
              + owner.transport().limits().maxMessageBytes());
    }
    return last;
  }

  private void subscribe(byte[] body) throws ProtocolException {
    if (body.length == 0 || body.length > 256 || body[0] < 0 || body[0] > 1) {
      throw new ProtocolException(
          "a subscription of "
              + body.length
              + " bytes begins with "
              + (body.length == 0 ? "nothing" : body[0])
              + ": must be 1 to 256 bytes and begin with 0 or 1");
    }
    String name = new String(body, 1, body.length - 1, StandardCharsets.ISO_8859_1);
    if (body[0] == 0) {
      subscriptions.remove(name);
    } else if (subscriptions.size() >= MOST_SUBSCRIPTIONS) {
      throw new ProtocolException(
          "a peer has "
              + (subscriptions.size() + 1)
              + " subscriptions: must be 0 to "
              + MOST_SUBSCRIPTIONS);
    } else {
      subscriptions.add(name);
    }
  }

  private void answered(List<byte[]> parts) throws ProtocolException {
    Outgoing question = asked;
    if (question == null || parts.getFirst().length != 0 || parts.size() < 2) {
      throw new ProtocolException(
          "an answer of "
              + parts.size()
              + " frames: must be one to a question, an empty one first");
    }
    asked = null;
    String first = new String(parts.get(1), StandardCharsets.UTF_8);
    if (parts.size() == 3 && first.equals(FAILURE)) {
      question.failed(new RequestFailedException(new String(parts.get(2), StandardCharsets.UTF_8)));
    } else {
      question.answered(parts.getLast());
    }
    owner.transport().sent(question);
    work.ring();
  }

  private void asked(List<byte[]> parts) throws IOException {
    int end = 0;
    while (end < parts.size() && parts.get(end).length > 0) {
      end++;
    }
    if (end != parts.size() - 2) {
      throw new ProtocolException(
          "a question of " + parts.size() + " frames: must be an empty one and the question");
    }
    assert !answering : this + " has a question before the last one is answered";
    answering = true;
    List<byte[]> envelope = List.copyOf(parts.subList(0, end + 1));
    owner
        .transport()
        .add(
            owner.address(),
            parts.getLast(),
            new Parcel.Answer() {
              @Override
              public void reply(byte[] answer) {
                answer(envelope, List.of(answer));
              }

              @Override
              public void fail(String why, boolean isLost) {
                answer(
                    envelope,
                    List.of(
                        FAILURE.getBytes(StandardCharsets.UTF_8),
                        Arrays.copyOf(
                            why.getBytes(StandardCharsets.UTF_8),
                            Math.min(1_000, why.getBytes(StandardCharsets.UTF_8).length))));
              }
            });
  }

  private void answer(List<byte[]> envelope, List<byte[]> answer) {
    List<byte[]> all = new ArrayList<>(envelope);
    all.addAll(answer);
    assert answering : this + " answers a question twice";
    frames.add(ZmtpFrame.message(all));
    answering = false;
    work.ring();
    room.ring();
  }

  @Override
  public String toString() {
    return "peer of " + owner + " over " + socket;
  }
}
