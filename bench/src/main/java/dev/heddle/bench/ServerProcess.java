package dev.heddle.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, on a core of its own where that can be had. */
final class ServerProcess implements AutoCloseable {
  /** What it prints when it is ready, followed by the port. */
  static final String LISTENING = "listening on 127.0.0.1:";

  /** What it is asked for its memory. */
  static final String MEMORY = "memory";

  private static final int SECONDS_TO_END = 5;

  private final Process process;
  private final boolean isJava;
  private final BufferedReader out;
  private final InetSocketAddress address;

  private ServerProcess(Process process, boolean isJava) throws IOException {
    this.process = process;
    this.isJava = isJava;
    out = process.inputReader();
    String line = out.readLine();
    if (line == null || !line.startsWith(LISTENING)) {
      close();
      throw new IOException("the server did not start; it said: " + line);
    }
    int port = Integer.parseInt(line.substring(LISTENING.length()));
    address = new InetSocketAddress("127.0.0.1", port);
  }

  /** Starts it and waits until it listens. Its errors appear among ours. */
  static ServerProcess start(Server server, Cores cores) throws IOException {
    return start(server, cores, List.of());
  }

  /** The same in a JVM with these options, if it is Java. */
  static ServerProcess start(Server server, Cores cores, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(cores.pinServer());
    boolean isJava = server.foreign().isEmpty();
    command.addAll(isJava ? java(server, options) : server.foreign().orElseThrow().command());
    return new ServerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start(), isJava);
  }

  private static List<String> java(Server server, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    // The manifest's Add-Opens holds for `java -jar` only.
    command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    // What Netty wants on 25, lest it be slower than it is, or warn.
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Bench.class.getName(), "serve", server.toString()));
    return command;
  }

  InetSocketAddress address() {
    return address;
  }

  long pid() {
    return process.pid();
  }

  /** How long it has had a processor so far; in steps of the system's clock, 10 ms as a rule. */
  long cpuNanos() {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }

  /** How much memory it has, after a garbage collection; if it is no Java, what is resident. */
  Memory memory() throws IOException {
    if (!isJava) {
      return Memory.residentOf(process.pid());
    }
    OutputStream in = process.getOutputStream();
    in.write((MEMORY + "\n").getBytes(StandardCharsets.US_ASCII));
    in.flush();
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the server has ended");
    }
    return Memory.parse(line);
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close(); // the end of its input
      if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
