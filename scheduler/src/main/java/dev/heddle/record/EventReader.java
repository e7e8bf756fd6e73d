package dev.heddle.record;

import dev.heddle.scheduler.view.RunLog.Sender;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the events of a recording, one after the other. */
final class EventReader {
  private static final EventKind[] KINDS = EventKind.values();

  /** The file has no such value where one must be. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String why) {
      super(why, null, false, false);
    }
  }

  private final Recording recording;
  private final List<String> texts = new ArrayList<>();
  private ByteBuffer frame = ByteBuffer.allocate(0);

  /** The number of the event that is next, or under way. */
  private long count;

  EventReader(Recording recording) {
    this.recording = recording;
    this.count = recording.firstEvent;
  }

  long count() {
    return count;
  }

  /** Why there is no more. */
  String end() {
    return frame.hasRemaining() ? "the recording is damaged" : recording.end();
  }

  /** The kind of the next event, which stays the next; null if there is none. */
  private @Nullable EventKind peek() {
    while (!frame.hasRemaining()) {
      ByteBuffer next = recording.next();
      if (next == null) {
        return null;
      }
      frame = next;
    }
    int kind = frame.get(frame.position());
    return kind < 0 || kind >= KINDS.length ? null : KINDS[kind];
  }

  boolean isNext(EventKind kind) {
    return peek() == kind;
  }

  /** Begins the next event if it is this one; else does nothing. */
  boolean begin(EventKind kind, long who) {
    if (peek() != kind) {
      return false;
    }
    int start = frame.position();
    byte _ = frame.get();
    if (kind.hasWho() && !isNumber(who)) {
      frame.position(start);
      return false;
    }
    count++;
    return true;
  }

  private boolean isNumber(long wanted) {
    try {
      return number() == wanted;
    } catch (Broken broken) {
      return false;
    }
  }

  /** Reads a message, which is the next event. */
  Sender message() {
    byte _ = frame.get();
    count++;
    long who = number();
    return new Sender(text(), who);
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = next();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new Broken("the recording is damaged");
  }

  private byte next() {
    if (!frame.hasRemaining()) {
      throw new Broken("the recording is damaged");
    }
    return frame.get();
  }

  String text() {
    long index = number();
    if (index >= 0) {
      return index < texts.size() ? texts.get((int) index) : "(a name that was given up)";
    }
    String text = plain();
    if (texts.size() < Recorder.MOST_TEXTS) {
      texts.add(text);
    }
    return text;
  }

  String plain() {
    return new String(bytes(number()), StandardCharsets.UTF_8);
  }

  byte[] bytes(long length) {
    if (length < 0 || length > frame.remaining()) {
      throw new Broken("the recording is damaged");
    }
    byte[] bytes = new byte[(int) length];
    frame.get(bytes);
    return bytes;
  }

  /** The next event in words, and goes on behind it; null if there is none. */
  @Nullable String described() {
    EventKind kind = peek();
    if (kind == null) {
      return null;
    }
    byte _ = frame.get();
    count++;
    String words = kind.words;
    long result = 0;
    try {
      for (int i = 0; i < kind.fields.length(); i++) {
        char field = kind.fields.charAt(i);
        String value =
            switch (field) {
              case 't' -> text();
              case 'p' -> result == EventLog.THREW ? "" : plain();
              case 'r' -> {
                result = number();
                yield result == EventLog.THREW ? "(" + text() + " " + plain() + ")" : "" + result;
              }
              case 'b' -> "" + bytes(Math.max(0, result)).length;
              case 's' -> pairs(result);
              case 'c' -> result > 0 ? "" + number() : "";
              default -> "" + number();
            };
        words = words.replace("{" + field + "}", value);
      }
    } catch (Broken broken) {
      frame = ByteBuffer.allocate(0); // where the next event begins is not known
      return "an event that is damaged";
    }
    return words;
  }

  private String pairs(long count) {
    for (long i = 0; i < count; i++) {
      long _ = number();
      long _ = number();
    }
    return "";
  }

  /** An event that the program has asked for, in words. */
  static String describe(EventKind kind, long who) {
    String words = kind.words.replace("{w}", "" + who);
    int result = words.indexOf(": {");
    return (result < 0 ? words : words.substring(0, result)).replace(" {r} bytes", "");
  }

  @Override
  public String toString() {
    return recording.toString();
  }
}
