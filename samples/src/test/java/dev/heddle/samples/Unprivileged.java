package dev.heddle.samples;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * The program without the right to listen on a low port: root has it, and on some machines
 * everybody.
 */
final class Unprivileged {
  private static final Path FIRST_FREE_PORT =
      Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");

  /** Each runs the command behind it as a user who is not root. */
  private static final List<List<String>> AS_NOBODY =
      List.of(
          List.of(
              "setpriv",
              "--reuid=65534",
              "--clear-groups",
              "--inh-caps=-all",
              "--bounding-set=-all"),
          List.of("runuser", "-u", "nobody", "--"),
          List.of("su", "nobody", "-s", "/bin/sh", "-c", "exec \"$@\"", "sh"));

  private Unprivileged() {}

  /**
   * Starts the program so that it may not listen on port 1.
   *
   * @param folder where its class path is copied to: the one of the test may be for root only
   */
  static HeddleProcess start(Path folder, String... args) throws Exception {
    List<String> command = new ArrayList<>(prefix());
    List<String> flags = List.of("--add-opens=java.base/java.lang=ALL-UNNAMED"); // as the jar does
    command.addAll(HeddleProcess.commandOn(readableClassPath(folder), flags, args));
    return HeddleProcess.start(command);
  }

  /** What stands before the command; where there is no way, the test is aborted and says so. */
  private static List<String> prefix() throws Exception {
    assumeTrue(Files.isReadable(FIRST_FREE_PORT), FIRST_FREE_PORT + " cannot be read: not Linux");
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    List<String> prefix = new ArrayList<>();
    if (Integer.parseInt(Files.readString(FIRST_FREE_PORT).strip()) <= 1) {
      prefix.addAll(List.of("unshare", "-n")); // there, the kernel's default of 1024 holds
    }
    for (List<String> candidate : root ? AS_NOBODY : List.of(List.<String>of())) {
      List<String> whole = Stream.concat(prefix.stream(), candidate.stream()).toList();
      if (works(whole)) {
        return whole;
      }
    }
    return abort("every port is free to all, or there is neither setpriv, nor runuser, nor su");
  }

  private static boolean works(List<String> prefix) throws InterruptedException {
    List<String> command = Stream.concat(prefix.stream(), Stream.of("true")).toList();
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false; // no such program
    }
  }

  private static String readableClassPath(Path folder) throws Exception {
    readableByAll(folder);
    List<String> copies = new ArrayList<>();
    for (Class<?> part :
        List.of(
            Heddle.class,
            dev.heddle.net.TcpListener.class,
            dev.heddle.scheduler.Scheduler.class,
            CommandLine.class)) {
      Path original = Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path copy = folder.resolve(Integer.toString(copies.size()));
      copyTree(original, copy);
      copies.add(copy.toString());
    }
    return String.join(java.io.File.pathSeparator, copies);
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        readableByAll(Files.copy(path, to.resolve(from.relativize(path).toString())));
      }
    }
  }

  private static void readableByAll(Path path) {
    java.io.File file = path.toFile();
    boolean done =
        file.setReadable(true, false) && (file.isFile() || file.setExecutable(true, false));
    assumeTrue(done, () -> path + " cannot be made readable to all");
  }
}
