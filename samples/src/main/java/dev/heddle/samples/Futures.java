package dev.heddle.samples;

import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Two pages fetched at once: by the threads of a pool and futures (Python Cookbook 12.7), and then
 * by one task and two promises.
 *
 * <p>You will see both pages twice. That they are fetched at once is certain: {@link Pages}, the
 * server, answers neither before it has been asked for both.
 */
@Command(name = "futures", description = "Two fetches at once: by a pool's futures, by promises.")
@Recipe("R12")
final class Futures implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws Exception {
    try (var threads = Executors.newCachedThreadPool();
        Pages pages = new Pages(threads);
        HttpClient client = HttpClient.newHttpClient();
        Scheduler scheduler = Scheduler.create()) {

      var one = threads.submit(() -> client.send(pages.page("one"), BodyHandlers.ofString()));
      var two = threads.submit(() -> client.send(pages.page("two"), BodyHandlers.ofString()));
      terminal.say("futures: " + one.get().body() + " and " + two.get().body());

      scheduler.spawn(
          co -> {
            var a = Promise.from(client.sendAsync(pages.page("one"), BodyHandlers.ofString()));
            var b = Promise.from(client.sendAsync(pages.page("two"), BodyHandlers.ofString()));
            terminal.say("promises: " + co.await(a).body() + " and " + co.await(b).body());
          });
      scheduler.run();
    }
    return 0;
  }
}
