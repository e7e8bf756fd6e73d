package dev.heddle.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the load generator. Its lines carry the connection's number and their own, so
 * that a reply that belongs to another line, or to another connection, is found out.
 */
final class Client implements AutoCloseable {
  /** Room for the two numbers, a dot between them, and the newline. */
  static final int SHORTEST_LINE = 2 * 16 + 2;

  private static final byte[] GOT = {'G', 'O', 'T', ':'};
  private static final int PREFIX = GOT.length;
  private static final int DIGITS = 16;

  private final Load generator;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final Wire wire;
  private final ByteBuffer out;
  private final ByteBuffer in;

  /** How long a line is, with its newline. */
  private final int line;

  /** How long its reply is. */
  private final int reply;

  /** The next line to come back, behind {@code GOT:}; all but the number is always the same. */
  private final byte[] expected;

  private final ByteBuffer expectedBytes;

  /** When the lines in flight were sent, a ring. */
  private final long[] sentAt;

  private long sent;
  private long received;

  /** Whether something is left to write. */
  private boolean pending;

  /**
   * Connects.
   *
   * @param line the length of a line with its newline, at least {@link #SHORTEST_LINE}
   * @param tls null for a plain connection
   */
  Client(
      Load generator,
      Selector selector,
      InetSocketAddress server,
      int number,
      int pipelining,
      int line,
      @Nullable SSLContext tls)
      throws IOException {
    this.generator = generator;
    this.line = line;
    reply = PREFIX + line;
    expected = new byte[reply];
    expectedBytes = ByteBuffer.wrap(expected);
    sentAt = new long[pipelining];
    out = ByteBuffer.allocateDirect(line * pipelining).flip();
    Arrays.fill(expected, (byte) '.');
    System.arraycopy(GOT, 0, expected, 0, GOT.length);
    writeDigits(number, PREFIX + DIGITS + 1);
    expected[reply - 1] = '\n';
    channel = SocketChannel.open(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    wire = tls == null ? Wire.plain(channel) : new TlsWire(channel, tls);
    in = ByteBuffer.allocateDirect(reply * pipelining + wire.moreRoom());
    channel.configureBlocking(false);
    key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  /** Sends as many lines as may be in flight. */
  void fill() {
    try {
      send();
    } catch (IOException e) {
      lose();
    }
  }

  /** The selector has something for us. */
  void ready() {
    try {
      if (receive() < 0) {
        lose();
      } else {
        send();
      }
    } catch (IOException e) {
      lose();
    }
  }

  private void send() throws IOException {
    if (!out.hasRemaining() && generator.sending()) {
      out.clear();
      for (long room = sentAt.length - (sent - received); room > 0; room--) {
        writeDigits(sent, PREFIX);
        out.put(expected, PREFIX, line);
        sentAt[(int) (sent++ % sentAt.length)] = System.nanoTime();
        generator.sent();
      }
      out.flip();
    }
    if (out.hasRemaining() || pending) {
      pending = !wire.write(out);
      key.interestOps(
          pending ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }
  }

  /**
   * Sends a line that was due at that time; false if as many are in flight as may be. A lost
   * connection takes it, and answers nothing.
   */
  boolean offer(long due) {
    if (sent - received == sentAt.length) {
      return false;
    }
    try {
      writeDigits(sent, PREFIX);
      out.compact().put(expected, PREFIX, line).flip();
      sentAt[(int) (sent++ % sentAt.length)] = due;
      generator.sent();
      send();
    } catch (IOException | CancelledKeyException e) {
      lose();
    }
    return true;
  }

  private int receive() throws IOException {
    int count = wire.read(in);
    if (in.position() < reply) {
      return count;
    }
    long now = System.nanoTime();
    in.flip();
    while (in.remaining() >= reply) {
      writeDigits(received, PREFIX);
      boolean right = expectedBytes.mismatch(in.slice(in.position(), reply)) < 0;
      in.position(in.position() + reply);
      generator.received(now - sentAt[(int) (received++ % sentAt.length)], right);
    }
    in.compact();
    return count;
  }

  private void writeDigits(long number, int at) {
    long rest = number;
    for (int i = at + DIGITS - 1; i >= at; i--) {
      expected[i] = (byte) "0123456789abcdef".charAt((int) (rest & 15));
      rest >>>= 4;
    }
  }

  private void lose() {
    generator.lost((int) (sent - received));
    received = sent;
    out.clear().flip(); // nobody waits for it
    close();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // it is gone, which is what we want
    }
  }
}
