package dev.heddle.bench.peers;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An echo server that is no Java. Its source is among our resources; it prints {@code listening on
 * 127.0.0.1:PORT} when it is ready and ends when its standard input ends.
 */
public enum ForeignPeer {
  /** One thread and epoll, by hand. */
  C_EPOLL("epoll.c", "cc"),
  /** A goroutine for each connection, on one core. */
  GO("echo.go", "go"),
  /** A protocol of asyncio. */
  ASYNCIO("asyncio_protocol.py", "python3"),
  /** Generators that yield what they wait for, and select(), as in the Python Cookbook. */
  GENERATORS("generators.py", "python3");

  private static final int SECONDS_TO_COMPILE = 120;

  private final String source;
  private final String tool;

  ForeignPeer(String source, String tool) {
    this.source = source;
    this.tool = tool;
  }

  /** The program that compiles it or runs it. */
  public String tool() {
    return tool;
  }

  /** Whether that program is on this machine's path. */
  public boolean isAvailable() {
    return found().isPresent();
  }

  private Optional<Path> found() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Arrays.stream(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Unpacks it, and compiles it if need be.
   *
   * @return the command that runs it
   * @throws IOException if it cannot be compiled; what the compiler says appears among our errors
   */
  public List<String> command() throws IOException {
    String found =
        found().orElseThrow(() -> new IOException("no " + tool + " is on the path")).toString();
    Path folder = Files.createTempDirectory("heddle-bench");
    folder.toFile().deleteOnExit();
    Path file = folder.resolve(source);
    file.toFile().deleteOnExit();
    try (InputStream in =
        Objects.requireNonNull(ForeignPeer.class.getResourceAsStream(source), source)) {
      Files.copy(in, file);
    }
    Path program = folder.resolve("echo");
    program.toFile().deleteOnExit();
    return switch (this) {
      case C_EPOLL -> compiled(program, found, "-O2", "-o", program.toString(), file.toString());
      case GO -> compiled(program, found, "build", "-o", program.toString(), file.toString());
      case ASYNCIO, GENERATORS -> List.of(found, file.toString());
    };
  }

  private static List<String> compiled(Path program, String... compiler) throws IOException {
    Process process =
        new ProcessBuilder(compiler)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      if (!process.waitFor(SECONDS_TO_COMPILE, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException("it cannot be compiled: " + String.join(" ", compiler));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return List.of(program.toString());
  }
}
