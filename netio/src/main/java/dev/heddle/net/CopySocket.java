package dev.heddle.net;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * The event of {@link StreamSocket#copyTo}. It keeps the reader's place of the one socket and the
 * writer's place of the other for its whole wait, and is interested in one of both at a time: in
 * room while bytes are left to send, else in input.
 *
 * <pre>
 *   reading --short write--> writing --all written--> reading --end of input--> over
 * </pre>
 */
final class CopySocket extends SingleWaiterEvent<Long, IOException> {
  private final StreamSocket source;
  private final StreamSocket target;
  private final Side reads;
  private final Side writes;

  /** What was received and is not sent yet; null while reading. */
  private @Nullable ByteBuffer rest;

  /** How many bytes this wait has sent. */
  private long sent;

  /** Whether the end of the input was read; what came before it may still be on its way. */
  private boolean ended;

  CopySocket(StreamSocket source, StreamSocket target) {
    this.source = source;
    this.target = target;
    this.reads = new Side(SelectionKey.OP_READ);
    this.writes = new Side(SelectionKey.OP_WRITE);
  }

  /** This event in the place of a reader, or of a writer. */
  private final class Side implements SocketWait {
    private final int direction;
    private boolean wanted;

    Side(int direction) {
      this.direction = direction;
    }

    @Override
    public Waiter waiting() {
      Waiter waiter = waiter();
      assert waiter != null : describe() + " is waited for by nobody";
      return waiter;
    }

    @Override
    public String describe() {
      return CopySocket.this.describe();
    }

    @Override
    public int operation() {
      return wanted ? direction : 0;
    }

    @Override
    public void ready() {
      wakeToResume(waiting());
    }

    @Override
    public void closed(IOException why) {
      Side other = this == reads ? writes : reads;
      endpointOf(other).release(other);
      keepRest();
      fail(why);
    }
  }

  private Endpoint endpointOf(Side side) {
    return (side == reads ? source : target).endpoint();
  }

  @Override
  protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
    Endpoint from = source.endpoint();
    Endpoint to = target.endpoint();
    Reactor reactor = from.attach(scheduler);
    Reactor _ = to.attach(scheduler);
    from.checkHalf(SelectionKey.OP_READ);
    to.checkHalf(SelectionKey.OP_WRITE);
    from.checkNobodyWaits(SelectionKey.OP_READ);
    to.checkNobodyWaits(SelectionKey.OP_WRITE);
    sent = 0;
    ended = false;
    reads.wanted = false;
    writes.wanted = false;
    if (copy(reactor)) {
      wake(sent);
      return;
    }
    from.await(reads, true);
    to.await(writes, false);
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter waiter) {
    try {
      if (copy(source.endpoint().reactor())) {
        release();
        wake(sent);
      }
    } catch (IOException failure) {
      release();
      fail(failure);
    } catch (RuntimeException | Error fault) {
      release();
      failWith(fault);
    }
  }

  private void release() {
    reads.wanted = false;
    writes.wanted = false;
    source.endpoint().release(reads);
    target.endpoint().release(writes);
  }

  /** Copies until one of both has to wait, or the turn has had enough. True at the end. */
  private boolean copy(Reactor reactor) throws IOException {
    boolean over = false;
    boolean enough = false;
    try {
      for (long until = sent + SocketBytes.MOST_PER_TURN; !over && !enough && hasRoom(); ) {
        if (ended) {
          over = true;
        } else if (sent >= until) {
          enough = true;
        } else if (read(reactor) == 0) {
          break;
        }
      }
    } catch (IOException | RuntimeException | Error failure) {
      keepRest();
      throw failure;
    }
    if (!over) {
      want();
      if (enough && source.holdsInput()) {
        wakeToResume(reads.waiting()); // the selector knows nothing of that input
      }
    }
    return over;
  }

  /** Whether all that was received is sent; sends what there is room for. */
  private boolean hasRoom() throws IOException {
    ByteBuffer left = rest;
    if (left != null) {
      sent += target.writeNow(left);
      if (left.hasRemaining()) {
        return false;
      }
      rest = null;
    }
    return target.isFlushed();
  }

  /** Reads into the shared buffer and writes from there; what is not taken moves to the rest. */
  private int read(Reactor reactor) throws IOException {
    ByteBuffer input = reactor.input();
    int count = source.read(input);
    ended = count < 0;
    if (count > 0) {
      input.flip();
      try {
        sent += target.writeNow(input);
      } finally {
        if (input.hasRemaining()) {
          rest = ByteBuffer.allocate(input.remaining()).put(input).flip();
        }
      }
    }
    return count;
  }

  private void want() throws IOException {
    writes.wanted = rest != null || ended || !target.isFlushed();
    reads.wanted = !writes.wanted;
    Side side = writes.wanted ? writes : reads;
    endpointOf(side).addInterest(side.direction);
  }

  /** The wait is over: what was received and not sent is for the next who receives. */
  private void keepRest() {
    ByteBuffer left = rest;
    rest = null;
    if (left != null) {
      source.unread(left);
    }
  }

  @Override
  protected boolean undo(Scheduler scheduler, Waiter waiter) {
    release();
    keepRest();
    return true;
  }

  @Override
  public String describe() {
    return "all from " + source.endpoint() + ", to be sent to " + target.endpoint();
  }
}
