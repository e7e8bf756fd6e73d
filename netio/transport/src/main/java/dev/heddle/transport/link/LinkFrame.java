package dev.heddle.transport.link;

import dev.heddle.transport.Address;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.parts.FieldReader;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * What goes over a connection of a link: a length in four bytes, a type in one, and the fields.
 *
 * <p>Only {@link Numbered} frames are sent again after a cut.
 */
@SuppressWarnings({"ArrayRecordComponent", "EnumOrdinal"}) // bytes that nobody compares; numbers of
// constants are those of the protocol
sealed interface LinkFrame {
  /** The bytes of a frame beside a message's body: names, ids, numbers. */
  int OVERHEAD = 1_000;

  /** The longest text of a reason. */
  int MOST_TEXT = 4_000;

  int MAGIC = 0x48444c31; // HDL1
  int MOST_ID = 100;

  /**
   * The first frame of each side.
   *
   * @param session the link that the connection is for; chosen by the side that connects
   * @param instance who speaks: a link that has lost its memory has another one
   * @param peer whom it knows as the other side; zero at first
   * @param received how many numbered frames it has received
   */
  record Hello(UUID session, UUID instance, UUID peer, long received, int window, int maxBytes)
      implements LinkFrame {}

  /** So many numbered frames were received; also sent when nothing else is, as a sign of life. */
  record Received(long count) implements LinkFrame {}

  /** The connection is refused, and why. */
  record Refused(String why) implements LinkFrame {}

  /** The link was closed by the other side. */
  record Bye() implements LinkFrame {}

  /** A frame that is received once and in order, whatever happens to connections. */
  record Numbered(long number, Content content) implements LinkFrame {}

  /** What numbered frames say. */
  sealed interface Content {}

  /**
   * A message.
   *
   * @param deadlineNanos how much time is left for the answer of a question; 0 if it is none
   */
  record Message(
      long number, Address to, String id, boolean redelivered, long deadlineNanos, byte[] body)
      implements Content {}

  /** A message is over. */
  record Handled(long number) implements Content {}

  /** The answer of a question. */
  record Answer(long number, Status status, byte[] body) implements Content {}

  /** What kind of answer it is. */
  enum Status {
    ANSWERED,
    FAILED,
    LOST
  }

  /** The receivers of an address were lost. */
  record Lost(Address at, String reason) implements Content {}

  /** An address whose receivers were lost has one again. */
  record Found(Address at) implements Content {}

  /** The frame with its length in front. */
  static byte[] encode(LinkFrame frame) {
    ByteBuffer out = ByteBuffer.allocate(sizeOf(frame)).putInt(0);
    switch (frame) {
      case Hello hello -> {
        out.put((byte) 1).putInt(MAGIC);
        put(out, hello.session);
        put(out, hello.instance);
        put(out, hello.peer);
        out.putLong(hello.received).putInt(hello.window).putInt(hello.maxBytes);
      }
      case Received received -> out.put((byte) 2).putLong(received.count);
      case Refused refused -> put(out.put((byte) 3), refused.why, MOST_TEXT);
      case Bye _ -> out.put((byte) 4);
      case Numbered numbered -> {
        out.put((byte) 5).putLong(numbered.number);
        put(out, numbered.content);
      }
    }
    byte[] bytes = new byte[out.position()];
    out.putInt(0, bytes.length - 4).flip().get(bytes);
    return bytes;
  }

  private static int sizeOf(LinkFrame frame) {
    if (!(frame instanceof Numbered numbered)) {
      return MOST_TEXT + OVERHEAD;
    }
    return OVERHEAD
        + switch (numbered.content) {
          case Message message -> message.body.length;
          case Answer answer -> answer.body.length;
          case Lost _ -> MOST_TEXT;
          case Handled _, Found _ -> 0;
        };
  }

