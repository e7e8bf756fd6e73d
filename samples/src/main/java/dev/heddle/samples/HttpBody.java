package dev.heddle.samples;

import dev.heddle.net.LineTooLongException;
import dev.heddle.net.SocketReader;
import dev.heddle.net.SocketWriter;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import dev.heddle.scheduler.YieldEvent;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The body of a request, in pieces as they come; counted, or in chunks (RFC 9112, 7.1). */
final class HttpBody {
  private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,8})(?:[ \\t]*;.*)?");
  private static final int LONGEST_CHUNK_LINE = 256;
  private static final int PIECE = 16_384;

  /** So many bytes earn a client another second. */
  private static final int LEAST_RATE = 1024;

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final SocketReader in;
  private final HttpHeads heads;
  private final HttpFraming framing;
  private final long most;

  /** How long we wait for a client that has sent nothing of the body, in nanoseconds. */
  private final long patience;

  /** How long we still wait for the client: less by each wait, and more by each byte. */
  private long patienceLeft;

  /** Whether the client waits to be told to send. */
  private boolean held;

  /** Bytes of the counted body, or of this chunk, that were not read. */
  private long left;

  /** Bytes of all chunks up to this one. */
  private long total;

  private boolean over;

  HttpBody(HttpRequest request, SocketReader in, HttpHeads heads, long most, Duration patience)
      throws HttpError {
    this.in = in;
    this.patience = Timers.saturatedNanos(patience);
    patienceLeft = this.patience;
    this.heads = heads;
    this.most = most;
    framing = HttpFraming.of(request);
    left = framing.chunked() ? 0 : framing.length();
    over = !framing.chunked() && left == 0;
    held = request.awaitsContinue() && !over;
    if (left > most) {
      throw new HttpError(413, "a body may have " + most + " bytes");
    }
  }

  /** Whether the client waits to be told to send: it may send or not, if it is told otherwise. */
  boolean isHeld() {
    return held;
  }

  HttpFraming framing() {
    return framing;
  }

  /** The next bytes, up to 16 KiB; null at the end. */
  byte @Nullable [] read(Awaiter co, SocketWriter out) throws IOException {
    if (held) {
      held = false;
      co.await(out.write(CONTINUE));
      co.await(out.flush());
    }
    if (left == 0 && framing.chunked() && !over) {
      beginChunk(co);
    }
    if (over) {
      return null;
    }
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(left, PIECE));
    if (await(co, in.read(piece)) < 0) {
      throw new EOFException("the client has ended within a body");
    }
    left -= piece.position();
    earn(piece.position());
    if (left == 0 && framing.chunked()) {
      endLine(co);
    }
    over = left == 0 && !framing.chunked();
    byte[] bytes = new byte[piece.flip().remaining()];
    piece.get(bytes);
    return bytes;
  }

  private void beginChunk(Awaiter co) throws IOException {
    var line = CHUNK.matcher(readLine(co));
    if (!line.matches()) {
      throw new HttpError(400, "a chunk does not begin with its size");
    }
    left = Long.parseLong(line.group(1), 16);
    total += left;
    if (total > most) {
      throw new HttpError(413, "a body may have " + most + " bytes");
    }
    if (left == 0) {
      over = true;
      heads.readTrailers(co);
    }
  }

  private void endLine(Awaiter co) throws IOException {
    if (!readLine(co).isEmpty()) {
      throw new HttpError(400, "a chunk is longer than it says");
    }
  }

  private String readLine(Awaiter co) throws IOException {
    byte[] line;
    try {
      line = await(co, in.readLine(LONGEST_CHUNK_LINE));
    } catch (LineTooLongException e) {
      throw new HttpError(400, "a chunk does not begin with its size");
    }
    if (line == null || line[line.length - 1] != '\n') {
      throw new EOFException("the client has ended within a body");
    }
    if (line.length < 2 || line[line.length - 2] != '\r') {
      throw new HttpError(400, "a line does not end with a carriage return and a newline");
    }
    return HttpFields.text(line, line.length - 2);
  }

  /** Waits for the client, while our patience lasts: a body that drips in holds us for ever. */
  private <T extends @Nullable Object> T await(Awaiter co, YieldEvent<T, IOException> event)
      throws IOException {
    long began = Scheduler.current().nanoTime();
    try {
      return co.await(event.within(Duration.ofNanos(Math.max(1, patienceLeft))));
    } catch (TimeoutException e) {
      throw new HttpError(408, "the body came by less than " + LEAST_RATE + " bytes a second");
    } finally {
      patienceLeft -= Scheduler.current().nanoTime() - began;
    }
  }

  private void earn(int bytes) {
    long earned = bytes * (1_000_000_000L / LEAST_RATE);
    patienceLeft = Math.min(patience, patienceLeft + earned);
  }

  /** Reads what is left, and drops it. */
  void skip(Awaiter co, SocketWriter out) throws IOException {
    while (read(co, out) != null) {
      // dropped
    }
  }
}
