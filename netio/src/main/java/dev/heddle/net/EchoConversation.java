package dev.heddle.net;

import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What an echo server and one client say to each other: {@code GOT:} and the line, for each line.
 *
 * <p>In every style the conversation is {@code while (await(hear())) await(answer())}. All lines
 * that came together are answered together. Both sides go through buffers that all connections
 * share, so that a line costs no memory; see {@link Reactor}. That is what makes these events too
 * sharp for the public: the answer must be made in the turn in which the line was heard, as the
 * styles here do.
 */
final class EchoConversation {
  private static final byte[] PREFIX = "GOT:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TOO_LONG = "ERR line too long\n".getBytes(StandardCharsets.US_ASCII);

  private final TcpSocket socket;
  private final LineBuffer lines;
  private final int maxReply;

  // One of each serves for all: the client is heard and answered in turn.
  private final Hear hear;
  private final Answer answer;

  EchoConversation(TcpSocket socket, int maxLineLength) {
    this.socket = socket;
    this.lines = new LineBuffer(socket, maxLineLength);
    this.maxReply = PREFIX.length + maxLineLength + 1;
    this.hear = new Hear();
    this.answer = new Answer();
  }

  /** Waits for a line; false at the end of the input. */
  YieldEvent<Boolean, IOException> hear() {
    return hear;
  }

  /** Answers what was heard. */
  YieldEvent<Integer, IOException> answer() {
    return answer;
  }

  /** Tells the client that its line is too long. */
  YieldEvent<Integer, IOException> refuse() {
    return socket.send(ByteBuffer.wrap(TOO_LONG));
  }

  /**
   * Reads what the client still sends, until it ends. To close with unread input would reset the
   * connection, and a reset can overtake the answer on its way to the client.
   */
  YieldEvent<Boolean, IOException> discard() {
    return new Discard();
  }

  private final class Hear extends SocketEvent<Boolean> {
    Hear() {
      super(socket.endpoint(), SelectionKey.OP_READ);
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      int length = lines.awaitLine(reactor, ready);
      if (!ready) {
        lines.keepRest(); // the budget of the turn may be used up, and others run before the answer
      }
      return length == LineBuffer.NOT_YET ? NOT_READY : (Boolean) (length > 0);
    }

    @Override
    public String describe() {
      return "a line from " + endpoint();
    }
  }

  private final class Answer extends SocketEvent<Integer> {
    /** What a short write has left, out of the shared buffer. */
    private @Nullable ByteBuffer rest;

    private int written;

    Answer() {
      super(socket.endpoint(), SelectionKey.OP_WRITE);
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      ByteBuffer reply = rest;
      if (!ready || reply == null) {
        reply = compose(reactor.output(maxReply));
        written = 0;
      }
      written += socket.write(reply);
      if (!reply.hasRemaining()) {
        rest = null;
        return written;
      }
      if (rest == null) {
        rest = ByteBuffer.allocate(reply.remaining()).put(reply).flip();
      }
      return NOT_READY;
    }

    /** As many replies as there are lines, and room for. */
    private ByteBuffer compose(ByteBuffer out) throws IOException {
      try {
        int length = lines.nextLine();
        while (length > 0 && out.remaining() >= PREFIX.length + length) {
          out.put(PREFIX);
          lines.moveTo(out, length);
          length = lines.nextLine();
        }
      } catch (LineTooLongException e) {
        // Those before it are answered first; the next hear() finds it again.
      }
      lines.keepRest();
      return out.flip();
    }

    @Override
    public String describe() {
      return "room to send to " + endpoint();
    }
  }

  private final class Discard extends SocketEvent<Boolean> {
    Discard() {
      super(socket.endpoint(), SelectionKey.OP_READ);
    }

    @Override
    @Nullable Object attempt(Reactor reactor, boolean ready) throws IOException {
      int count;
      do {
        count = socket.read(reactor.input());
      } while (count > 0 && socket.mayHaveMore());
      return count < 0 ? (Object) false : NOT_READY;
    }

    @Override
    public String describe() {
      return "the end of what " + endpoint() + " sends";
    }
  }
}
