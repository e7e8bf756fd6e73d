package dev.heddle.net;

import dev.heddle.jfr.Flight;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A channel and who waits for it: at most one event to read (or accept), one to write (or connect),
 * and one that watches for the end. The reactor attaches the endpoint to the channel's key.
 *
 * <pre>
 *   nobody's --first use--> a scheduler's --close--> closed
 *      |                         '--close, while output is on its way--> lingering --> closed
 *      '--the scheduler that made it ends--> closed
 * </pre>
 *
 * <p>This file is long because the rules of who may wait, who is told, and who closes are together.
 *
 * <p>Invariant: while an event waits to read or write, the selector is interested in its operation.
 * The reverse need not hold: when interest without a waiter first reports, it is dropped.
 */
final class Endpoint {
  private static final int READING = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;

  /** What an endpoint that was closed does with its input until the peer has ended, too. */
  interface Lingerer {
    /** There is input, or its end. Returns false when there is nothing more to wait for. */
    boolean discard();

    /** The channel is closed now. */
    void ended();
  }

  /** What was taken to be sent and goes when there is room, although no task waits for that. */
  interface Unsent {
    /** Whether something is left. */
    boolean isLeft();

    /** Sends what there is room for. */
    void send() throws IOException;
  }

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
  private @Nullable SocketWait reader;

  /** The event that waits to write or connect; null if none does. */
  private @Nullable SocketWait writer;

  /** The event that waits for the end of the connection; null if none does. */
  private @Nullable SocketWait watcher;

  /**
   * The reactor of the scheduler that made the channel, as long as no scheduler has used it; else
   * null.
   */
  private @Nullable Reactor keeper;

  /** What is done before the channel is closed, by whomever; null if nothing. */
  private @Nullable Runnable beforeClose;

  /** Why the channel is closed; null while it is open. Any thread may read it. */
  private volatile @Nullable String closedBecause;

  /** Reads what still comes after the close; null unless the endpoint lingers. */
  private @Nullable Lingerer lingerer;

  /** What the channel has thrown last; null if nothing. */
  private @Nullable IOException failure;

  /** Of encrypted connections; null otherwise. */
  private @Nullable Unsent unsent;

  /** The operations of the halves that are closed, of a socket that is open. */
  private int closedHalves;

  /** Whether it was closed because its time was over. */
  private boolean timedOut;

  Endpoint(SelectableChannel channel, String role, SocketAddress address) throws IOException {
    this.channel = channel;
    this.role = role;
    this.address = address;
    channel.configureBlocking(false);
  }

  /** What is to be done when the channel is closed. */
  void beforeClose(Runnable action) {
    beforeClose = action;
  }

  /** Until some scheduler uses the channel, the one that made it closes it at its own end. */
  void keptBy(Reactor maker) {
    keeper = maker;
    maker.keep(this);
  }

  /** Makes the channel the scheduler's, if it is nobody's, and gives the scheduler's reactor. */
  Reactor attach(Scheduler user) throws IOException {
    if (scheduler != user && isOpen()) {
      claim(user);
    }
    if (!isOpen()) {
      throw closedException();
    }
    return reactor();
  }

  private void claim(Scheduler user) throws IOException {
    if (scheduler != null) {
      throw new SocketException(this + " belongs to " + scheduler + ", not to " + user);
    }
    Reactor mine = Reactor.of(user);
    Reactor maker = keeper;
    if (maker != null && !maker.letGo(this)) {
      throw new SocketClosedException(this + " is closed: its scheduler has ended");
    }
    keeper = null;
    key = mine.register(channel, 0, this); // so that the reactor knows what to close at its end
    reactor = mine;
    scheduler = user;
    mine.count(channel, 1);
  }

  /** The scheduler whose the channel is; null before the first use. */
  @Nullable Scheduler scheduler() {
    return scheduler;
  }

  /** The scheduler's reactor; the endpoint must have been used. */
  Reactor reactor() {
    Reactor mine = reactor;
    assert mine != null : "not attached";
    return mine;
  }

  /** A second event with the direction of this operation would have to wait its turn: refused. */
  void checkNobodyWaits(int operation) throws SocketException {
    checkFree(reads(operation) ? reader : writer);
  }

  private static void checkFree(@Nullable SocketWait other) throws SocketException {
    if (other != null) {
      throw new SocketException(
          "task '"
              + other.waiting().task().name()
              + "' waits already for "
              + other.describe()
              + "; one at a time");
    }
  }

  /** Fails if the half of the socket with this operation is closed. */
  void checkHalf(int operation) throws SocketClosedException {
    if (isHalfClosed(operation)) {
      throw halfClosed(operation);
    }
  }

