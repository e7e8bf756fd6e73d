package dev.heddle.transport.amqp;

import dev.heddle.transport.Address;
import dev.heddle.transport.amqp.Wire.Publication;
import dev.heddle.transport.parts.Outgoing;
import dev.heddle.transport.parts.PutWindow;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What goes to one address. */
final class Lane implements PutWindow.Transmission {
  private final AmqpTransport transport;
  private final Address to;
  final PutWindow window;

  /** What waits until the broker has the address, in its order. */
  final ArrayDeque<Outgoing> unsent = new ArrayDeque<>();

  /** The connection by which the broker was asked for the address; 0 if it was not. */
  private int asking;

  /** The connection by which it is known that the broker has the address; 0 if it is not. */
  private int declared;

  Lane(AmqpTransport transport, Address to) {
    this.transport = transport;
    this.to = to;
    window = new PutWindow(to, transport.limits(), transport::nextId, this);
  }

  @Override
  public void transmit(Outgoing message) {
    if (message.isQuestion()) {
      transport.asked.put(message.id(), message);
    }
    if (isDeclared()) {
      send(message);
    } else {
      unsent.add(message);
      declare();
    }
    assert valid() : message;
  }

  private boolean isDeclared() {
    return transport.epoch() != 0 && declared == transport.epoch();
  }

  /** Asks for the address, if there is somebody to ask and something to send. */
  void declare() {
    if (transport.epoch() != 0 && asking != transport.epoch() && !unsent.isEmpty()) {
      asking = transport.epoch();
      transport.bridge().declare(transport.epoch(), to);
    }
  }

  void declared() {
    asking = transport.epoch();
    declared = transport.epoch();
    while (!unsent.isEmpty()) {
      send(unsent.poll());
    }
    assert valid() : to;
  }

  /** Invariant: nothing waits to be sent once the broker has the address. */
  private boolean valid() {
    return unsent.isEmpty() || !isDeclared();
  }

  /** It must be asked for again. */
  void forget() {
    asking = 0;
    declared = 0;
  }

  private void send(Outgoing message) {
    long left = 0;
    if (message.isQuestion()) {
      long nanos = message.deadlineNanos() - transport.scheduler().nanoTime();
      left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    }
    long number =
        transport.publish(
            new Publication(
                to.isTopic() ? transport.bridge().nameOf(to) : "",
                to.isTopic() ? "" : transport.bridge().nameOf(to),
                message.id(),
                message.body(),
                null,
                message.isQuestion() ? message.id() : null,
                left));
    message.setNumber(number);
    transport.published.put(number, message);
  }

  /** A cut: it was under way, and goes first. */
  void takeBack(Outgoing message) {
    assert !isDeclared() : message + " is taken back although there is a connection";
    message.setRepeated();
    unsent.addFirst(message);
  }

  /** The message is at the broker, or failed; a question goes on until its answer. */
  void left(Outgoing message) {
    if (!message.isQuestion()) {
      window.giveRoom();
    }
  }

  @Override
  public void abandoned(Outgoing question) {
    if (transport.asked.remove(question.id()) != null) {
      transport.published.remove(question.number(), question);
      unsent.remove(question);
      window.giveRoom();
    }
  }

  void over(Outgoing question) {
    if (transport.asked.remove(question.id()) != null) {
      window.giveRoom();
    }
  }

  /** What waits here, or comes to wait meanwhile, fails. */
  void fail(Supplier<? extends IOException> why) {
    window.refuse(why);
    for (Outgoing message = unsent.poll(); message != null; message = unsent.poll()) {
      message.failed(why.get());
      over(message);
      left(message);
    }
  }

  void refused(IOException why) {
    forget();
    fail(() -> new IOException(why.getMessage(), why));
    window.accept(); // the next put asks again
  }
}
