package dev.heddle.samples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A web server that answers when it has been asked for two pages, and for one alone never. */
final class Pages implements AutoCloseable {
  private final HttpServer server;
  private final CyclicBarrier bothAskedFor = new CyclicBarrier(2);

  Pages(Executor threads) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setExecutor(threads);
    var _ = server.createContext("/", this::answer);
    server.start();
  }

  /** Asks for a page; any name will do. */
  HttpRequest page(String name) {
    String host = "http://127.0.0.1:" + server.getAddress().getPort();
    return HttpRequest.newBuilder(URI.create(host + "/" + name)).build();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      bothAskedFor.await(10, TimeUnit.SECONDS);
      String text = "page " + exchange.getRequestURI().getPath().substring(1);
      byte[] page = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IOException("not asked for both", e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
