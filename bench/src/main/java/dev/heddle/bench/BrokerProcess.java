package dev.heddle.bench;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A message broker as a process of its own, with its own folder and ports; gone when closed. */
final class BrokerProcess implements AutoCloseable {
  static final Path NATS = Path.of("/usr/sbin/nats-server");
  static final Path RABBIT = Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server");
  private static final Duration START = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final int ANSWER_MILLIS = 1_000;
  private static final byte[] AMQP_GREETING = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

  private final Path folder;
  private final int port;
  private final int names;
  private final byte[] greeting;
  private final Process process;

  /**
   * Starts it and waits until it answers.
   *
   * @param greeting what a client says first
   */
  private BrokerProcess(Path folder, int port, int names, byte[] greeting, ProcessBuilder builder)
      throws IOException, InterruptedException {
    this.folder = folder;
    this.port = port;
    this.names = names;
    this.greeting = greeting;
    this.process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.log").toFile())
            .start();
    long end = System.nanoTime() + START.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new IOException(builder.command().getFirst() + " does not answer: see " + folder);
      }
      Thread.sleep(LOOK);
    }
  }

  /** NATS with JetStream. */
  static BrokerProcess nats() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("heddle-nats-");
    int port = freePort();
    String store = folder.resolve("store").toString();
    return new BrokerProcess(
        folder,
        port,
        0,
        new byte[0],
        new ProcessBuilder(
            NATS.toString(), "-js", "-a", "127.0.0.1", "-p", "" + port, "-sd", store));
  }

  /** RabbitMQ, which is no service of the system. */
  static BrokerProcess rabbit() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("heddle-rabbit-");
    int port = freePort();
    int names = freePort();
    ProcessBuilder builder = new ProcessBuilder(RABBIT.toString());
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME",
                folder.toString(),
                "RABBITMQ_NODENAME",
                "heddle" + port + "@localhost",
                "RABBITMQ_NODE_IP_ADDRESS",
                "127.0.0.1",
                "RABBITMQ_NODE_PORT",
                "" + port,
                "RABBITMQ_DIST_PORT",
                "" + freePort(),
                "ERL_EPMD_PORT",
                "" + names,
                "RABBITMQ_MNESIA_BASE",
                folder.resolve("data").toString(),
                "RABBITMQ_LOG_BASE",
                folder.resolve("log").toString(),
                "RABBITMQ_ENABLED_PLUGINS_FILE",
                folder.resolve("plugins").toString(),
                "RABBITMQ_CONF_ENV_FILE",
                "/dev/null"));
    builder.environment().put("RABBITMQ_CONFIG_FILE", folder.resolve("none").toString());
    return new BrokerProcess(folder, port, names, AMQP_GREETING, builder);
  }

  /** None that the system, from 32,768 on, gives to who connects or listens meanwhile. */
  private static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket free = new ServerSocket(port)) {
        return free.getLocalPort();
      } catch (BindException e) {
        // somebody listens there
      }
    }
  }

  /** A broker that has just begun accepts connections for which it has no time yet. */
  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write(greeting);
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    boolean _ = process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
    if (names != 0) { // Erlang's directory of nodes stays behind
      new ProcessBuilder("epmd", "-port", "" + names, "-kill")
          .redirectErrorStream(true)
          .redirectOutput(folder.resolve("epmd.log").toFile())
          .start()
          .waitFor(10, TimeUnit.SECONDS);
    }
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
