package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the daemon of Python Cookbook 12.14 does: it says that it has started, and then now and then
 * that it is alive. Try {@code heddle daemon start --pid-file F --log-file L -- heartbeat}.
 *
 * <p>You will see {@code Daemon started with pid 4711}, and every ten seconds {@code Daemon alive!}
 * and the time, until Ctrl-C or {@code daemon stop}.
 */
@Command(name = "heartbeat", description = "For a daemon: started, and alive every ten seconds.")
@Recipe("R18")
final class Heartbeat implements Runnable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  @Mixin private final Terminal terminal = new Terminal();

  @Option(
      names = "--every",
      converter = WholeNumber.Pause.class,
      description = "Seconds, 1 to 3600; default ${DEFAULT-VALUE}")
  private int every = 10;

  @Option(
      names = "--times",
      converter = WholeNumber.Count.class,
      description = "How often it says so, 0 or more; default: for ever")
  private int times = Integer.MAX_VALUE;

  @Override
  public void run() {
    try (Scheduler scheduler = terminal.scheduler()) {
      scheduler.spawn("heartbeat", this::beat);
      scheduler.run();
    }
  }

  private void beat(Awaiter co) {
    terminal.say("Daemon started with pid " + ProcessHandle.current().pid());
    for (int n = 0; n < times; n++) {
      terminal.say("Daemon alive! " + TIME.format(ZonedDateTime.now(ZoneId.systemDefault())));
      co.await(Timers.sleep(Duration.ofSeconds(every)));
    }
  }
}
