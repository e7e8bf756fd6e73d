package dev.heddle.samples;

import dev.heddle.coroutine.Generator;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code tail -f log | grep ERROR | ...} as generators that pull lines through each other: after
 * David Beazley's talk "Generator Tricks for Systems Programmers".
 *
 * <p>You will see the log being written, a batch at a time, and the errors in it come out of the
 * pipeline as soon as they are written. After four of them the pipeline is closed, and with it the
 * file, though {@code tail} would have gone on for ever.
 */
@Command(name = "log-pipeline", description = "A pipeline of generators: tail, grep, print.")
@Recipe("R4")
final class LogPipeline implements Callable<Integer> {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public Integer call() throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.make("heddle-log-");
        var lines = tail(Files.createFile(folder.path().resolve("access.log")), this::write);
        var errors = grep("ERROR", lines)) {
      for (String message : errors.limit(4)) {
        terminal.say("  pipeline: " + message);
      }
    }
    return 0;
  }

  /** What happens while the file has nothing new. A real one would wait. */
  interface Meanwhile {
    void nothingNew(Path file, int times) throws IOException;
  }

  /** The lines of a file that others write to, without an end. */
  private static Generator<String> tail(Path file, Meanwhile meanwhile) {
    return Generator.of(
        y -> {
          try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (int times = 0; ; times++) {
              for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                y.yield(line);
              }
              meanwhile.nothingNew(file, times);
            }
          }
        });
  }

  /** The lines that contain a word, without it. */
  private static Generator<String> grep(String word, Generator<String> lines) {
    return Generator.of(
        y -> {
          for (String line : lines) {
            if (line.contains(word)) {
              y.yield(line.replace(word + " ", ""));
            }
          }
        });
  }

  private void write(Path log, int batch) throws IOException {
    terminal.out().println("log: batch " + batch);
    String lines =
        "INFO %.1 request\nERROR %.2 no such page\nINFO %.3 request\n"
            + (batch % 2 == 0 ? "" : "ERROR %.4 disk full\n");
    Files.writeString(log, lines.replace("%", "" + batch), StandardOpenOption.APPEND);
  }
}
