package dev.heddle.transport.local;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.transport.Address;
import dev.heddle.transport.Guarantee;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.ReceiverLostException;
import dev.heddle.transport.RequestFailedException;
import dev.heddle.transport.Transport;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.parts.AddressQueue;
import dev.heddle.transport.parts.DuplicateWindow;
import dev.heddle.transport.parts.Lanes;
import dev.heddle.transport.parts.Mailroom;
import dev.heddle.transport.parts.Outgoing;
import dev.heddle.transport.parts.Parcel;
import dev.heddle.transport.parts.PutWindow;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The transport that stays in one scheduler. Messages are bytes here too, so that what works with
 * it works past the machine.
 *
 * <pre>{@code
 * Transport transport = LocalTransport.open(scheduler, "local", TransportLimits.DEFAULT);
 * }</pre>
 *
 * <p>It makes all promises but two: nothing can cut it, so that it does not resume, and what it has
 * ends with the process.
 *
 * <p>Invariant: as many messages are under way as are held for receivers, until the close.
 */
public final class LocalTransport implements Transport {
  private static final Set<Guarantee> GUARANTEES =
      Set.of(
          Guarantee.QUEUES,
          Guarantee.TOPICS,
          Guarantee.REQUESTS,
          Guarantee.CONFIRMED,
          Guarantee.ORDERED,
          Guarantee.REDELIVERED,
          Guarantee.BOUNDED,
          Guarantee.DEDUPLICATED,
          Guarantee.RECEIVER_LOST);

  private final Scheduler scheduler;
  private final String name;
  private final TransportLimits limits;
  private final Mailroom mailroom;
  private final Lanes<Lane> lanes;
  private long ids;
  private boolean closed;

  private LocalTransport(Scheduler scheduler, String name, TransportLimits limits) {
    this.scheduler = scheduler;
    this.name = Objects.requireNonNull(name, "name");
    this.limits = limits;
    this.mailroom = new Mailroom(scheduler, name, limits, new Handling());
    this.lanes = new Lanes<>(scheduler, this, limits, Lane::new, lane -> lane.window);
  }

  /** Opens one for the tasks of a scheduler. */
  public static LocalTransport open(Scheduler scheduler, String name, TransportLimits limits) {
    return new LocalTransport(scheduler, name, limits);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Guarantee> guarantees() {
    return GUARANTEES;
  }

  @Override
  public TransportLimits limits() {
    return limits;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address to, byte[] body) {
    return lanes.put(to, null, body);
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> put(Address to, String id, byte[] body) {
    return lanes.put(to, Objects.requireNonNull(id, "id"), body);
  }

  @Override
  public boolean offer(Address to, byte[] body) throws IOException {
    return lanes.offer(to, body);
  }

  @Override
  public YieldEvent<byte[], IOException> request(Address to, byte[] question, Duration deadline) {
    return lanes.request(to, question, deadline);
  }

  @Override
  public MessageReceiver receiver(Address at, int credit) throws IOException {
    return mailroom.receiver(at, credit);
  }

  @Override
  public void close() {
    scheduler.checkInside("close");
    if (closed) {
      return;
    }
    closed = true;
    mailroom.close();
    lanes.end(this::closedException);
    lanes.all().forEach(Lane::close);
  }

  /** How many messages wait or are being handled. */
  public int held() {
    return mailroom.held();
  }

  private TransportClosedException closedException() {
    return new TransportClosedException(this + " is closed");
  }

  private static ReceiverLostException lost(Address at, String reason) {
    return new ReceiverLostException("nobody receives at " + at + ": " + reason);
  }

  @Override
  public String toString() {
    return "local transport '" + name + "'";
  }

  /** Messages that are over make room. */
  private final class Handling implements Mailroom.Owner {
    @Override
    public void handled(Parcel parcel) {
      lanes.at(parcel.address()).over((Outgoing) Objects.requireNonNull(parcel.token()));
      assert closed || lanes.underWay() >= mailroom.held() : lanes.underWay() + " under way";
    }

    @Override
    public void attended(AddressQueue queue) {
      Lane lane = lanes.known(queue.address());
      if (lane != null) {
        lane.window.accept();
      }
    }

    @Override
    public void unattended(AddressQueue queue, @Nullable String reason) {
      if (reason != null) {
        Address at = queue.address();
        lanes.at(at).window.refuse(() -> lost(at, reason));
      }
    }
  }

  /** What goes to one address. */
  private final class Lane implements PutWindow.Transmission {
    final PutWindow window;
    private final DuplicateWindow known = new DuplicateWindow(limits.duplicateWindow());

    /** Questions without an answer. */
    private final Map<String, Outgoing> asked = new LinkedHashMap<>();

    Lane(Address to) {
      window = new PutWindow(to, limits, () -> name + "-" + ids++, this);
    }

    @Override
    public void transmit(Outgoing message) {
      if (!known.isNew(message.id())) {
        message.confirmed();
        window.giveRoom();
        return;
      }
      AddressQueue queue;
      try {
        queue = mailroom.at(message.to());
      } catch (IOException e) {
        message.failed(e);
        window.giveRoom();
        return;
      }
      if (message.isQuestion()) {
        asked.put(message.id(), message);
      }
      message.confirmed();
      queue.add(parcelOf(message));
    }

    private Parcel parcelOf(Outgoing message) {
      return message.isQuestion()
          ? new Parcel(
              message.to(),
              message.id(),
              message.body(),
              false,
              message,
              new LocalAnswer(message),
              message.deadlineNanos())
          : new Parcel(message.to(), message.id(), message.body(), false, message);
    }

    void over(Outgoing message) {
      asked.remove(message.id());
      if (message.isWanted()) {
        message.failed(new RequestFailedException(message + " was acknowledged, not answered"));
      }
      window.giveRoom();
    }

    void close() {
      for (Outgoing question : asked.values()) {
        question.failed(closedException());
      }
      asked.clear();
    }
  }

  private record LocalAnswer(Outgoing question) implements Parcel.Answer {
    @Override
    public void reply(byte[] answer) {
      question.answered(answer);
    }

    @Override
    public void fail(String why, boolean isLost) {
      question.failed(isLost ? lost(question.to(), why) : new RequestFailedException(why));
    }
  }
}
