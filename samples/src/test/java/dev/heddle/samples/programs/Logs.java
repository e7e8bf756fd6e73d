package dev.heddle.samples.programs;

import dev.heddle.coroutine.Generator;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A pipeline of generators over log files: no more than one line is in memory at a time. */
final class Logs {
  record Hit(String page, int status) {}

  /** How often a file was opened and was closed. */
  int opened;

  int closed;

  /** All lines of all files. A file is open only while its lines are read. */
  Generator<String> lines(List<Path> files) throws IOException {
    return Generator.of(
        y -> {
          for (Path file : files) {
            try (BufferedReader reader = Files.newBufferedReader(file)) {
              opened++;
              for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                y.yield(line);
              }
            } finally {
              closed++;
            }
          }
        });
  }

  /** Each line that is a hit, as one; other lines are passed over. */
  static Generator<Hit> hits(Generator<String> lines) {
    return Generator.of(
        y -> {
          try (lines) {
            for (String line : lines) {
              String[] words = line.split(" ");
              if (words.length == 2) {
                y.yield(new Hit(words[0], Integer.parseInt(words[1])));
              }
            }
          }
        });
  }

  /** How often each page was not found. */
  static Map<String, Integer> missing(Generator<Hit> hits) {
    Map<String, Integer> missing = new TreeMap<>();
    for (Hit hit : hits) {
      if (hit.status() == 404) {
        missing.merge(hit.page(), 1, Integer::sum);
      }
    }
    return missing;
  }
}
