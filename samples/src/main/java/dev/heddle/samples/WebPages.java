package dev.heddle.samples;

import dev.heddle.net.Connection;
import dev.heddle.net.SocketWriter;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The answers of {@link WebServer}: what was sent, a file, what is in a folder, or a line. */
final class WebPages {
  private static final String TEXT = "text/plain; charset=utf-8";

  private WebPages() {}

  /** Sends a line that says what is wrong, or right. */
  static void say(Awaiter co, HttpResponse response, int status, String what, String... fields)
      throws IOException {
    byte[] text = (what + "\n").getBytes(StandardCharsets.UTF_8);
    response.begin(co, status, TEXT, text.length, fields);
    response.write(co, text);
    response.end(co);
  }

  /** Sends the body back while it comes: counted if it was, and else in chunks. */
  static void echo(Awaiter co, HttpResponse response, HttpBody body, SocketWriter out)
      throws IOException {
    long length = body.framing().chunked() ? HttpResponse.UNKNOWN : body.framing().length();
    byte[] piece = body.read(co, out); // before the head: it may have to be another
    response.begin(co, 200, "application/octet-stream", length);
    for (; piece != null; piece = body.read(co, out)) {
      response.write(co, piece);
    }
    response.end(co);
  }

  /** Sends a file, without its bytes coming into this program where the system can do that. */
  static void send(Awaiter co, HttpResponse response, Path file, Connection connection)
      throws IOException {
    try (FileChannel channel = open(file)) {
      long size = channel.size();
      response.begin(co, 200, type(file), size);
      response.end(co);
      if (size > 0 && !response.hasNoBody()) {
        long sent = co.await(((TcpSocket) connection.socket()).sendFile(channel, 0, size));
        if (sent < size) {
          throw new EOFException(file + " has become shorter while it was sent");
        }
      }
    }
  }

  private static FileChannel open(Path file) throws HttpError {
    try {
      return FileChannel.open(file);
    } catch (IOException e) {
      throw new HttpError(503, "this cannot be read now"); // mostly, no descriptors are left
    }
  }

  /** Sends the names of what is in a folder, a line each. How long that is is not known before. */
  static void list(Awaiter co, HttpResponse response, Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new HttpError(503, "this cannot be read now");
    }
    response.begin(co, 200, TEXT, HttpResponse.UNKNOWN);
    for (Path file : files) {
      String name = file.getFileName() + (Files.isDirectory(file) ? "/\n" : "\n");
      response.write(co, name.getBytes(StandardCharsets.UTF_8));
    }
    response.end(co);
  }

  private static String type(Path file) {
    String name = file.getFileName().toString();
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html", "htm" -> "text/html; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "json" -> "application/json";
      case "txt", "md" -> TEXT;
      case "png" -> "image/png";
      case "jpg", "jpeg" -> "image/jpeg";
      case "svg" -> "image/svg+xml";
      default -> "application/octet-stream";
    };
  }

  static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 413 -> "Content Too Large";
      case 417 -> "Expectation Failed";
      case 431 -> "Request Header Fields Too Large";
      case 503 -> "Service Unavailable";
      case 501 -> "Not Implemented";
      case 505 -> "HTTP Version Not Supported";
      default -> "Error";
    };
  }
}
