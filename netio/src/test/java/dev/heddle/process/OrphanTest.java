package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A parent that is killed, as the out-of-memory killer would, leaves no child behind. */
@Holds("O5")
class OrphanTest {
  private static final int CHILDREN = 3;

  /** The parent: one child idle, one that computes for ever, one that waits for ever. */
  static final class Parents {
    static void main() {
      try (Scheduler scheduler = Scheduler.create();
          ProcessPool pool = ProcessPool.open(scheduler, CHILDREN)) {
        scheduler.spawn(
            () -> {
              while (pool.stats().pids().size() < CHILDREN) {
                await(Timers.sleep(Duration.ofMillis(10)));
              }
              Promise<String> spins = await(pool.submit(JobType.of(Jobs.Never.class), "spinning"));
              Promise<String> waits = await(pool.submit(JobType.of(Jobs.Never.class), "waiting"));
              long answer = await(pool.apply(JobType.of(Jobs.Pid.class), ""));
              pool.stats().pids().forEach(System.out::println);
              System.out.println("ready " + answer);
              String _ = await(spins) + await(waits);
            });
        scheduler.run();
      }
    }
  }

  @Test
  void noChildIsLeftWhenItsParentWasKilled(@TempDir Path tmp) throws Exception {
    List<String> command = ChildJvm.command(Parents.class);
    command.add(1, "-Djava.io.tmpdir=" + tmp);
    Process parent =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      List<ProcessHandle> children = childrenOf(parent);
      assertThat(children).hasSize(CHILDREN).allMatch(ProcessHandle::isAlive);
      parent.destroyForcibly();
      Until.true_(
          children + " are gone", () -> children.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      parent.destroyForcibly();
    }
    try (Stream<Path> left = Files.list(tmp)) {
      assertThat(left.filter(file -> !file.getFileName().toString().startsWith("hsperf")))
          .isEmpty();
    }
  }

  private static List<ProcessHandle> childrenOf(Process parent) throws IOException {
    List<ProcessHandle> children = new ArrayList<>();
    try (BufferedReader lines = parent.inputReader()) {
      for (String line = lines.readLine(); !line.startsWith("ready"); line = lines.readLine()) {
        children.add(ProcessHandle.of(Long.parseLong(line)).orElseThrow());
      }
    }
    return children;
  }
}
