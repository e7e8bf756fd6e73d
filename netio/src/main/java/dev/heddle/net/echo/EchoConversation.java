package dev.heddle.net.echo;

import dev.heddle.net.Connection;
import dev.heddle.net.SocketReader;
import dev.heddle.net.StreamSocket;
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
 * connections share, so that a line costs no memory unless it is a long one.
 */
final class EchoConversation {
  private static final byte[] PREFIX = "GOT:".getBytes(StandardCharsets.US_ASCII);

  /** The most bytes that are answered through the shared buffer. */
  private static final int MOST_SHARED = PREFIX.length + SocketReader.DEFAULT_LIMIT + 1;

  private final StreamSocket socket;
  private final SocketReader reader;

  // One event of each kind serves all lines, as the client is heard and answered in turn.
  private final YieldEvent<Boolean, IOException> hear;
  private @Nullable YieldEvent<Integer, IOException> answer; // made at the first line

  EchoConversation(Connection connection) {
    this.socket = connection.socket();
    this.reader = connection.reader();
    this.hear = reader.hasLine();
  }

  /** Waits for a line; false at the end of the input. */
  YieldEvent<Boolean, IOException> hear() {
    return hear;
  }

  /** Answers the lines that have arrived. */
  YieldEvent<Integer, IOException> answer() {
    int length = reader.lineLength();
    return length <= MOST_SHARED - PREFIX.length ? answerShared() : answerLong(length);
  }

  private YieldEvent<Integer, IOException> answerShared() {
    YieldEvent<Integer, IOException> made = answer;
    if (made == null) {
      made = socket.send(MOST_SHARED, this::compose);
      answer = made;
    }
    return made;
  }

  private YieldEvent<Integer, IOException> answerLong(int length) {
    ByteBuffer out = ByteBuffer.allocate(PREFIX.length + length).put(PREFIX);
    int polled = reader.poll(out);
    assert polled == length : polled + " bytes of " + length;
    return socket.send(out.flip());
  }

  /** As many answers as there are lines, and room for. */
  private void compose(ByteBuffer out) {
    int end = out.position();
    while (out.remaining() > PREFIX.length && reader.poll(out.put(PREFIX)) > 0) {
      end = out.position();
    }
    out.position(end); // takes back the prefix for which there was no line
  }
}
