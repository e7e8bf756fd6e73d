package dev.heddle.trace;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heddle.scheduler.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The inspector as an HTTP server: who may ask for what, and the open pages, each of which is a
 * stream of server-sent events.
 *
 * <p>Each exchange has a thread, of a bounded number. A browser that sends half of a request, or
 * does not read what it has asked for, holds up that thread alone; when the patience is over the
 * inspector's thread interrupts it, which closes the connection. So does a connection for which
 * there is no thread. For a page only the latest view is kept, so that nothing piles up for one
 * that is slow.
 */
final class InspectorHttp {
  private static final int MOST_PAGES = 8;
  private static final int MOST_THREADS = MOST_PAGES + 8;
  private static final int MOST_WAITING = 100;
  private static final int MOST_OF_A_FILTER = 100;
  private static final int PIECE = 1 << 16;

  /** A literal address, or this machine: a name may be another's, led to here. */
  private static final Pattern OWN_HOST =
      Pattern.compile("(localhost|\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+])(:\\d{1,5})?");

  private static final Pattern STATE = Pattern.compile("|READY|RUNNING|WAITING");

  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final LiveLoops loops;
  private final LiveActions actions;
  private final @Nullable String token;
  private final long patienceNanos;
  private final String page;
  private final URI uri;
  private final Set<OpenPage> pages = ConcurrentHashMap.newKeySet();
  private final Map<Thread, PeerWait> waits = new ConcurrentHashMap<>();
  private Runnable onPage = () -> {};
  private volatile boolean closed;

  /** A thread that may be in a read or write, and since when; interrupted only there. */
  private static final class PeerWait {
    private final Thread thread;
    private long since;
    private boolean waits;

    PeerWait(Thread thread) {
      this.thread = thread;
    }

    synchronized void begins() {
      waits = true;
      since = System.nanoTime();
    }

    synchronized void ends() {
      waits = false;
      boolean _ = Thread.interrupted(); // too late
    }

    synchronized void interruptIfOverdue(long patience) {
      if (waits && System.nanoTime() - since > patience) {
        thread.interrupt();
      }
    }
  }

  /** The threads of exchanges. The first wait of each is the one for the request. */
  private final class Threads extends ThreadPoolExecutor {
    Threads() {
      super(
          MOST_THREADS,
          MOST_THREADS,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MOST_WAITING),
          Thread.ofPlatform().daemon().name("heddle-inspector-http-", 0).factory(),
          new AbortPolicy()); // then the server closes the connection
      allowCoreThreadTimeOut(true);
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable exchange) {
      peerWait().begins();
    }

