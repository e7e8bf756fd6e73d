package dev.heddle.record;

import dev.heddle.log.LogPrinter;
import dev.heddle.scheduler.Clock;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what comes in. Events are gathered in memory; each look of the loop into its inbox
 * puts them into the file, so that what is lost with a JVM that is killed are the turns since.
 *
 * <p>When the file fails, that is logged once, and nothing is written down any more.
 */
final class Recorder extends EventLog {
  /** Longer messages of exceptions are cut. */
  private static final int MOST_TEXT = 1_000;

  /** More texts are written out each time. */
  static final int MOST_TEXTS = 1_000;

  /** What an event needs at the most. */
  private static final int MOST_EVENT = MOST_BYTES + 8 * MOST_TEXT;

  private static final System.Logger LOG = System.getLogger("dev.heddle");

  final RingFile file;
  private byte[] frame = new byte[2 * MOST_EVENT];
  private final Map<String, Integer> texts = new HashMap<>();

  private int length;

  /** How many events there were, and how many when the frame began. */
  private long events;

  private long eventsBefore;

  private long lastTime;

  /** How many messages the look into the inbox may still take. */
  private int messagesLeft;

  /** Nothing is written down any more. */
  private boolean isOver;

  Recorder(RingFile file) {
    this.file = file;
  }

  @Override
  public boolean replays() {
    return false;
  }

  // The doors of the kernel.

  @Override
  public long nanoTime(Clock real) {
    long time = real.nanoTime();
    event(EventKind.CLOCK, 0);
    long _ = number(time - lastTime);
    lastTime = time;
    return time;
  }

  @Override
  public long aside(Clock real) {
    return real.nanoTime();
  }

  @Override
  public boolean sees(Fact fact, BooleanSupplier real) {
    boolean is = real.getAsBoolean();
    event(kindOf(fact), 0);
    long _ = number(is ? 1 : 0);
    return is;
  }

  static EventKind kindOf(Fact fact) {
    return switch (fact) {
      case CLOSED -> EventKind.CLOSED;
      case INTERRUPTED -> EventKind.INTERRUPTED;
      case INBOX_EMPTY -> EventKind.INBOX_EMPTY;
      case PROMISE_DONE -> EventKind.PROMISE_DONE;
    };
  }

  @Override
  public void drains(int messages) {
    messagesLeft = messages;
  }

  @Override
  public @Nullable Runnable message(
      Queue<Runnable> messages, Function<Runnable, @Nullable Sender> sender) {
    Runnable next = messagesLeft-- > 0 ? messages.poll() : null;
    if (next == null) {
      event(EventKind.DRAINED, 0);
      putFrame();
      return null;
    }
    Sender from = sender.apply(next);
    if (from != null) {
      event(EventKind.MESSAGE, from.who());
      String _ = text(from.what());
    }
    return next;
  }

  @Override
  public int next(ReadyTasks ready) {
    event(EventKind.TURN, ready.get(0).id());
    return 0;
  }

  @Override
  public void ends() {}

  @Override
  public void close() {
    event(EventKind.END, 0);
    putFrame();
    if (!isOver) {
      isOver = true;
      try {
        file.close();
      } catch (IOException e) {
        failed(e);
      }
    }
  }

  // The values.

  @Override
  @SuppressWarnings("EnumOrdinal") // a number in files: the order is fixed, as EventKind says
  public void event(EventKind kind, long who) {
    if (length > MOST_EVENT) {
      putFrame();
    }
    events++;
    frame[length++] = (byte) kind.ordinal();
    if (kind.hasWho()) {
      long _ = number(who);
    }
  }

  /** In groups of 7 bits, the lowest first; small negative ones are short, too. */
  @Override
  public long number(long real) {
    if (frame.length - length < 16) { // thousands of sockets are ready
      frame = Arrays.copyOf(frame, 2 * frame.length);
    }
    long rest = (real << 1) ^ (real >> 63);
    while ((rest & ~0x7fL) != 0) {
      frame[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    frame[length++] = (byte) rest;
    return real;
  }

  @Override
  String text(String real) {
    Integer known = texts.get(real);
    if (known != null) {
      long _ = number(known);
    } else {
      long _ = number(-1);
      String _ = plain(real);
      if (texts.size() < MOST_TEXTS) {
        texts.put(real, texts.size());
      }
    }
    return real;
  }

  @Override
  public String plain(String real) {
    byte[] bytes = real.getBytes(StandardCharsets.UTF_8);
    int count = Math.min(bytes.length, MOST_TEXT);
    long _ = number(count);
    System.arraycopy(bytes, 0, frame, length, count);
    length += count;
    return real;
  }

  @Override
  public void bytes(ByteBuffer buffer, int from, int count) {
    assert count <= MOST_BYTES : count + " bytes in an event";
    buffer.get(from, frame, length, count);
    length += count;
  }

  @Override
  public void checksum(long real, String what) {
    long _ = number(real);
  }

  @Override
  public void same(String real, String what) {
    String _ = plain(real);
  }

  private void putFrame() {
    if (!isOver && length > 0) {
      try {
        file.put(frame, length, eventsBefore);
      } catch (IOException e) {
        failed(e);
      }
    }
    length = 0;
    eventsBefore = events;
  }

  private void failed(IOException why) {
    isOver = true;
    try {
      file.abandon();
    } catch (IOException again) {
      why.addSuppressed(again);
    }
    String line = "the recording into " + file + " has ended: " + why.getMessage();
    LogPrinter.print(() -> LOG.log(Level.WARNING, line));
  }

  @Override
  public String toString() {
    return "the recording into " + file;
  }
}
