package dev.heddle.trace;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.view.KernelView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A live page about a scheduler, for a browser: who holds up the loop, all tasks as a tree, who
 * waits for whom, what looks wrong, one task with its variables, and the numbers of the loop. If
 * other schedulers run in this JVM, as those of a group do, the page names them all, says which are
 * stuck, and shows the one that is chosen.
 *
 * <pre>{@code
 * try (Inspector inspector = Inspector.start(scheduler, 7070)) {
 *   System.out.println(inspector.uri()); // http://127.0.0.1:7070/5f1c.../
 *   scheduler.run();
 * }
 * }</pre>
 *
 * <p>The page is served on the loopback address, by the JDK's HTTP server, whose threads are
 * daemons; its path contains a secret, without which every request is refused. It may be reached
 * from another machine by a tunnel, such as {@code ssh -L 7070:127.0.0.1:7070 host}. The page needs
 * no other file and no network.
 *
 * <p>While no page is open, the scheduler pays nothing. While one is, a turn costs about a hundred
 * nanoseconds more, and a thread outside of the scheduler looks at it, at most a tenth of the time.
 * It reads what the loop writes, so that it works also while the loop stands still; the loop itself
 * is asked for lines and variables only, for a few tasks at a time. Of many tasks the page shows
 * some, and says how many it has left out.
 *
 * <p>It ends with the scheduler. Any thread may call all methods. It needs the JDK's module {@code
 * jdk.httpserver}.
 */
public final class Inspector implements AutoCloseable {
  private static final long PAUSE_NANOS = 250_000_000;

  /** A look may take this part of the time. */
  private static final int TIME_PER_LOOK = 10;

  private static final int BYTES_OF_SECRET = 16;

  private final KernelView view = KernelView.get();
  private final Scheduler scheduler;
  private final LiveLoops loops;
  private final InspectorHttp http;
  private final Thread thread;
  private volatile boolean closed;

  // Only the inspector's thread uses what follows.

  private long nextLook = System.nanoTime();

  private Inspector(Builder builder) throws IOException {
    scheduler = builder.scheduler;
    loops = new LiveLoops(scheduler, builder.mayCancel);
    loops.refresh();
    http = new InspectorHttp(builder, loops);
    thread = Thread.ofPlatform().daemon().name("heddle-inspector").unstarted(this::run);
    http.onPage(() -> LockSupport.unpark(thread));
    thread.start();
  }

  /**
   * Serves a page about the scheduler on the loopback address. The scheduler may run already, or
   * run later.
   *
   * @param port 0 for one that is free; {@link #uri} tells which
   * @throws IOException if it cannot listen there, as when the port is in use
   * @throws IllegalArgumentException if the port is not 0 to 65,535
   * @throws IllegalStateException if the JVM has no module {@code jdk.httpserver}
   */
  public static Inspector start(Scheduler scheduler, int port) throws IOException {
    return builder(scheduler).port(port).start();
  }

  /**
   * For a page that differs from the default.
   *
   * <pre>{@code
   * Inspector inspector = Inspector.builder(scheduler).port(7070).allowCancel(true).start();
   * }</pre>
   */
  public static Builder builder(Scheduler scheduler) {
    return new Builder(Objects.requireNonNull(scheduler, "scheduler"));
  }

  /** What nobody can guess: 32 hexadecimal digits. */
  static String secret() {
    byte[] bytes = new byte[BYTES_OF_SECRET];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Where the page is, with the secret. */
  public URI uri() {
    return http.uri();
  }

  /** Ends it: open pages say so. Does nothing the second time. */
  @Override
  public void close() {
    closed = true;
    http.close();
    LockSupport.unpark(thread);
  }

  private void run() {
    try {
      while (!closed && !view.isClosed(scheduler)) {
        lookSafely();
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    } finally {
      loops.all().forEach(each -> each.watch(false));
      http.close();
    }
  }

  /** Whatever a look throws, the next one comes: it reads what is in motion. */
  private void lookSafely() {
    try {
      http.dropWhoDoesNothing();
      look();
    } catch (RuntimeException | LinkageError | OutOfMemoryError unseen) {
      nextLook = System.nanoTime() + PAUSE_NANOS;
    }
  }

  private void look() {
    loops.refresh();
    Set<LiveLoop> shown = http.shown();
    boolean turned = false;
    for (LiveLoop each : loops.all()) {
      turned |= each.hasTurned();
      each.watch(shown.contains(each));
    }
    long before = System.nanoTime();
    if (http.hasPages() && (before - nextLook >= 0 || turned || http.hasNewPage())) {
      http.publish();
      long after = System.nanoTime();
      nextLook = after + Math.max(PAUSE_NANOS, TIME_PER_LOOK * (after - before));
    }
  }

  /** What may differ from the default. */
  public static final class Builder {
    private final Scheduler scheduler;
    int port;
    InetAddress address = InetAddress.getLoopbackAddress();
    boolean mayCancel;
    @Nullable String token = secret();

    /** How long a browser may keep a request or a write waiting until it is dropped. */
    Duration patience = Duration.ofSeconds(10);

    /** How long a page waits for what it asks the loop; then it is told what is seen outside. */
    Duration loopPatience = Duration.ofSeconds(1);

    private Builder(Scheduler scheduler) {
      this.scheduler = scheduler;
    }

    /**
     * The port; default 0, which takes one that is free.
     *
     * @throws IllegalArgumentException if it is not 0 to 65,535
     */
    public Builder port(int number) {
      if (number < 0 || number > 65_535) {
        throw new IllegalArgumentException("port " + number + ": must be 0 to 65535");
      }
      port = number;
      return this;
    }

    /**
     * Where it listens; default the loopback address. Who can read the network on the way reads the
     * secret too: prefer a tunnel.
     */
    public Builder address(InetAddress listensAt) {
      address = Objects.requireNonNull(listensAt, "listensAt");
      return this;
    }

    /** Whether the page may cancel tasks; default false. The page asks twice. */
    public Builder allowCancel(boolean allowed) {
      mayCancel = allowed;
      return this;
    }

    /** No secret in the path: each user of this machine may look. For the loopback address only. */
    public Builder withoutToken() {
      token = null;
      return this;
    }

    Builder patience(Duration longest) {
      patience = longest;
      return this;
    }

    Builder loopPatience(Duration longest) {
      loopPatience = longest;
      return this;
    }

    InetSocketAddress socketAddress() {
      return new InetSocketAddress(address, port);
    }

    /**
     * Serves the page.
     *
     * @throws IOException if it cannot listen there
     * @throws IllegalStateException if there is no secret and the address is not a loopback one, or
     *     if the JVM has no module {@code jdk.httpserver}
     */
    public Inspector start() throws IOException {
      if (token == null && !address.isLoopbackAddress()) {
        throw new IllegalStateException(
            "an inspector at " + address.getHostAddress() + " must have a token");
      }
      try {
        return new Inspector(this);
      } catch (NoClassDefFoundError e) {
        throw new IllegalStateException(
            "the inspector needs the module jdk.httpserver; start java with --add-modules"
                + " jdk.httpserver",
            e);
      }
    }
  }
}
