package dev.heddle.transport.amqp;

import dev.heddle.fixtures.Until;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** RabbitMQ as a process of its own, with its own folder and ports; no service of the system. */
final class RabbitServer implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");

  private final Path folder;
  private final int port;
  private final int names;
  private final int cluster;
  private Process process;

  /** A server that accepts connections. */
  RabbitServer() throws Exception {
    folder = Files.createTempDirectory("heddle-rabbit");
    port = EmbeddedBroker.freePort();
    names = EmbeddedBroker.freePort();
    cluster = EmbeddedBroker.freePort();
    start();
  }

  static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  int port() {
    return port;
  }

  private void start() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(PROGRAM.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.log").toFile());
    environment(builder);
    process = builder.start();
    Until.true_("RabbitMQ started, see " + folder, this::accepts);
  }

  private void environment(ProcessBuilder builder) {
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME", folder.toString(),
                "RABBITMQ_NODENAME", "heddle" + port + "@localhost",
                "RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1",
                "RABBITMQ_NODE_PORT", Integer.toString(port),
                "RABBITMQ_DIST_PORT", Integer.toString(cluster),
                "ERL_EPMD_PORT", Integer.toString(names),
                "RABBITMQ_MNESIA_BASE", folder.resolve("data").toString(),
                "RABBITMQ_LOG_BASE", folder.resolve("log").toString(),
                "RABBITMQ_ENABLED_PLUGINS_FILE", folder.resolve("plugins").toString(),
                "RABBITMQ_CONF_ENV_FILE", "/dev/null"));
    builder.environment().put("RABBITMQ_CONFIG_FILE", folder.resolve("none").toString());
  }

  private boolean accepts() {
    if (!process.isAlive()) {
      throw new AssertionError("RabbitMQ has ended, see " + folder);
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills it, as a failure of power would, and starts it again with what is on its disk. */
  void restart() throws Exception {
    kill();
    start();
  }

  private void kill() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.waitFor(20, TimeUnit.SECONDS);
    Until.true_("RabbitMQ ended", () -> !isUp());
  }

  private boolean isUp() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws Exception {
    kill();
    ProcessBuilder end = new ProcessBuilder("epmd", "-port", Integer.toString(names), "-kill");
    end.redirectErrorStream(true).redirectOutput(folder.resolve("epmd.log").toFile());
    end.start().waitFor(10, TimeUnit.SECONDS);
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