    @Override
    protected void afterExecute(Runnable exchange, @Nullable Throwable thrown) {
      peerWait().ends();
      waits.remove(Thread.currentThread());
    }
  }

  InspectorHttp(Inspector.Builder builder, LiveLoops loops) throws IOException {
    this.loops = loops;
    this.actions = new LiveActions(loops, builder.mayCancel, builder.loopPatience);
    token = builder.token;
    patienceNanos = Timers.saturatedNanos(builder.patience);
    page = readPage();
    server = listen(builder);
    threads = new Threads();
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    uri = uri(builder);
    startAsDaemon();
  }

  private static HttpServer listen(Inspector.Builder builder) throws IOException {
    try {
      return HttpServer.create(builder.socketAddress(), 0);
    } catch (IOException e) {
      String place = host(builder) + ":" + builder.port;
      throw new IOException("the inspector cannot listen on " + place + ": " + e.getMessage(), e);
    }
  }

  private static String host(Inspector.Builder builder) {
    String host = builder.address.getHostAddress();
    return host.contains(":") ? "[" + host.replaceFirst("%.*", "") + "]" : host;
  }

  private URI uri(Inspector.Builder builder) {
    String path = token == null ? "/" : "/" + token + "/";
    return URI.create("http://" + host(builder) + ":" + server.getAddress().getPort() + path);
  }

  /** The server's own thread is a daemon if the one that starts it is. */
  private void startAsDaemon() {
    Thread starter = Thread.ofPlatform().daemon().start(server::start);
    boolean interrupted = false;
    while (starter.isAlive()) {
      try {
        starter.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String readPage() throws IOException {
    try (InputStream in = InspectorHttp.class.getResourceAsStream("inspector.html")) {
      if (in == null) {
        throw new IOException("this build lacks the inspector's page");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  URI uri() {
    return uri;
  }

  /** What to do when a page opens. */
  void onPage(Runnable action) {
    onPage = action;
  }

  boolean hasPages() {
    return !pages.isEmpty();
  }

  /** Whether some page has not got any view yet. */
  boolean hasNewPage() {
    return pages.stream().anyMatch(OpenPage::isNew);
  }

  /** The schedulers that some page shows. */
  Set<LiveLoop> shown() {
    Set<LiveLoop> shown = new HashSet<>();
    pages.forEach(each -> shown.add(each.loop));
    return shown;
  }

  /** Gives each page what it wants to see; ends those about schedulers that have ended. */
  void publish() {
    List<LiveLoop> live = loops.all();
    Map<LiveLoop, LiveView.Look> looks = new HashMap<>();
    Map<Shown, String> made = new HashMap<>();
    for (OpenPage each : pages) {
      if (live.contains(each.loop)) {
        var look = looks.computeIfAbsent(each.loop, loop -> loop.live.new Look());
        Shown shown = new Shown(each.loop, each.filter);
        each.give(made.computeIfAbsent(shown, _ -> look.json(each.filter)));
      } else {
        each.end();
      }
    }
  }

  /** Two pages that show the same get the same view. */
  private record Shown(LiveLoop loop, LiveView.Filter filter) {}

  /** Who neither sends the rest of a request nor reads the answer. */
  void dropWhoDoesNothing() {
    waits.values().forEach(each -> each.interruptIfOverdue(patienceNanos));
  }

  /** That of the calling thread. */
  private PeerWait peerWait() {
    return waits.computeIfAbsent(Thread.currentThread(), PeerWait::new);
  }

  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    pages.forEach(OpenPage::end);
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) {
    peerWait().ends(); // the request is here
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("Cache-Control", "no-store");
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("X-Frame-Options", "DENY");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
      route(exchange);
      peerWait().begins(); // to close it reads what is left of the request
    } catch (IOException | RuntimeException gone) {
      // the browser has gone, or has asked for nonsense
    }
  }

  private void route(HttpExchange exchange) throws IOException {
    String host = exchange.getRequestHeaders().getFirst("Host");
    String path = ownPath(exchange.getRequestURI().getRawPath());
    if (host == null || !OWN_HOST.matcher(host).matches()) {
      send(exchange, 403, "text/plain", "the Host header must be an address or localhost");
    } else if (path == null) {
      send(exchange, 403, "text/plain", "the token is missing or wrong");
    } else if (!isOwnOrigin(exchange.getRequestHeaders().getFirst("Origin"), host)) {
      send(exchange, 403, "text/plain", "the Origin header is another's");
    } else {
      String wanted = path.equals("cancel") ? "POST" : "GET";
      if (exchange.getRequestMethod().equals(wanted)) {
        give(exchange, path, query(exchange.getRequestURI().getRawQuery()));
      } else {
        exchange.getResponseHeaders().set("Allow", wanted);
        send(exchange, 405, "text/plain", "the method must be " + wanted);
      }
    }
  }

  private static boolean isOwnOrigin(@Nullable String origin, String host) {
    return origin == null || origin.equals("http://" + host);
  }

  /** The path behind the token; null if the token is wrong. */
  private @Nullable String ownPath(@Nullable String path) {
    String rest = path == null || path.isEmpty() ? "" : path.substring(1);
    if (token == null) {
      return rest;
    }
    int slash = rest.indexOf('/');
    byte[] given = rest.substring(0, Math.max(0, slash)).getBytes(StandardCharsets.UTF_8);
    boolean fits = MessageDigest.isEqual(given, token.getBytes(StandardCharsets.UTF_8));
    return fits ? rest.substring(slash + 1) : null;
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    for (String each : raw == null ? new String[0] : raw.split("&", -1)) {
      int equals = each.indexOf('=');
      if (equals > 0) {
        query.put(
            each.substring(0, equals),
            URLDecoder.decode(each.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  private void give(HttpExchange exchange, String path, Map<String, String> query)
      throws IOException {
    LiveLoop loop = loops.of(number(query.getOrDefault("loop", "0")));
    if (loop == null) {
      String number = LiveView.cut(query.getOrDefault("loop", ""), 20);
      send(exchange, 404, "text/plain", "loop '" + number + "': there is none, or it has ended");
      return;
    }
    switch (path) {
      case "" -> page(exchange);
      case "events" -> events(exchange, loop, query);
      case "dump" -> send(exchange, 200, "text/plain", actions.dump(loop));
      case "task" -> json(exchange, actions.task(loop, id(query)), query);
      case "cancel" -> cancel(exchange, loop, query);
      default -> send(exchange, 404, "text/plain", "there is no such page");
    }
  }

  /** Its script and its style have a number that nobody can know before, and no others are run. */
  private void page(HttpExchange exchange) throws IOException {
    String nonce = Inspector.secret();
    exchange
        .getResponseHeaders()
        .set(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'nonce-%1$s'; style-src 'nonce-%1$s'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                .formatted(nonce));
    send(exchange, 200, "text/html", page.replace("NONCE", nonce));
  }

  private void cancel(HttpExchange exchange, LiveLoop loop, Map<String, String> query)
      throws IOException {
    try {
      json(exchange, actions.cancel(loop, id(query), query.get("code")), query);
    } catch (IllegalStateException refused) {
      send(exchange, 403, "text/plain", String.valueOf(refused.getMessage()));
    }
  }

  private static long id(Map<String, String> query) {
    return number(query.getOrDefault("id", ""));
  }

  /** -1 if it is none. */
  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
  }

  private void json(HttpExchange exchange, @Nullable String json, Map<String, String> query)
      throws IOException {
    if (json == null) {
      String id = LiveView.cut(query.getOrDefault("id", ""), 20);
      send(exchange, 404, "text/plain", "task '" + id + "': there is none, or it has ended");
    } else {
      send(exchange, 200, "application/json", json);
    }
  }

  private void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    send(exchange, status, type, text.getBytes(StandardCharsets.UTF_8));
  }

  private void send(HttpExchange exchange, int status, String type, byte[] bytes)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    PeerWait wait = peerWait();
    wait.begins();
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    OutputStream out = exchange.getResponseBody();
    for (int from = 0; from < bytes.length; from += PIECE) {
      wait.begins();
      out.write(bytes, from, Math.min(PIECE, bytes.length - from));
    }
    wait.begins();
    out.close();
  }

  private void events(HttpExchange exchange, LiveLoop loop, Map<String, String> query)
      throws IOException {
    String text = query.getOrDefault("filter", "");
    String state = query.getOrDefault("state", "");
    if (text.length() > MOST_OF_A_FILTER || !STATE.matcher(state).matches()) {
      send(
          exchange,
          400,
          "text/plain",
          "filter: at most 100 characters; state: READY, RUNNING," + " WAITING or none");
      return;
    }
    OpenPage opened = new OpenPage(loop, new LiveView.Filter(text, state));
    if (!open(opened)) {
      send(exchange, 503, "text/plain", MOST_PAGES + " pages are open already");
      return;
    }
    try {
      stream(exchange, opened);
    } catch (InterruptedException e) {
      // it is closed
    } finally {
      pages.remove(opened);
    }
  }

  private synchronized boolean open(OpenPage opened) {
    if (closed || pages.size() >= MOST_PAGES) {
      return false;
    }
    pages.add(opened);
    onPage.run();
    return true;
  }

  private void stream(HttpExchange exchange, OpenPage opened)
      throws IOException, InterruptedException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
    PeerWait wait = peerWait();
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    for (String view = opened.take(); view != null; view = opened.take()) {
      byte[] bytes = ("data: " + view + "\n\n").getBytes(StandardCharsets.UTF_8);
      wait.begins();
      out.write(bytes);
      out.flush();
      wait.ends();
    }
  }
}
