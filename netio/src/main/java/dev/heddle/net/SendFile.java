package dev.heddle.net;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** The event of {@link StreamSocket#sendFile}. */
final class SendFile extends SocketEvent<Long> {
  private final StreamSocket socket;
  private final FileChannel file;
  private final long position;
  private final long count;

  /** How many bytes this wait has sent so far. */
  private long sent;

  SendFile(StreamSocket socket, FileChannel file, long position, long count) {
    super(socket.endpoint(), SelectionKey.OP_WRITE);
    this.socket = socket;
    this.file = file;
    this.position = position;
    this.count = count;
  }

  @Override
  @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
    if (!ready) {
      sent = 0;
    }
    long wanted = Math.min(count - sent, SocketBytes.MOST_PER_TURN);
    if (wanted > 0) {
      sent += transfer(wanted);
    }
    return sent == count && socket.isFlushed() ? (Long) sent : NOT_READY;
  }

  /** In an interrupted thread the JDK would close the file. */
  private long transfer(long wanted) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      checkLength(wanted);
      return socket.writeNow(file, position + sent, wanted);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void checkLength(long wanted) throws IOException {
    long size = file.size();
    if (position + sent + wanted > size) {
      throw new EOFException(
          "the file to send to "
              + endpoint()
              + " has "
              + size
              + " bytes: it ends before the "
              + (position + count)
              + " that are wanted");
    }
  }

  @Override
  public String describe() {
    return "room to send " + (count - sent) + " bytes of a file to " + endpoint();
  }
}
