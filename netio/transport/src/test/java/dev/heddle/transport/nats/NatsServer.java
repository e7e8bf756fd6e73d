package dev.heddle.transport.nats;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Debian's {@code nats-server}, with JetStream, on a port of its own. */
final class NatsServer implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/nats-server");

  private final Path folder;
  private final int port;
  private Process process;

  NatsServer(Path folder) throws IOException {
    assumeTrue(Files.isExecutable(PROGRAM), PROGRAM + " is missing: apt-get install nats-server");
    this.folder = folder;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    start();
  }

  InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", port);
  }

  void start() throws IOException {
    process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "-js",
                "-a",
                "127.0.0.1",
                "-p",
                "" + port,
                "-sd",
                folder.resolve("store").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    Until.true_("the server listens", this::listens);
  }

  private boolean listens() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.getInputStream().read() == 'I';
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills it; what it has stored in files stays. */
  void kill() {
    process.destroyForcibly();
    Until.true_("the server has ended", () -> !process.isAlive());
  }

  @Override
  public void close() {
    kill();
  }
}