  boolean isHalfClosed(int operation) {
    return (closedHalves & operation) != 0;
  }

  /** Nobody receives, or sends, from now on; who waits to is told. */
  void closeHalf(int operation) {
    checkInside("close");
    closedHalves |= operation;
    SocketWait waits = reads(operation) ? reader : writer;
    if (waits != null) {
      release(waits);
      waits.closed(halfClosed(operation));
    }
    assert (reads(operation) ? reader : writer) == null : this + " is waited for at a closed half";
  }

  private SocketClosedException halfClosed(int operation) {
    String half = reads(operation) ? "read" : "write";
    return new SocketClosedException(this + ": its " + half + " half is closed");
  }

  /** What is left of an earlier write goes when there is room, whoever waits or not. */
  void sends(Unsent rest) {
    unsent = rest;
  }

  /** The event waits from now on, and is resumed when its operation is ready. */
  void await(SocketWait event) throws IOException {
    await(event, reads(event.operation()));
  }

  /** The same for a wait that keeps its place also while it waits for something else. */
  void await(SocketWait event, boolean reads) throws IOException {
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

  /** Refuses a second watcher. */
  void checkNobodyWatches() throws SocketException {
    checkFree(watcher);
  }

  /** The event waits for the end of the connection, and is resumed whenever there is input. */
  void watch(SocketWait event) throws IOException {
    assert watcher == null : event + " is the second";
    addInterest(event.operation());
    watcher = event;
    reactor().waitBegins();
    assert valid();
  }

  /** Whether no event waits to read. */
  boolean isReadByNobody() {
    return reader == null;
  }

  /** Whether no event waits to write. */
  boolean isWrittenByNobody() {
    return writer == null;
  }

  /** The end, or room to look for it further ahead: the watcher has a look in its next turn. */
  void resumeWatcher() {
    if (watcher != null) {
      watcher.ready();
    }
  }

  /** The event does not wait any more. */
  void release(SocketWait event) {
    assert reader == event || writer == event || watcher == event : event + " does not wait";
    if (reader == event) {
      reader = null;
    } else if (writer == event) {
      writer = null;
    } else {
      watcher = null;
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
    if (lingerer != null) {
      reactor().noteWork(this);
      return;
    }
    int unused = 0;
    if ((ready & READING) != 0) {
      unused |= resume(reader == null ? watcher : reader, READING);
    }
    if ((ready & ~READING) != 0) {
      if (sendsAlone()) {
        reactor().noteWork(this);
      } else {
        unused |= resume(writer, ~READING);
      }
    }
    if (unused != 0) {
      dropInterest(unused);
    }
    assert valid();
  }

  /** Whether something is to be sent and no task does it. */
  private boolean sendsAlone() {
    boolean nobody = writer == null || writer.operation() == 0;
    return nobody && unsent != null && unsent.isLeft();
  }

  /** What the report of a poll asks for and no task does: called by the reactor, after its poll. */
  void work() {
    if (lingerer != null) {
      discardInput();
    } else if (isOpen() && sendsAlone()) {
      Unsent rest = unsent;
      assert rest != null : "checked above";
      try {
        rest.send();
      } catch (IOException e) {
        dropInterest(~READING); // the next one who sends or receives is told
      }
    }
  }

  /** Returns the operations that nobody waits for. */
  private static int resume(@Nullable SocketWait event, int operations) {
    if (event == null || event.operation() == 0) {
      return operations;
    }
    event.ready();
    return 0;
  }

  /** The selector reports this operation from now on. */
  void addInterest(int operation) {
    SelectionKey registered = key;
    assert registered != null : "not attached";
    if ((registered.interestOps() & operation) != operation) {
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

  /** The pause of a listener is over: who waits to accept tries again. */
  void resumeAccepting() {
    SocketWait waits = reader;
    if (waits != null) {
      SelectionKey registered = key;
      if (registered != null && registered.isValid()) {
        registered.interestOpsOr(SelectionKey.OP_ACCEPT);
      }
      waits.ready();
    }
  }

  /** Gives a waiting reader a turn although the selector has reported nothing. */
  void resumeReader() {
    if (reader != null) {
      reader.ready();
    }
  }

  /** The deadline is not needed any more. */
  void clearDeadline(Timed timed) {
    if (scheduler != null) {
      scheduler.clearDeadline(timed);
    }
  }

  boolean isOpen() {
    return closedBecause == null;
  }

  /** Fails if the caller is not inside of the scheduler whose the channel is. */
  void checkInside(String call) {
    if (scheduler != null) {
      scheduler.checkInside(call);
    }
  }

  /** Closes the channel because the deadline that was set for it has passed. */
  void timeOut() {
    timeOut("its time is over");
  }

  /** The same, with the reason that users are told. */
  void timeOut(String why) {
    timedOut = isOpen();
    close(why);
  }

  /** Closes the channel. Events that wait fail with an error that gives the reason. */
  void close(String reason) {
    if (!isOpen()) {
      return;
    }
    checkInside("close");
    try {
      closeNow(reason);
    } catch (IOException e) {
      throw new UncheckedIOException(this + " could not be closed: " + e.getMessage(), e);
    }
  }

  /**
   * Closes the endpoint for all who use it. The channel stays open until the lingerer has seen the
   * end of the input, or {@link #endLingering} is called.
   */
  void linger(String reason, Lingerer reads) {
    assert isOpen() && scheduler != null : this + " cannot linger";
    noteClosed(reason);
    failWaiters();
    assert waiting() == 0 && lingerer == null : this + " lingers and somebody waits";
    lingerer = reads;
    reactor().lingers(this);
    dropInterest(~READING); // there is room all the time, and nothing to send
    addInterest(SelectionKey.OP_READ);
  }

  /** Something has come at a lingering channel. */
  private void discardInput() {
    Lingerer reads = lingerer;
    if (reads != null && !reads.discard()) {
      endLingering(reads);
    }
  }

  /** Closes the channel of a lingering endpoint; does nothing otherwise. */
  void endLingering() {
    Lingerer reads = lingerer;
    if (reads != null) {
      boolean _ = reads.discard(); // unread input would turn the close into a reset
      endLingering(reads);
    }
  }

  private void endLingering(Lingerer reads) {
    lingerer = null;
    reactor().lingersNoMore(this);
    reads.ended();
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(this + " could not be closed: " + e.getMessage(), e);
    }
  }

  /** The scheduler ends, and with it the channel: called by the reactor. */
  void schedulerEnded() throws IOException {
    if (lingerer != null) {
      boolean _ = lingerer.discard(); // unread input would turn the close into a reset
      lingerer = null;
      channel.close();
    } else if (isOpen()) {
      closeNow("its scheduler has ended");
    }
  }

  private void noteClosed(String reason) {
    closedBecause = reason;
    if (reactor != null) {
      reactor.count(channel, -1);
    }
    if (channel instanceof SocketChannel) {
      Flight.closed(this, failure == null ? reason : reason + "; before: " + failure);
    }
  }

  private void closeNow(String reason) throws IOException {
    noteClosed(reason);
    try {
      if (keeper != null) {
        boolean _ = keeper.letGo(this);
      }
      if (beforeClose != null) {
        beforeClose.run();
      }
      channel.close();
    } finally {
      failWaiters();
    }
    assert waiting() == 0 : this + " is closed and somebody waits";
  }

  private void failWaiters() {
    failWaiter(reader);
    failWaiter(writer);
    failWaiter(watcher);
  }

  private void failWaiter(@Nullable SocketWait event) {
    if (event != null) {
      release(event);
      event.closed(closedException());
    }
  }

  /**
   * Gives the descriptor of the closed channel back at once. Else the selector keeps it until its
   * next poll.
   */
  void releaseDescriptor() {
    if (reactor != null && !isOpen()) {
      reactor.poll(0);
    }
  }

  /** The invariant. A closed channel has no interest, and its waiters are told at once. */
  private boolean valid() {
    return hasInterest(reader) && hasInterest(writer);
  }

  private boolean hasInterest(@Nullable SocketWait event) {
    SelectionKey registered = key;
    return event == null
        || event.operation() == 0
        || (registered != null
            && (!registered.isValid() || (registered.interestOps() & event.operation()) != 0));
  }

  /** How many events wait here. */
  int waiting() {
    return (reader == null ? 0 : 1) + (writer == null ? 0 : 1) + (watcher == null ? 0 : 1);
  }

  /** Fails if somebody waits to write: what then? */
  void checkNobodyWrites(String call) throws SocketException {
    if (writer != null) {
      throw new SocketException(
          call
              + ": task '"
              + writer.waiting().task().name()
              + "' waits for "
              + writer.describe()
              + "; let the send end first, or close the socket");
    }
  }

  /** What is thrown at those who use the closed channel. */
  SocketException closedException() {
    String message = this + " is closed: " + closedBecause;
    return timedOut ? new SocketTimedOutException(message) : new SocketClosedException(message);
  }

  /** What the channel has thrown, with the address, and as a type that says who ended it. */
  IOException failed(IOException thrown) {
    failure = thrown;
    return Addresses.explained(thrown, toString());
  }

  @Override
  public String toString() {
    return role + " " + Addresses.text(address);
  }
}
