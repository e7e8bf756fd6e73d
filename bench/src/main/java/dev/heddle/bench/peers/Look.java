package dev.heddle.bench.peers;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SchedulerBuilder;
import dev.heddle.trace.Inspector;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.Recording;

/** What looks at one of our servers while it serves: what that costs is to be measured. */
public enum Look {
  /** Nothing, not even the watchdog. */
  NOTHING,
  /** The watchdog, as in each program. */
  WATCHDOG,
  /** An observer, which hears of each turn, and counts. */
  OBSERVER,
  /** The Flight Recorder, with all events of Heddle. */
  FLIGHT_RECORDER,
  /** An open page of the inspector, read by a thread of the server's process. */
  PAGE,
  /** A recording that can be replayed. */
  RECORDING;

  private static final LongAdder HEARD = new LongAdder();

  SchedulerBuilder builder() {
    SchedulerBuilder builder = Scheduler.builder();
    return switch (this) {
      case NOTHING -> builder.watchdog(Duration.ZERO);
      case OBSERVER -> builder.observer(event -> HEARD.increment());
      case RECORDING -> builder.record(file());
      case WATCHDOG, FLIGHT_RECORDER, PAGE -> builder;
    };
  }

  /** Deleted at the end of the process. */
  private static Path file() {
    String name = "heddle-echo-" + ProcessHandle.current().pid() + ".heddle";
    Path file = Path.of(System.getProperty("java.io.tmpdir"), name);
    file.toFile().deleteOnExit();
    return file;
  }

  /** Begins to look, for the rest of the process. */
  @SuppressWarnings("resource") // until the process ends
  void begin(Scheduler scheduler) throws IOException {
    switch (this) {
      case FLIGHT_RECORDER -> {
        Recording recording = new Recording();
        recording.setMaxSize(100_000_000);
        for (String event :
            new String[] {"Turn", "Wait", "Wake", "Spawn", "End", "Stall", "Accept", "Offload"}) {
          var _ = recording.enable("dev.heddle." + event);
        }
        recording.start();
      }
      case PAGE -> {
        Inspector inspector = Inspector.start(scheduler, 0);
        Thread.ofPlatform().daemon().name("reads the page").start(() -> read(inspector));
      }
      case NOTHING, WATCHDOG, OBSERVER, RECORDING -> {}
    }
  }

  private static void read(Inspector inspector) {
    HttpRequest page = HttpRequest.newBuilder(inspector.uri().resolve("events")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      client.send(page, BodyHandlers.ofLines()).body().forEach(line -> HEARD.add(line.length()));
    } catch (IOException ended) {
      // with the server
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
