package dev.heddle.net;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link StreamSocket#closed}. The JDK tells of an end by giving it to a read, only.
 * So while nobody else reads, this one reads ahead, and keeps what it finds for the next reader.
 */
final class AwaitEnd extends SingleWaiterEvent<@Nullable Void, IOException> implements SocketWait {
  /** How many bytes are read ahead at the most. */
  static final int MOST_AHEAD = 64 * 1024;

  private final StreamSocket socket;

  AwaitEnd(StreamSocket socket) {
    this.socket = socket;
  }

  @Override
  @SuppressWarnings("NullAway") // null is the result
  protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
    Endpoint endpoint = socket.endpoint();
    if (socket.isOver()) {
      wake(null);
      return;
    }
    Reactor _ = endpoint.attach(scheduler);
    endpoint.checkNobodyWatches();
    if (endpoint.isReadByNobody() && socket.holdsInput() && socket.endsAhead(MOST_AHEAD)) {
      wake(null); // the end was here already, where the selector does not see it
    } else {
      endpoint.watch(this);
    }
  }

  @Override
  @SuppressWarnings("NullAway") // null is the result
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    Endpoint endpoint = socket.endpoint();
    boolean alone = endpoint.isReadByNobody();
    if (socket.isOver() || (alone && socket.endsAhead(MOST_AHEAD))) {
      endpoint.release(this);
      wake(null);
    } else if (alone && !socket.isFullAhead(MOST_AHEAD)) {
      endpoint.addInterest(SelectionKey.OP_READ);
    }
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    socket.endpoint().release(this);
    return true;
  }

  @Override
  public Waiter waiting() {
    Waiter waiter = waiter();
    assert waiter != null : this + " is waited for by nobody";
    return waiter;
  }

  @Override
  public int operation() {
    return SelectionKey.OP_READ;
  }

  @Override
  public void ready() {
    wakeToResume(waiting());
  }

  /** This side has closed: that is an end as well. */
  @Override
  @SuppressWarnings("NullAway") // null is the result
  public void closed(IOException why) {
    wake(null);
  }

  @Override
  public String describe() {
    return "the end of " + socket.endpoint();
  }
}
