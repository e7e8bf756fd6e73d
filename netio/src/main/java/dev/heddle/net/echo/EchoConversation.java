package dev.heddle.net.echo;

import dev.heddle.net.Lines;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What an echo server and one client say to each other: {@code GOT:} and the line, for each line.
 *
 * <p>In every style the conversation is {@code while (await(hear())) await(answer())}. All lines
 * that have arrived together are answered together. Lines and answers go through buffers that all
 * connections share, so that a line costs no memory.
 */
final class EchoConversation {
  private static final byte[] PREFIX = "GOT:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TOO_LONG = "ERR line too long\n".getBytes(StandardCharsets.US_ASCII);
  private static final int DISCARD_SIZE = 8 * 1024;

  private final TcpSocket socket;
  private final Lines lines;

  // One event of each kind serves all lines, as the client is heard and answered in turn.
  private final YieldEvent<Boolean, IOException> hear;
  private final YieldEvent<Integer, IOException> answer;

  /** Where bytes go that nobody wants; null until there are such. */
  private @Nullable ByteBuffer discarded;

  EchoConversation(TcpSocket socket, int maxLineLength) {
    this.socket = socket;
    this.lines = new Lines(socket, maxLineLength);
    this.hear = lines.hasLine();
    this.answer = socket.send(PREFIX.length + maxLineLength + 1, this::compose);
  }

  /** Waits for a line; false at the end of the input. */
  YieldEvent<Boolean, IOException> hear() {
    return hear;
  }

  /** Answers the lines that have arrived. */
  YieldEvent<Integer, IOException> answer() {
    return answer;
  }

  /** As many answers as there are lines, and room for. */
  private void compose(ByteBuffer out) {
    int end = out.position();
    while (out.remaining() > PREFIX.length && lines.poll(out.put(PREFIX)) > 0) {
      end = out.position();
    }
    out.position(end); // takes back the prefix for which there was no line
  }

  /** Tells the client that its line is too long. */
  YieldEvent<Integer, IOException> refuse() {
    return socket.send(ByteBuffer.wrap(TOO_LONG));
  }

  /**
   * Receives a part of what the client still sends; negative at the end. To close with unread input
   * would reset the connection, and a reset can overtake the answer on its way to the client.
   */
  YieldEvent<Integer, IOException> discard() {
    if (discarded == null) {
      discarded = ByteBuffer.allocate(DISCARD_SIZE);
    }
    return socket.recv(discarded.clear());
  }
}
