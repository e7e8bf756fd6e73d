package dev.heddle.samples;

import dev.heddle.net.Connection;
import dev.heddle.scheduler.Awaiter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * Serves connections by HTTP/1.1: one request after the other, also if several have come at once.
 * {@code /echo} sends back what it is sent; every other path is one of the folder.
 */
final class WebServer {
  private static final Set<String> KNOWN =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH");

  private final WebFolder folder;
  private final Duration headLimit;
  private final Duration bodyLimit;
  private final long mostOfBody;

  WebServer(WebFolder folder, Duration headLimit, Duration bodyLimit, long mostOfBody) {
    this.folder = folder;
    this.headLimit = headLimit;
    this.bodyLimit = bodyLimit;
    this.mostOfBody = mostOfBody;
  }

  /** The handler of a {@code Server}. */
  void serve(Awaiter co, Connection connection) throws IOException {
    HttpHeads heads = new HttpHeads(connection.reader(), headLimit);
    HttpResponse response = new HttpResponse(connection.writer(), null, false);
    try {
      HttpRequest request = heads.read(co);
      while (request != null) {
        response = new HttpResponse(connection.writer(), request, false); // if its body is refused
        HttpBody body = new HttpBody(request, connection.reader(), heads, mostOfBody, bodyLimit);
        boolean keeps = request.keepsAlive() && (isEcho(request) || !body.isHeld());
        response = new HttpResponse(connection.writer(), request, keeps);
        answer(co, connection, request, body, response);
        if (!response.keepsAlive()) {
          co.await(connection.linger());
          return;
        }
        response = new HttpResponse(connection.writer(), null, false);
        request = heads.read(co);
      }
    } catch (HttpError e) {
      if (response.isBegun()) {
        co.await(connection.writer().flush()); // what is missing tells that it failed
      } else {
        WebPages.say(co, response, e.status(), e.what());
      }
      co.await(connection.linger()); // or what was said might get lost
    }
  }

  private void answer(
      Awaiter co, Connection to, HttpRequest request, HttpBody body, HttpResponse response)
      throws IOException {
    if (isEcho(request)) {
      WebPages.echo(co, response, body, to.writer());
      return;
    }
    if (!body.isHeld()) {
      body.skip(co, to.writer()); // the next request is behind it
    }
    if (!KNOWN.contains(request.method())) {
      WebPages.say(co, response, 501, "there is no method " + request.method());
      return;
    } else if (!request.method().equals("GET") && !request.isHead()) {
      WebPages.say(co, response, 405, "this can be read only", "Allow: GET, HEAD");
      return;
    }
    Path found = folder.find(request.path());
    Path index = folder.find(request.path() + "/index.html");
    if (found == null) {
      WebPages.say(co, response, 404, "there is nothing here");
    } else if (index != null && Files.isRegularFile(index)) {
      WebPages.send(co, response, index, to);
    } else if (Files.isRegularFile(found)) {
      WebPages.send(co, response, found, to);
    } else {
      WebPages.list(co, response, found);
    }
  }

  private static boolean isEcho(HttpRequest request) {
    String method = request.method();
    return request.path().equals("/echo") && (method.equals("POST") || method.equals("PUT"));
  }
}