  private static void put(ByteBuffer out, Content content) {
    switch (content) {
      case Message message -> {
        out.put((byte) 1).putLong(message.number);
        put(out, message.to);
        put(out, message.id, MOST_ID);
        out.put((byte) (message.redelivered ? 1 : 0)).putLong(message.deadlineNanos);
        out.put(message.body);
      }
      case Handled handled -> out.put((byte) 2).putLong(handled.number);
      case Answer answer ->
          out.put((byte) 3)
              .putLong(answer.number)
              .put((byte) answer.status.ordinal())
              .put(answer.body);
      case Lost lost -> {
        put(out.put((byte) 4), lost.at);
        put(out, lost.reason, MOST_TEXT);
      }
      case Found found -> put(out.put((byte) 5), found.at);
    }
  }

  private static void put(ByteBuffer out, UUID id) {
    out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private static void put(ByteBuffer out, Address address) {
    put(out.put((byte) address.kind().ordinal()), address.name(), Address.MOST_CHARS);
  }

  private static void put(ByteBuffer out, String text, int most) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, most);
    out.putShort((short) length).put(bytes, 0, length);
  }

  /** How long a frame may be, without its length. */
  static int longest(TransportLimits limits) {
    return Math.max(limits.maxMessageBytes(), MOST_TEXT) + OVERHEAD;
  }

  /**
   * The frame of these bytes, without its length.
   *
   * @throws ProtocolException if it is none
   */
  static LinkFrame decode(byte[] bytes, TransportLimits limits) throws ProtocolException {
    FieldReader in = new FieldReader("frame of a link", bytes);
    LinkFrame frame =
        switch (in.number("type", 1, 5)) {
          case 1 -> hello(in);
          case 2 -> new Received(in.large("count"));
          case 3 -> new Refused(in.text("reason", MOST_TEXT));
          case 4 -> new Bye();
          default -> new Numbered(in.large("number"), content(in, limits));
        };
    in.end();
    return frame;
  }

  private static Hello hello(FieldReader in) throws ProtocolException {
    int magic = in.count("magic", Integer.MIN_VALUE, Integer.MAX_VALUE);
    if (magic != MAGIC) {
      throw in.refused(
          "magic", "0x%08x: must be 0x%08x, the peer is no link".formatted(magic, MAGIC));
    }
    return new Hello(
        id(in, "session"),
        id(in, "instance"),
        id(in, "peer"),
        in.large("received"),
        in.count("window", 1, Integer.MAX_VALUE),
        in.count("maxMessageBytes", 1, Integer.MAX_VALUE));
  }

  private static Content content(FieldReader in, TransportLimits limits) throws ProtocolException {
    return switch (in.number("content", 1, 5)) {
      case 1 -> {
        long number = in.large("message number");
        Address to = address(in);
        String id = in.text("id", MOST_ID);
        boolean redelivered = in.number("redelivered", 0, 1) == 1;
        long deadline = in.large("deadline");
        yield new Message(
            number, to, id, redelivered, deadline, in.rest("body", limits.maxMessageBytes()));
      }
      case 2 -> new Handled(in.large("message number"));
      case 3 ->
          new Answer(
              in.large("message number"),
              Status.values()[in.number("status", 0, 2)],
              in.rest("answer", longest(limits) - OVERHEAD));
      case 4 -> new Lost(address(in), in.text("reason", MOST_TEXT));
      default -> new Found(address(in));
    };
  }

  private static UUID id(FieldReader in, String field) throws ProtocolException {
    return new UUID(in.bits(field), in.bits(field));
  }

  private static Address address(FieldReader in) throws ProtocolException {
    int kind = in.number("kind of address", 0, 1);
    String name = in.text("address", Address.MOST_CHARS);
    try {
      return new Address(Address.Kind.values()[kind], name);
    } catch (IllegalArgumentException _) {
      throw in.refused("address", "no address: must be letters, digits, -, _ and dots between");
    }
  }
}
