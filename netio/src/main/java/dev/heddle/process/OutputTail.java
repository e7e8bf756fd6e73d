package dev.heddle.process;

import dev.heddle.process.codec.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a process prints, so that the pipe is never full and the process is never held up, and
 * keeps the end of the output. Each tail has a thread, because Java has no selector for the pipes
 * of a process.
 */
final class OutputTail {
  private static final int KEPT_BYTES = 64 * 1024;
  private static final int SHOWN_LINES = 8;
  private static final int SHOWN_CHARS = 300;

  private final InputStream in;

  /** Where the output is printed as it comes; null if nowhere. */
  private final @Nullable OutputStream forward;

  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /**
   * The last bytes of the output. The next byte goes to {@code count % length}. Guarded by this.
   */
  private final byte[] ring = new byte[KEPT_BYTES];

  /** How many bytes were read so far. Guarded by this. */
  private long count;

  private OutputTail(InputStream in, @Nullable OutputStream forward) {
    this.in = in;
    this.forward = forward;
  }

  /** A tail whose thread reads from now on. */
  static OutputTail of(InputStream in, @Nullable OutputStream forward, String thread) {
    OutputTail tail = new OutputTail(in, forward);
    Thread.ofPlatform().daemon().name(thread).start(tail::pump);
    return tail;
  }

  private void pump() {
    byte[] buffer = new byte[8192];
    try (in) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        keep(buffer, n);
        if (forward != null) {
          forward.write(buffer, 0, n);
          forward.flush();
        }
      }
    } catch (IOException e) {
      // the stream was closed when the process ended
    } finally {
      ended.complete(null);
    }
  }

  private synchronized void keep(byte[] bytes, int length) {
    for (int done = 0; done < length; ) {
      int at = (int) (count % ring.length);
      int run = Math.min(length - done, ring.length - at);
      System.arraycopy(bytes, done, ring, at, run);
      done += run;
      count += run;
    }
  }

  /** Completed at the end of the output. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** The last 64 KiB of the output. */
  synchronized String text() {
    int kept = (int) Math.min(count, ring.length);
    byte[] bytes = new byte[kept];
    for (int i = 0; i < kept; i++) {
      bytes[i] = ring[(int) ((count - kept + i) % ring.length)];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The last few lines that are not blank, each cut to a length that fits into a message. */
  List<String> lastLines() {
    List<String> lines = text().lines().filter(line -> !line.isBlank()).toList();
    return lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()).stream()
        .map(line -> SafeText.printable(line, SHOWN_CHARS))
        .toList();
  }
}
