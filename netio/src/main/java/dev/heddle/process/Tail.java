package dev.heddle.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a process prints, so that its pipe is never full, and keeps the end of it. A thread of
 * its own: pipes of processes are not selectable in Java.
 */
final class Tail {
  private static final int KEPT_BYTES = 64 * 1024;
  private static final int SHOWN_LINES = 8;
  private static final int SHOWN_CHARS = 300;

  private final InputStream in;

  /** Where it is passed on to, as it comes; or null. */
  private final @Nullable OutputStream forward;

  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** A ring: the last byte is before {@code count % length}. Guarded by this, as is the count. */
  private final byte[] ring = new byte[KEPT_BYTES];

  private long count;

  private Tail(InputStream in, @Nullable OutputStream forward) {
    this.in = in;
    this.forward = forward;
  }

  /** Begins to read. */
  static Tail of(InputStream in, @Nullable OutputStream forward, String thread) {
    Tail tail = new Tail(in, forward);
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
      // closed with its process
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

  /** Is completed at the end of the output. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** How many bytes were printed, kept or not. */
  synchronized long count() {
    return count;
  }

  /** The end of what was printed, at most 64 KiB of it. */
  synchronized String text() {
    int kept = (int) Math.min(count, ring.length);
    byte[] bytes = new byte[kept];
    for (int i = 0; i < kept; i++) {
      bytes[i] = ring[(int) ((count - kept + i) % ring.length)];
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The last few lines that are not empty, each cut to what fits into a message. */
  List<String> lastLines() {
    List<String> lines = text().lines().filter(line -> !line.isBlank()).toList();
    return lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()).stream()
        .map(line -> line.length() <= SHOWN_CHARS ? line : line.substring(0, SHOWN_CHARS) + "...")
        .toList();
  }
}
