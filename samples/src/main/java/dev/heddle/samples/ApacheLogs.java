package dev.heddle.samples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Gzip-compressed Apache logs: made from a seed, always the same, and read again. */
record ApacheLogs(Path folder, List<String> paths) implements AutoCloseable {
  private static final int HOSTS = 5_000;
  private static final int ROBOTS = 40;

  /** Writes so many files of so many lines, into a folder that closing takes away. */
  static ApacheLogs write(int files, int lines, long seed) throws IOException {
    Path folder = Files.createTempDirectory("heddle-logs-");
    Random random = new Random(seed);
    List<String> written = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      Path file = folder.resolve("access-%02d.log.gz".formatted(i));
      try (var out =
          new PrintWriter(
              new GZIPOutputStream(Files.newOutputStream(file)),
              false,
              StandardCharsets.US_ASCII)) {
        for (int line = 0; line < lines; line++) {
          out.print(entry(random) + "\n");
        }
      }
      written.add(file.toString());
    }
    return new ApacheLogs(folder, written);
  }

  /** One host in some hundred is a robot, and asks for robots.txt now and then. */
  private static String entry(Random random) {
    int host = random.nextInt(HOSTS);
    boolean asks = host < ROBOTS && random.nextInt(4) == 0;
    String page = asks ? "/robots.txt" : "/ply/ply-" + random.nextInt(900) + ".html";
    return "10.%d.%d.%d - - [24/Feb/2012:00:%02d:%02d -0600] \"GET %s HTTP/1.1\" 200 %d"
        .formatted(
            host / 256,
            host % 256,
            host % 7,
            random.nextInt(60),
            random.nextInt(60),
            page,
            100 + random.nextInt(90_000));
  }

  /** The hosts that asked a log's server for robots.txt, in order. */
  static Set<String> findRobots(String log) {
    Set<String> robots = new TreeSet<>();
    try (var in = new GZIPInputStream(Files.newInputStream(Path.of(log)));
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split(" ");
        if (fields[6].equals("/robots.txt")) {
          robots.add(fields[0]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return robots;
  }

  @Override
  public void close() throws IOException {
    for (String file : paths) {
      Files.delete(Path.of(file));
    }
    Files.delete(folder);
  }
}
