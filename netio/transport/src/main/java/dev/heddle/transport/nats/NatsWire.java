package dev.heddle.transport.nats;

import dev.heddle.net.SocketReader;
import dev.heddle.net.SocketWriter;
import dev.heddle.net.StreamSocket;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.TlsOptions;
import dev.heddle.net.TlsSocket;
import dev.heddle.scheduler.Awaiter;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One connection to a server: what is said first, lines and messages. */
final class NatsWire {
  /** How long headers may be beside a message's body. */
  static final int MOST_HEADERS = 4_096;

  /** A message, with what follows its line. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares it
  record Message(String subject, @Nullable String reply, String headers, byte[] body) {}

  private final StreamSocket socket;
  private final SocketReader reader;
  private final SocketWriter writer;
  private final int most;

  private NatsWire(StreamSocket socket, SocketReader reader, int most) {
    this.socket = socket;
    this.reader = reader;
    this.writer = new SocketWriter(socket);
    this.most = most;
  }

  StreamSocket socket() {
    return socket;
  }

  SocketWriter writer() {
    return writer;
  }

  /** Connects, and introduces itself. */
  static NatsWire open(Awaiter co, SocketAddress to, NatsOptions options)
      throws IOException, TimeoutException {
    TcpSocket tcp = co.await(TcpSocket.connect(to).within(options.connectTimeout()));
    boolean done = false;
    try {
      SocketReader plain = new SocketReader(tcp, NatsLine.LONGEST);
      int most = options.limits().maxMessageBytes() + MOST_HEADERS;
      String first =
          co.await(plain.readLine(StandardCharsets.UTF_8).within(options.connectTimeout()));
      if (first == null || !(NatsLine.parse(first, most) instanceof NatsLine.Info info)) {
        throw new ProtocolException(to + " does not say INFO first: no NATS server");
      }
      long payload = NatsText.number(info.json(), "max_payload", 1 << 20);
      if (payload < most) {
        throw new ProtocolException(
            "maxMessageBytes is "
                + options.limits().maxMessageBytes()
                + ": must be 1 to "
                + (payload - MOST_HEADERS)
                + ", as the server takes "
                + payload
                + " with headers");
      }
      TlsOptions tls = options.tls();
      StreamSocket socket = tls == null ? tcp : co.await(TlsSocket.client(tcp, tls));
      SocketReader reader = tls == null ? plain : new SocketReader(socket, NatsLine.LONGEST);
      NatsWire wire = new NatsWire(socket, reader, most);
      int _ = co.await(wire.writer.write(NatsText.utf8(hello(options) + "PING\r\n")));
      int _ = co.await(wire.writer.flush());
      wire.awaitPong(co, options);
      done = true;
      return wire;
    } finally {
      if (!done) {
        tcp.close();
      }
    }
  }

  private static String hello(NatsOptions options) {
    String login =
        options.user() == null
            ? ""
            : ",\"user\":"
                + NatsText.quoted(options.user())
                + ",\"pass\":"
                + NatsText.quoted(String.valueOf(options.password()));
    return "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,"
        + "\"echo\":true,\"lang\":\"heddle\",\"version\":\"0.1\",\"protocol\":1"
        + login
        + "}\r\n";
  }

  private void awaitPong(Awaiter co, NatsOptions options) throws IOException, TimeoutException {
    while (true) {
      String line =
          co.await(reader.readLine(StandardCharsets.UTF_8).within(options.connectTimeout()));
      if (line == null) {
        throw new EOFException(socket + " has ended");
      }
      switch (NatsLine.parse(line, most)) {
        case NatsLine.Pong _ -> {
          return;
        }
        case NatsLine.Err err -> throw new IOException("the NATS server refuses: " + err.text());
        default -> {}
      }
    }
  }

  /** The next line; a message has still to be read. */
  NatsLine next(Awaiter co) throws IOException {
    String line = co.await(reader.readLine(StandardCharsets.UTF_8));
    if (line == null) {
      throw new EOFException(socket + " has ended");
    }
    return NatsLine.parse(line, most);
  }

  /** What follows the line of a message. */
  Message message(Awaiter co, NatsLine.Msg line) throws IOException {
    byte[] all = co.await(reader.readExactly(line.bytes() + 2));
    if (all == null) {
      throw new EOFException(socket + " has ended in a message");
    }
    int end = all.length - 2;
    if (all[end] != '\r' || all[end + 1] != '\n') {
      throw new ProtocolException(
          "a message of " + line.bytes() + " bytes does not end where it should");
    }
    String headers = new String(all, 0, line.headerBytes(), StandardCharsets.UTF_8);
    byte[] body = java.util.Arrays.copyOfRange(all, line.headerBytes(), end);
    return new Message(line.subject(), line.reply(), headers, body);
  }
}
