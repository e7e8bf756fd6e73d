package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.heddle.net.SocketWriter;
import dev.heddle.scheduler.Awaiter;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** One response: its head, then the pieces of its body, then its end. */
final class HttpResponse {
  /** A length that is not known before: the body is sent in chunks. */
  static final long UNKNOWN = -1;

  private final SocketWriter out;

  /** What is answered; null if it could not be read. */
  private final @Nullable HttpRequest request;

  /** Whether another request may follow. */
  private boolean keeps;

  private boolean begun;
  private boolean chunked;

  HttpResponse(SocketWriter out, @Nullable HttpRequest request, boolean keeps) {
    this.out = out;
    this.request = request;
    this.keeps = keeps;
  }

  void begin(Awaiter co, int status, String type, long length, String... fields)
      throws IOException {
    begun = true;
    chunked = length == UNKNOWN && request != null && request.minor() == 1;
    keeps &= length != UNKNOWN || chunked; // HTTP/1.0 takes the end for the end of the body
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(' ');
    head.append(WebPages.reason(status)).append("\r\nDate: ").append(date);
    head.append("\r\nContent-Type: ").append(type).append("\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    if (chunked) {
      head.append("Transfer-Encoding: chunked\r\n");
    } else if (length != UNKNOWN) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    head.append(keeps ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
    co.await(out.write(head.toString().getBytes(ISO_8859_1)));
  }

  /** Sends a piece of the body, unless the request was for the head only. */
  void write(Awaiter co, byte[] piece) throws IOException {
    if (piece.length == 0 || hasNoBody()) {
      return;
    }
    if (chunked) {
      co.await(out.write((Integer.toHexString(piece.length) + "\r\n").getBytes(ISO_8859_1)));
    }
    co.await(out.write(piece));
    if (chunked) {
      co.await(out.write(new byte[] {'\r', '\n'}));
    }
  }

  void end(Awaiter co) throws IOException {
    if (chunked && !hasNoBody()) {
      co.await(out.write("0\r\n\r\n".getBytes(ISO_8859_1)));
    }
    co.await(out.flush());
  }

  boolean hasNoBody() {
    return request != null && request.isHead();
  }

  /** Whether it is too late for another status. */
  boolean isBegun() {
    return begun;
  }

  boolean keepsAlive() {
    return keeps;
  }
}
