package dev.heddle.samples;

import dev.heddle.net.LineTooLongException;
import dev.heddle.net.SocketReader;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads heads of requests, within limits of their size and of the time for the whole of one. */
final class HttpHeads {
  static final int MOST_BYTES = 16_384;
  private static final int MOST_EMPTY_LINES = 4;

  private final SocketReader in;
  private final Duration limit;

  /** What is left of the limits of the head that is read. */
  private int bytesLeft;

  private long until;

  HttpHeads(SocketReader in, Duration limit) {
    this.in = in;
    this.limit = limit;
  }

  /** The next head; null if the client has ended. How long it may be silent is not our limit. */
  @Nullable HttpRequest read(Awaiter co) throws IOException {
    bytesLeft = MOST_BYTES;
    if (co.await(in.peek(1)).length == 0) {
      return null;
    }
    until = Scheduler.current().nanoTime() + Timers.saturatedNanos(limit);
    String line = readLine(co);
    for (int i = 0; line.isEmpty(); i++) {
      if (i == MOST_EMPTY_LINES) {
        throw new HttpError(400, "there are empty lines in front of the request");
      }
      line = readLine(co); // some clients send one behind a body
    }
    HttpRequest request = HttpRequest.of(line);
    readFields(co, request.fields());
    request.check();
    return request;
  }

  /** Behind the chunks of a body, too, where nobody looks at them. */
  void readTrailers(Awaiter co) throws IOException {
    bytesLeft = MOST_BYTES;
    until = Scheduler.current().nanoTime() + Timers.saturatedNanos(limit);
    readFields(co, new HttpFields());
  }

  private void readFields(Awaiter co, HttpFields fields) throws IOException {
    for (String line = readLine(co); !line.isEmpty(); line = readLine(co)) {
      fields.add(line);
    }
  }

  /** A line without its end, which is a carriage return and a newline, and nothing less. */
  private String readLine(Awaiter co) throws IOException {
    if (bytesLeft <= 0) {
      throw new HttpError(431, "the head has more than " + MOST_BYTES + " bytes");
    }
    byte[] line = readBytes(co);
    if (line == null || line[line.length - 1] != '\n') {
      throw new EOFException("the client has ended within a head");
    }
    int length = line.length;
    bytesLeft -= length;
    if (length < 2 || line[length - 2] != '\r') {
      throw new HttpError(400, "a line does not end with a carriage return and a newline");
    }
    return HttpFields.text(line, length - 2);
  }

  private byte @Nullable [] readBytes(Awaiter co) throws IOException {
    Duration left = Duration.ofNanos(Math.max(1, until - Scheduler.current().nanoTime()));
    try {
      return co.await(in.readLine(bytesLeft).within(left));
    } catch (LineTooLongException e) {
      throw new HttpError(431, "the head has more than " + MOST_BYTES + " bytes");
    } catch (TimeoutException e) {
      throw new HttpError(408, "the head was not there within " + limit.toSeconds() + " s");
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
