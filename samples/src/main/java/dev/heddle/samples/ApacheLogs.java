package dev.heddle.samples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Gzip-compressed Apache logs: found, or made from a seed and always the same; and read. */
final class ApacheLogs {
  private static final int HOSTS = 5_000;
  private static final int ROBOTS = 40;

  private ApacheLogs() {}

  /** The logs in a folder, by name. */
  static List<String> in(Path folder) throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log.gz")) {
      logs.forEach(log -> found.add(log.toAbsolutePath().toString()));
    } catch (IOException e) {
      throw PidFile.explained("cannot read", folder, e);
    }
    if (found.isEmpty()) {
      throw new IOException("there is no *.log.gz in " + folder);
    }
    found.sort(null);
    return found;
  }

  /** Writes so many logs of so many lines into a folder. */
  static void write(Path folder, int files, int lines, long seed) throws IOException {
    Random random = new Random(seed);
    for (int i = 0; i < files; i++) {
      Path file = folder.resolve("access-" + i / 10 + i % 10 + ".log.gz");
      try (var zipped = new GZIPOutputStream(Files.newOutputStream(file));
          var out = new PrintWriter(zipped, false, StandardCharsets.US_ASCII)) {
        for (int line = 0; line < lines; line++) {
          out.print(entry(random) + "\n");
        }
        if (out.checkError()) {
          throw new IOException("cannot write " + file);
        }
      }
    }
  }

  /** One host in some hundred is a robot, and asks for robots.txt now and then. */
  private static String entry(Random random) {
    int host = random.nextInt(HOSTS);
    boolean asks = host < ROBOTS && random.nextInt(4) == 0;
    String page = asks ? "/robots.txt" : "/ply/ply-" + random.nextInt(900) + ".html";
    String address = "10." + host / 256 + "." + host % 256 + "." + host % 7;
    String time = "24/Feb/2012:00:" + (10 + random.nextInt(50)) + ":" + (10 + random.nextInt(50));
    String request = "\"GET " + page + " HTTP/1.1\" 200 " + (100 + random.nextInt(90_000));
    return address + " - - [" + time + " -0600] " + request;
  }

  /** The hosts that asked a log's server for robots.txt, in order. */
  static Set<String> findRobots(String log) throws IOException {
    Set<String> robots = new TreeSet<>();
    try (var in = new GZIPInputStream(Files.newInputStream(Path.of(log)));
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split(" ", 8);
        if (fields.length > 6 && fields[6].equals("/robots.txt")) {
          robots.add(fields[0]);
        }
      }
    } catch (IOException e) {
      throw PidFile.explained("cannot read", Path.of(log), e);
    }
    return robots;
  }
}
