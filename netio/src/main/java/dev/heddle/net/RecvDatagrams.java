package dev.heddle.net;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The event of {@link UdpSocket#recv()} and {@link UdpSocket#recvBatch}. */
final class RecvDatagrams<T> extends SocketEvent<T> {
  /** How many bytes one turn takes at the most, and one datagram more. */
  private static final int MOST_PER_TURN = 1 << 20;

  private final DatagramReceiver receiver;
  private final int most;
  private final Function<List<Datagram>, T> result;

  RecvDatagrams(DatagramReceiver receiver, int most, Function<List<Datagram>, T> result) {
    super(receiver.endpoint(), SelectionKey.OP_READ);
    this.receiver = receiver;
    this.most = most;
    this.result = result;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    if (ready) {
      receiver.beginBatch();
    }
    if (!receiver.mayTake()) {
      return NOT_READY;
    }
    Datagram first = receiver.next(reactor);
    if (first == null) {
      return NOT_READY;
    }
    return result.apply(most == 1 ? List.of(first) : batch(first, reactor));
  }

  /** All that are there, as far as one turn may take them. */
  private List<Datagram> batch(Datagram first, Reactor reactor) throws IOException {
    List<Datagram> batch = new ArrayList<>();
    int bytes = 0;
    Datagram next = first;
    while (next != null) {
      batch.add(next);
      bytes += next.data().remaining();
      next = batch.size() < most && bytes < MOST_PER_TURN ? nextOrNull(reactor) : null;
    }
    return batch;
  }

  /** What fails behind the first one must not lose those that were taken. */
  private @Nullable Datagram nextOrNull(Reactor reactor) {
    try {
      return receiver.next(reactor);
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public String describe() {
    return "a datagram at " + endpoint();
  }
}
