package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.net.Lines;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@link Crawler}, and a site of 14 pages that link to each other in circles.
 *
 * <p>You will see that it finds all pages, that the site was asked for each once, and that no more
 * than four were asked for at a time.
 */
@Command(name = "crawler", description = "A crawler: each page once, four at a time.")
final class Crawl implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  private final List<String> asked = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    Scheduler.run(
        co -> {
          TcpListener site = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
          Scheduler.current().spawn("site", s -> serve(s, site));
          Crawler crawler = new Crawler(site.localAddress(), 4);
          terminal.say("found: " + String.join(" ", crawler.crawl(co, "/")));
          terminal.say("asked for: " + asked.size() + " pages");
          terminal.say("at a time: " + crawler.mostAtATime());
        });
    return 0;
  }

  private void serve(Awaiter co, TcpListener site) throws IOException {
    try (site;
        TaskGroup<?> visitors = TaskGroup.supervisor()) {
      while (true) {
        TcpSocket socket = co.await(site.accept());
        visitors.spawn("visitor", v -> answer(v, socket));
      }
    }
  }

  private void answer(Awaiter co, TcpSocket socket) throws IOException {
    try (socket) {
      byte[] line = co.await(new Lines(socket).readLine());
      if (line != null) {
        String page = new String(line, UTF_8).strip();
        asked.add(page);
        co.await(socket.send(UTF_8.encode(String.join("\n", links(page)))));
      }
    }
  }

  /** The home page has a link to each room, the last one to the attic. */
  private static List<String> links(String page) {
    return switch (page) {
      case "/" -> List.of("/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h", "/i", "/j", "/k", "/l");
      case "/l" -> List.of("/", "/attic");
      case "/attic" -> List.of("/");
      default -> List.of("/", "/" + (char) (page.charAt(1) + 1));
    };
  }
}
