package dev.heddle.transport.amqp;

import dev.heddle.scheduler.Timers;
import dev.heddle.transport.Address;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.amqp.Wire.Arrival;
import dev.heddle.transport.parts.AddressQueue;
import dev.heddle.transport.parts.DuplicateWindow;
import dev.heddle.transport.parts.Parcel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is received at one address.
 *
 * <pre>
 *   no channel --begin, resume--> channel --cut, end--> no channel
 * </pre>
 *
 * <p>A message is known by its id from its arrival until it is handled, and then for as long as the
 * window remembers. So what the broker delivers once more is told apart: if it was handled, it is
 * acknowledged and dropped; if a handler has it, the handler's acknowledgement goes to the later
 * delivery; else it is new.
 *
 * <p>Invariants: what is here and not handled is at most the receivers' credit, and what a change
 * of the credit lets come meanwhile. There is a channel only while somebody receives, and it is one
 * of the present connection.
 */
final class Consumption {
  private final AmqpTransport transport;
  private final Address address;
  private final TransportLimits limits;
  private final DuplicateWindow handled;

  /** What waits for a receiver or is being handled, by the ids. */
  private final Map<String, Tag> here = new HashMap<>();

  /** Where the messages go; null if nobody receives. */
  private @Nullable AddressQueue queue;

  /** The number of the channel; 0 if there is none. */
  private long channel;

  /** The connection of the channel. */
  private int epoch;

  /** The prefetch of the channel. */
  private int credit;

  Consumption(AmqpTransport transport, Address address, TransportLimits limits) {
    this.transport = transport;
    this.address = address;
    this.limits = limits;
    this.handled = new DuplicateWindow(limits.duplicateWindow());
  }

  /** The first receiver has come. */
  void begin(AddressQueue at) {
    queue = at;
    resume();
  }

  /** There is a connection. */
  void resume() {
    if (queue == null || transport.epoch() == 0 || channel != 0) {
      return;
    }
    channel = transport.openChannel(this);
    epoch = transport.epoch();
    credit = queue.credit();
    transport.bridge().consume(epoch, channel, address, credit);
    assert valid() : this;
  }

  void creditChanged(AddressQueue at) {
    if (queue == null) {
      begin(at); // it was refused to the others
    } else if (channel != 0 && at.credit() != credit) {
      credit = at.credit();
      transport.bridge().setCredit(epoch, channel, credit);
    }
  }

  /** The connection is lost: what no receiver has yet comes again. */
  void cut() {
    leaveChannel();
    forgetWaiting();
    assert valid() : this;
  }

  /** The last receiver has gone: what was not handled goes back to the broker. */
  void end() {
    if (channel != 0) {
      transport.bridge().stop(epoch, channel);
      leaveChannel();
    }
    forgetWaiting();
    here.clear();
    queue = null;
    assert valid() : this;
  }

  private void forgetWaiting() {
    if (queue != null) {
      for (Parcel parcel : queue.drain()) {
        here.remove(parcel.id());
      }
    }
  }

  void refused(IOException why) {
    if (queue != null) {
      queue.fail(() -> new IOException(why.getMessage(), why));
    }
    queue = null;
    leaveChannel();
    assert valid() : this;
  }

  private void leaveChannel() {
    transport.leaveChannel(channel);
    channel = 0;
  }

  /** Whether nobody receives here. */
  boolean isOver() {
    return queue == null;
  }

  void arrived(Arrival arrival) {
    assert channel != 0 && valid() : this + " hears of a channel that it has left";
    String id = arrival.id() == null ? "amqp-" + channel + "-" + arrival.tag() : arrival.id();
    Tag known = here.get(id);
    if (known != null) {
      transport.countDuplicate();
      if (known.channel == channel) {
        acknowledge(arrival.tag()); // published twice
      } else {
        known.move(arrival.tag());
      }
    } else if (handled.has(id)) {
      transport.countDuplicate();
      acknowledge(arrival.tag());
    } else if (arrival.body().length > limits.maxMessageBytes()) {
      acknowledge(arrival.tag());
      transport
          .scheduler()
          .reportFailure(
              "a message at " + address,
              new IOException(
                  "a message of "
                      + arrival.body().length
                      + " bytes was dropped: at most "
                      + limits.maxMessageBytes()));
    } else {
      Tag tag = new Tag(id, arrival.tag());
      here.put(id, tag);
      Objects.requireNonNull(queue, "a channel without a queue").add(parcel(id, tag, arrival));
    }
  }

  /** The invariant of the channel. */
  private boolean valid() {
    return channel == 0 || (queue != null && epoch == transport.epoch());
  }

  @Override
  public String toString() {
    return here.size() + " messages here at " + address + ", channel " + channel;
  }

  private Parcel parcel(String id, Tag tag, Arrival arrival) {
    byte[] body = arrival.body();
    boolean again = arrival.isRedelivered();
    String replyTo = arrival.replyTo();
    if (replyTo == null) {
      return new Parcel(address, id, body, again, tag);
    }
    String question = arrival.answerOf() == null ? id : arrival.answerOf();
    long deadline =
        arrival.leftMillis() == 0
            ? Long.MAX_VALUE
            : transport.scheduler().nanoTime()
                + Timers.saturatedNanos(Duration.ofMillis(arrival.leftMillis()));
    Answer answer = new Answer(replyTo, question);
    return new Parcel(address, id, body, again, tag, answer, deadline);
  }

  private void acknowledge(long tag) {
    transport.bridge().acknowledge(epoch, channel, tag);
  }

  /** By what a delivery is acknowledged. */
  final class Tag {
    private final String id;
    private long number;

    /** The channel by which it came last. */
    private long channel = Consumption.this.channel;

    Tag(String id, long number) {
      this.id = id;
      this.number = number;
    }

    /** It was delivered again while it is here. */
    private void move(long to) {
      number = to;
      channel = Consumption.this.channel;
    }

    /** Its handler has ended. If its channel is gone, the broker delivers it again. */
    void handled() {
      if (here.remove(id, this)) {
        boolean _ = handled.isNew(id);
        if (channel == Consumption.this.channel && channel != 0) {
          acknowledge(number);
        }
      }
    }
  }

  /** How a question is answered. */
  private final class Answer implements Parcel.Answer {
    private final String replyTo;
    private final String question;

    Answer(String replyTo, String question) {
      this.replyTo = replyTo;
      this.question = question;
    }

    @Override
    public void reply(byte[] answer) {
      transport.answer(replyTo, question, Wire.ANSWER, answer);
    }

    @Override
    public void fail(String why, boolean isLost) {
      byte[] text = why.getBytes(StandardCharsets.UTF_8);
      transport.answer(replyTo, question, isLost ? Wire.LOST : Wire.FAILURE, text);
    }
  }
}
