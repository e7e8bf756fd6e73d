package dev.heddle.net;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * A channel and who waits for it: at most one event to read (or accept), and one to write (or
 * connect). The reactor attaches the endpoint to the channel's key.
 *
 * <p>Invariant: while an event waits, the selector is interested in its operation. The reverse need
 * not hold: when interest without a waiter first reports, it is dropped.
 */
final class Endpoint {
  private static final int READING = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;

  private final SelectableChannel channel;

  /** For messages: what the channel is, in front of its address. */
  private final String role;

  private final SocketAddress address;

  /** Set by the first use, which decides to which scheduler the channel belongs; null before. */
  private @Nullable Scheduler scheduler;

  /** The scheduler's; null as long as the scheduler is. */
  private @Nullable Reactor reactor;

  /** The channel's registration with the selector; null until the first wait. */
  private @Nullable SelectionKey key;

  /** The event that waits to read or accept; null if none does. */
  private @Nullable SocketEvent<?> reader;

  /** The event that waits to write or connect; null if none does. */
  private @Nullable SocketEvent<?> writer;

  /** Why the channel is closed; null while it is open. */
  private @Nullable String closedBecause;

  /** Whether it was closed because its time was over. */
  private boolean timedOut;

  Endpoint(SelectableChannel channel, String role, SocketAddress address) throws IOException {
    this.channel = channel;
    this.role = role;
    this.address = address;
    channel.configureBlocking(false);
  }

  /** Makes the channel the scheduler's, if it is nobody's, and gives the scheduler's reactor. */
  Reactor attach(Scheduler user) throws IOException {
    if (scheduler == null) {
      scheduler = user;
      reactor = Reactor.of(user);
    } else if (scheduler != user) {
      throw new SocketException(this + " belongs to " + scheduler + ", not to " + user);
    }
    if (closedBecause != null) {
      throw closedException();
    }
    return reactor();
  }

  private Reactor reactor() {
    Reactor mine = reactor;
    assert mine != null : "not attached";
    return mine;
  }

  /** A second event with the direction of this operation would have to wait its turn: refused. */
  void checkNobodyWaits(int operation) throws SocketException {
    SocketEvent<?> other = reads(operation) ? reader : writer;
    if (other != null) {
      throw new SocketException(
          "task '"
              + other.waiting().task().name()
              + "' waits already for "
              + other.describe()
              + "; one at a time");
    }
  }

  /** The event waits from now on, and is resumed when its operation is ready. */
  void await(SocketEvent<?> event) throws IOException {
    boolean reads = reads(event.operation());
    assert (reads ? reader : writer) == null : event + " is the second";
    addInterest(event.operation());
    if (reads) {
      reader = event;
    } else {
      writer = event;
    }
    reactor().waitBegins();
    assert valid();
  }

  /** The event does not wait any more. */
  void release(SocketEvent<?> event) {
    assert reader == event || writer == event : event + " does not wait";
    if (reader == event) {
      reader = null;
    } else {
      writer = null;
    }
    reactor().waitEnds();
    assert valid();
  }

  private static boolean reads(int operation) {
    return (operation & READING) != 0;
  }

  /** The selector's report, in the middle of a batch: makes tasks ready and does nothing else. */
  void noteReadiness(SelectionKey reported) {
    int ready;
    try {
      ready = reported.readyOps();
    } catch (CancelledKeyException e) {
      return; // a task has closed the channel since the poll began, and its waiters know
    }
    int unused = 0;
    if ((ready & READING) != 0) {
      unused |= resume(reader, READING);
    }
    if ((ready & ~READING) != 0) {
      unused |= resume(writer, ~READING);
    }
    if (unused != 0) {
      dropInterest(unused);
    }
    assert valid();
  }

  /** Returns the operations that nobody waits for. */
  private static int resume(@Nullable SocketEvent<?> event, int operations) {
    if (event == null) {
      return operations;
    }
    event.ready();
    return 0;
  }

  private void addInterest(int operation) throws IOException {
    SelectionKey registered = key;
    if (registered == null) {
      key = reactor().register(channel, operation, this);
    } else if ((registered.interestOps() & operation) == 0) {
      registered.interestOpsOr(operation);
    }
  }

  /** Called also when the end of the input was read, which would be reported at every poll. */
  void dropInterest(int operations) {
    SelectionKey registered = key;
    if (registered != null && registered.isValid()) {
      registered.interestOpsAnd(~operations);
    }
  }

  /** Gives a waiting reader a turn although the selector has reported nothing. */
  void resumeReader() {
    if (reader != null) {
      reader.ready();
    }
  }

  void clearDeadline(Timed timed) {
    if (scheduler != null) {
      scheduler.clearDeadline(timed);
    }
  }

  boolean isOpen() {
    return closedBecause == null;
  }

  /** Closes the channel because its time is over. */
  void timeOut() {
    timedOut = isOpen();
    close("its time is over");
  }

  /** Closes the channel. Events that wait fail with an error that gives the reason. */
  void close(String reason) {
    if (closedBecause != null) {
      return;
    }
    if (scheduler != null) {
      scheduler.checkInside("close");
    }
    closedBecause = reason;
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(this + " could not be closed: " + e.getMessage(), e);
    } finally {
      failWaiter(reader);
      failWaiter(writer);
    }
    assert waiting() == 0 : this + " is closed and somebody waits";
  }

  private void failWaiter(@Nullable SocketEvent<?> event) {
    if (event != null) {
      release(event);
      event.closed(closedException());
    }
  }

  /** The invariant. A closed channel has no interest, and its waiters are told at once. */
  private boolean valid() {
    return hasInterest(reader) && hasInterest(writer);
  }

  private boolean hasInterest(@Nullable SocketEvent<?> event) {
    SelectionKey registered = key;
    return event == null
        || (registered != null
            && (!registered.isValid() || (registered.interestOps() & event.operation()) != 0));
  }

  /** How many events wait here. */
  int waiting() {
    return (reader == null ? 0 : 1) + (writer == null ? 0 : 1);
  }

  private SocketException closedException() {
    String message = this + " is closed: " + closedBecause;
    return timedOut ? new SocketTimedOutException(message) : new SocketClosedException(message);
  }

  /** What the channel has thrown, with the address, and as a type that says who ended it. */
  IOException failed(IOException thrown) {
    return Addresses.explained(thrown, toString());
  }

  @Override
  public String toString() {
    return role + " " + Addresses.text(address);
  }
}
