package dev.heddle.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that do everything wrong, beside clients that check every byte. {@code
 * -Dheddle.chaos.seconds=600} runs for so long, with 500 and 100 connections; {@code
 * -Dheddle.chaos.seed} repeats a run.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class ChaosTest {
  private static final int SECONDS = Integer.getInteger("heddle.chaos.seconds", 2);
  private static final long SEED = Long.getLong("heddle.chaos.seed", System.nanoTime());
  private static final int FAULTY = SECONDS < 60 ? 50 : 500;
  private static final int GOOD = SECONDS < 60 ? 10 : 100;

  private static final ServerLimits LIMITS =
      ServerLimits.DEFAULT
          .withMaxLineLength(2000)
          .withLineTimeout(Duration.ofMinutes(5)) // on a busy machine a line takes long
          .withWriteTimeout(Duration.ofSeconds(10));

  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicLong checked = new AtomicLong();
  private final AtomicLong faults = new AtomicLong();

  /** Why the server has closed the connection from a port. */
  private final Map<Integer, String> reasons = new ConcurrentHashMap<>();

  private final Set<Socket> misbehaving = ConcurrentHashMap.newKeySet();
  private final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
  private InetSocketAddress address;

  private boolean goesOn() {
    return System.nanoTime() - end < 0 && failure.get() == null;
  }

  private static void echo(Awaiter co, Connection connection) throws IOException {
    SocketReader in = connection.reader();
    SocketWriter out = connection.writer();
    for (byte[] line = co.await(in.readLine()); line != null; line = co.await(in.readLine())) {
      if (line.length > 4 && line[0] == 'F' && line[1] == 'A') {
        throw new IllegalStateException("as asked");
      }
      co.await(out.write(line));
      co.await(out.flush());
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(300_000); // so late only if bytes are lost
    return socket;
  }

  /** Sends lines in pieces, and compares what comes back. */
  private void good(Random random) {
    try {
      while (goesOn()) {
        try (Socket socket = connect()) {
          InputStream in = new BufferedInputStream(socket.getInputStream());
          for (int i = 0; i < 200 && goesOn(); i++) {
            byte[] lines = lines(random);
            send(socket.getOutputStream(), lines, random);
            byte[] back = in.readNBytes(lines.length);
            if (!Arrays.equals(back, lines)) {
              throw cut(socket, "sent " + lines.length + " bytes, got " + back.length);
            }
            checked.addAndGet(lines.length);
          }
          socket.shutdownOutput();
          assertThat(in.read()).isEqualTo(-1);
        }
      }
    } catch (Throwable thrown) {
      failure.compareAndSet(null, thrown);
    }
  }

  /** With the server's reason, if it has one. */
  private AssertionError cut(Socket socket, String what) {
    int port = socket.getLocalPort();
    Until.soon(5000, () -> reasons.containsKey(port));
    return new AssertionError(what + "; closed because: " + reasons.get(port));
  }

  private void noteReason(Connection connection) {
    int port = ((InetSocketAddress) connection.socket().remoteAddress()).getPort();
    reasons.remove(port);
    connection.onClose(why -> reasons.put(port, why == null ? "it has ended" : why));
  }

  private static byte[] lines(Random random) {
    byte[] lines = new byte[1 + random.nextInt(3000)];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = (byte) (i % 997 == 996 || random.nextInt(60) == 0 ? '\n' : 'a' + i % 26);
    }
    lines[lines.length - 1] = '\n';
    return lines;
  }

  private static void send(OutputStream out, byte[] bytes, Random random) throws IOException {
    for (int at = 0; at < bytes.length; ) {
      int piece = Math.min(bytes.length - at, 1 + random.nextInt(1500));
      out.write(bytes, at, piece);
      at += piece;
    }
  }

  private void faulty(Random random) {
    while (goesOn()) {
      try (Socket socket = connect()) {
        socket.setSoTimeout(300);
        misbehaving.add(socket);
        try {
          misbehave(socket, random);
        } finally {
          misbehaving.remove(socket);
        }
      } catch (IOException e) {
        // it is cut, as it deserves
      }
      faults.incrementAndGet();
    }
  }

  /** The time is over: who is in the middle of something would need long for the rest. */
  private void endFaulty(List<Thread> faulty) throws Exception {
    for (Thread client : faulty) {
      while (!client.join(Duration.ofMillis(100))) {
        for (Socket socket : misbehaving) {
          socket.close();
        }
      }
    }
  }

  private static void misbehave(Socket socket, Random random) throws IOException {
    OutputStream out = socket.getOutputStream();
    byte[] some = lines(random);
    int fault = random.nextInt(9);
    switch (fault == 4 && random.nextInt(5) > 0 ? 0 : fault) { // which takes much longer
      case 0 -> {
        int _ = socket.getInputStream().read(); // says nothing
      }
      case 1 -> {
        out.write(some, 0, some.length - 1);
        socket.setSoLinger(true, 0); // a reset in the middle of a line
      }
      case 2 -> {
        out.write(some);
        socket.shutdownInput();
      }
      case 3 -> {
        out.write(new byte[50_000]); // an over-long line, and goes on
        out.write(new byte[500_000]);
      }
      case 4 -> {
        byte[] much = "x".repeat(999).concat("\n").repeat(100).getBytes(US_ASCII);
        for (int i = 0; i < 200; i++) {
          out.write(much); // reads nothing, and is cut when nothing more can be sent to it
        }
      }
      case 5 -> {
        out.write(some, 0, some.length / 2); // and never ends the line
        int _ = socket.getInputStream().read(new byte[100_000]);
        int _ = socket.getInputStream().read();
      }
      case 6 -> {
        byte[] bytes = new byte[random.nextInt(5000)];
        random.nextBytes(bytes);
        out.write(bytes);
        int _ = socket.getInputStream().read(bytes);
      }
      case 7 -> {
        out.write("FAIL it\n".getBytes(US_ASCII));
        int _ = socket.getInputStream().read();
      }
      default -> {
        out.write(some);
        socket.setSoLinger(true, 0); // a reset while the answer is on its way
      }
    }
  }

  /** The JDK keeps a socket from the first close of one on. */
  static void useOneSocket() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
      assertThat(socket.isConnected()).isTrue();
    }
  }

  /** With room for all that connect and go at once, faster than they can be accepted. */
  private static TcpListener listener() throws IOException {
    return TcpListener.bind(Connections.ANY_PORT, ListenOptions.DEFAULT.withBacklog(4096));
  }

  @Test
  void whoBehavesLosesNoByteAndNothingLeaks() throws Exception {
    useOneSocket();
    System.gc();
    long sockets = DescriptorsTest.sockets();
    try (Scheduler scheduler = Scheduler.create();
        LogRecords _ = new LogRecords("dev.heddle.net.server")) {
      Server server =
          Server.on(scheduler, ChaosTest::echo)
              .limits(LIMITS)
              .onOpen(this::noteReason)
              .serve(List.of(listener()));
      address = server.localAddress();
      Thread loop = Thread.ofPlatform().start(scheduler::run);
      List<Thread> clients = new ArrayList<>();
      Random seeds = new Random(SEED);
      for (int i = 0; i < GOOD + FAULTY; i++) {
        Random random = new Random(seeds.nextLong());
        boolean isGood = i < GOOD;
        clients.add(Thread.ofVirtual().start(() -> play(isGood, random)));
      }
      for (Thread client : clients.subList(0, GOOD)) {
        client.join();
      }
      endFaulty(clients.subList(GOOD, clients.size()));
      assertThat(failure.get()).as("seed " + SEED).isNull();
      assertThat(checked.get()).isPositive();
      Until.true_("all connections end: " + server.stats(), () -> server.stats().open() == 0);
      assertThat(server.stats().pendingInput()).isZero();
      assertThat(scheduler.call(() -> scheduler.tasks().size())).isEqualTo(2);
      System.out.println(
          "chaos: seed "
              + SEED
              + ", "
              + faults
              + " faults, "
              + checked
              + " bytes checked, "
              + server.stats()
              + ", heap "
              + usedHeap() / 1024
              + " KiB");
      server.shutdown();
      loop.join();
    }
    assertThat(DescriptorsTest.sockets()).isLessThanOrEqualTo(sockets);
  }

  private void play(boolean isGood, Random random) {
    if (isGood) {
      good(random);
    } else {
      faulty(random);
    }
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
