package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.net.Lines;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.sync.Held;
import dev.heddle.sync.Semaphore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Follows the links of a site: each page once, a few at a time, none for longer than a minute.
 *
 * <p>A page is a task of one group, and starts tasks in it for the links that nobody has seen. When
 * the last has ended, so has the crawl. No lock is needed around {@code seen}: nobody else runs
 * between two awaits.
 */
final class Crawler {
  private final InetSocketAddress site;
  private final int atATime;
  private final Semaphore slots;
  private final Set<String> seen = new TreeSet<>();
  private int mostAtATime = 0;

  Crawler(InetSocketAddress site, int atATime) {
    this.site = site;
    this.atATime = atATime;
    this.slots = Semaphore.bounded("slots", atATime);
  }

  /** All pages that can be reached from one. A page that fails, fails the crawl. */
  Set<String> crawl(Awaiter co, String first) throws Exception {
    try (TaskGroup<?> pages = TaskGroup.open()) {
      visit(pages, first);
      co.await(pages.join());
    }
    return seen;
  }

  /** How many pages were asked for at once, when these were most. */
  int mostAtATime() {
    return mostAtATime;
  }

  private void visit(TaskGroup<?> pages, String page) {
    if (seen.add(page)) {
      pages.spawn(page, co -> read(co, pages, page));
    }
  }

  private void read(Awaiter co, TaskGroup<?> pages, String page) throws Exception {
    List<String> links;
    try (Held slot = co.await(slots.acquire())) {
      mostAtATime = Math.max(mostAtATime, atATime - slots.available());
      links = CancelScope.call(co, Duration.ofMinutes(1), c -> fetch(c, page));
    }
    links.forEach(link -> visit(pages, link));
  }

  private List<String> fetch(Awaiter co, String page) throws IOException {
    List<String> links = new ArrayList<>();
    try (TcpSocket socket = co.await(TcpSocket.connect(site))) {
      co.await(socket.send(UTF_8.encode(page + "\n")));
      Lines lines = new Lines(socket);
      byte[] line;
      while ((line = co.await(lines.readLine())) != null) {
        links.add(new String(line, UTF_8).strip());
      }
    }
    return links;
  }
}
