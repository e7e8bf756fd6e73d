package dev.heddle.net;

import static dev.heddle.scheduler.Task.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.heddle.fixtures.EdgeDurations;
import dev.heddle.fixtures.Holds;
import dev.heddle.process.Channel;
import dev.heddle.process.Parent;
import dev.heddle.process.Pipe;
import dev.heddle.process.ProcessOptions;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Durations about which a long of nanoseconds knows nothing: everywhere they mean very long. */
@Holds("Y9")
class DurationEdgesTest {
  /** All that takes a Duration from a user; the tests below go through them. */
  private static final Set<String> TAKERS =
      Set.of(
          "Channel.poll",
          "Connect.delay",
          "Connect.timeout",
          "ProcessOptions.withStartTimeout",
          "Server.awaitEnd",
          "ServerLimits.<init>",
          "ServerLimits.withDrainTimeout",
          "ServerLimits.withIdleTimeout",
          "ServerLimits.withLineTimeout",
          "ServerLimits.withWriteTimeout",
          "StreamSocket.setIdleTimeout",
          "StreamSocket.setLinger",
          "StreamSocket.setProgressTimeout",
          "TcpSocket.setIdleTimeout",
          "TcpSocket.setLinger",
          "TcpSocket.setProgressTimeout",
          "TlsOptions.withHandshakeTimeout",
          "TlsSocket.setIdleTimeout",
          "TlsSocket.setLinger",
          "TlsSocket.setProgressTimeout");

  @TempDir static Path folder;

  private interface Body {
    void run() throws Exception;
  }

  /** What is made to be refused is not awaited: no finding. */
  private static void run(Body body) {
    try (Scheduler scheduler =
        Scheduler.builder()
            .findingReporter(_ -> {})
            .failureReporter(
                (task, failure) -> {
                  throw new AssertionError(task + " failed", failure);
                })
            .build()) {
      scheduler.spawn("test", body::run);
      scheduler.run();
    }
  }

  /** The loop has looked at its deadlines in this time. */
  private static void letTimePass() {
    for (int i = 0; i < 3; i++) {
      await(Task.sleep(Duration.ofNanos(1)));
    }
  }

  private static void send(StreamSocket socket, String text) throws Exception {
    int _ = await(socket.send(Connections.bytes(text)));
  }

  private static String receive(StreamSocket socket) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    int _ = await(socket.recv(buffer));
    return Connections.text(buffer);
  }

  private record Pair(TcpSocket near, TcpSocket far) {}

  /** Made with the longest time for the whole, and for the silence of one address. */
  private static Pair connect(Duration longest) throws Exception {
    try (TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
      TcpSocket near =
          await(
              Connect.to("127.0.0.1", listener.localAddress().getPort())
                  .timeout(longest)
                  .delay(longest));
      return new Pair(near, await(listener.accept()));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#longOnes")
  void aConnectionWithLongTimeoutsLivesOnAndLingers(Duration longest) {
    run(
        () -> {
          Pair pair = connect(longest);
          try (TcpSocket near = pair.near;
              TcpSocket far = pair.far) {
            near.setIdleTimeout(longest);
            near.setProgressTimeout(longest);
            near.setLinger(longest);
            letTimePass();
            send(far, "there");
            assertThat(receive(near)).isEqualTo("there");
            send(far, "not read");
            send(near, "and back");
            near.close();
            letTimePass();
            assertThat(receive(far)).isEqualTo("and back");
          }
        });
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#longOnes")
  void whoWaitsToSendIsNotTimedOutByALongProgressTimeout(Duration longest) {
    run(
        () -> {
          Pair pair = connect(longest);
          try (TcpSocket near = pair.near;
              TcpSocket far = pair.far) {
            near.setProgressTimeout(longest);
            Task<Integer> sender =
                Task.current()
                    .scheduler()
                    .submit("sender", () -> await(near.send(ByteBuffer.allocate(16 << 20))));
            letTimePass();
            near.setProgressTimeout(longest);
            letTimePass();
            assertThat(sender.isDone()).isFalse();
            ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            while (!sender.isDone()) {
              int _ = await(far.recv(buffer.clear()));
            }
            assertThat(await(sender.join())).isEqualTo(16 << 20);
          }
        });
  }

  /** The addresses of a name are tried one after the other: the first refuses. */
  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#longOnes")
  void aLongDelayBetweenTwoAddressesIsNotWaitedForIfTheFirstFails(Duration longest) {
    run(
        () -> {
          try (TcpListener listener = TcpListener.bind(Connections.ANY_PORT)) {
            Connect connect =
                Connect.to("some.host", listener.localAddress().getPort())
                    .resolver(
                        host ->
                            List.of(
                                InetAddress.getByName("127.0.0.99"),
                                InetAddress.getByName("127.0.0.1")))
                    .timeout(longest)
                    .delay(longest);
            try (TcpSocket near = await(connect);
                TcpSocket far = await(listener.accept())) {
              send(near, "there");
              assertThat(receive(far)).isEqualTo("there");
            }
          }
        });
  }

  @Test
  void aTlsConnectionWithLongTimeoutsLivesOn() throws Exception {
    Certificates certificates = new Certificates(folder);
    SSLContext ours = certificates.server("alpha");
    SSLContext theirs = certificates.trusting("nobody", "alpha");
    run(
        () -> {
          for (Duration longest : EdgeDurations.longOnes().toList()) {
            Pair pair = connect(longest);
            TlsOptions server = TlsOptions.forServer(ours).withHandshakeTimeout(longest);
            TlsOptions client = TlsOptions.forClient(theirs, "alpha").withHandshakeTimeout(longest);
            Task<TlsSocket> accepts =
                Task.current()
                    .scheduler()
                    .submit("server", () -> await(TlsSocket.server(pair.far, server)));
            try (TlsSocket near = await(TlsSocket.client(pair.near, client));
                TlsSocket far = await(accepts.join())) {
              near.setIdleTimeout(longest);
              near.setProgressTimeout(longest);
              near.setLinger(longest);
              letTimePass();
              send(far, "there");
              assertThat(receive(near)).isEqualTo("there");
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#longOnes")
  void aServerWithLongLimitsServesAndDrainsAndEnds(Duration longest) throws Exception {
    ServerLimits limits =
        new ServerLimits(10, 100, longest, longest)
            .withIdleTimeout(longest)
            .withLineTimeout(longest)
            .withWriteTimeout(longest)
            .withDrainTimeout(longest);
    Server[] served = new Server[1];
    run(
        () -> {
          Server server =
              Server.serve(
                  Connections.ANY_PORT,
                  (co, connection) -> {
                    String line = co.await(connection.reader().readLine(US_ASCII));
                    co.await(connection.writer().writeLine("GOT:" + line));
                  },
                  limits);
          served[0] = server;
          try (TcpSocket client = await(TcpSocket.connect(server.localAddress()))) {
            send(client, "half of");
            letTimePass();
            server.shutdown();
            letTimePass();
            assertThat(client.isOpen()).isTrue();
          }
          await(server.end());
        });
    assertThat(served[0].awaitEnd(longest)).isTrue();
  }

  /** In a child, {@code poll} is a question to the parent. */
  static boolean pollsOfAChild(String name) throws Exception {
    Channel<String> parent = Parent.pipe(name, String.class);
    boolean all = true;
    for (Duration longest : EdgeDurations.longOnes().toList()) {
      all &= await(parent.poll(longest));
      all &= await(parent.recv()).equals("asked for");
      assertThatThrownBy(() -> parent.poll(longest.negated()))
          .hasMessage("cannot poll for " + longest.negated() + ": must be 0 or more");
      await(parent.send("go on"));
    }
    return all;
  }

  @Test
  void aChildMayTakeLongToStartAndBothSidesMayPollForLong() {
    Pipe<String> pipe = Pipe.open("talk", String.class);
    ProcessOptions options = ProcessOptions.DEFAULT.sharing(pipe);
    for (Duration longest : EdgeDurations.longOnes().toList()) {
      options = options.withStartTimeout(longest);
    }
    ProcessOptions last = options;
    run(
        () -> {
          try (ProcessPool pool = ProcessPool.open(Task.current().scheduler(), 1, last)) {
            Promise<Boolean> child = await(pool.submit(DurationEdgesTest::pollsOfAChild, "talk"));
            for (Duration longest : EdgeDurations.longOnes().toList()) {
              letTimePass();
              await(pipe.here().send("asked for"));
              assertThat(await(pipe.here().poll(longest))).isTrue();
              assertThat(await(pipe.here().recv())).isEqualTo("go on");
            }
            assertThat(await(child)).isTrue();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#longOnes")
  void aLongPollOfAChannelEndsWithAMessage(Duration longest) {
    run(
        () -> {
          PipedOutputStream feed = new PipedOutputStream();
          Channel<String> channel =
              Channel.over(
                  new PipedInputStream(feed), OutputStream.nullOutputStream(), String.class, "us");
          Task<Boolean> poll =
              Task.current().scheduler().submit("poll", () -> await(channel.poll(longest)));
          letTimePass();
          assertThat(poll.isDone()).isFalse();
          feed.write(new byte[] {0, 0, 0, 3, 's', 1, 'x'});
          feed.flush();
          assertThat(await(poll.join())).isTrue();
          feed.close();
        });
  }

  private static List<ThrowingCallable> takersOfAPositiveOne(Pair pair, Duration bad) {
    return List.of(
        () -> pair.near.setIdleTimeout(bad),
        () -> pair.near.setProgressTimeout(bad),
        () -> Connect.to("127.0.0.1", 80).timeout(bad),
        () -> Connect.to("127.0.0.1", 80).delay(bad),
        () -> TlsOptions.forClient("alpha").withHandshakeTimeout(bad),
        () -> ServerLimits.DEFAULT.withIdleTimeout(bad),
        () -> ServerLimits.DEFAULT.withLineTimeout(bad),
        () -> ServerLimits.DEFAULT.withWriteTimeout(bad),
        () -> new ServerLimits(1, 100, bad, EdgeDurations.HALF),
        () -> ProcessOptions.DEFAULT.withStartTimeout(bad));
  }

  private static List<ThrowingCallable> takersOfZero(Pair pair, Duration bad) {
    return List.of(
        () -> pair.near.setLinger(bad),
        () -> ServerLimits.DEFAULT.withDrainTimeout(bad),
        () -> new ServerLimits(1, 100, EdgeDurations.HALF, bad),
        () -> Pipe.open("talk", String.class).here().poll(bad));
  }

  private static void assertRefused(List<ThrowingCallable> calls, Duration bad, String range) {
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("[\\w ]+ " + bad + ": must be " + range);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#negativeOnes")
  void aNegativeDurationIsRefusedByALineThatNamesItAndTheRange(Duration negative) {
    run(
        () -> {
          Pair pair = connect(EdgeDurations.HALF);
          assertRefused(takersOfAPositiveOne(pair, negative), negative, "positive");
          assertRefused(takersOfZero(pair, negative), negative, "0 or more");
          pair.near.close();
          pair.far.close();
        });
  }

  @Test
  void zeroIsRefusedWhereItWouldMeanThatNothingIsEverInTime() {
    run(
        () -> {
          Pair pair = connect(EdgeDurations.HALF);
          assertRefused(takersOfAPositiveOne(pair, Duration.ZERO), Duration.ZERO, "positive");
          for (ThrowingCallable call : takersOfZero(pair, Duration.ZERO)) {
            try {
              call.call();
            } catch (Throwable thrown) {
              throw new AssertionError("zero is a time here", thrown);
            }
          }
          pair.near.close();
          pair.far.close();
        });
  }

  /** As {@code Future.get}: who gives no time is told how it is now. */
  @ParameterizedTest
  @MethodSource("dev.heddle.fixtures.EdgeDurations#negativeOnes")
  void whoHasNoTimeToAwaitTheEndOfAServerIsToldWhetherItHasEnded(Duration negative)
      throws Exception {
    Server[] served = new Server[1];
    try (Scheduler scheduler = Scheduler.create()) {
      served[0] = Server.on(scheduler, (co, connection) -> {}).bind(List.of(Connections.ANY_PORT));
      assertThat(served[0].awaitEnd(negative)).isFalse();
      assertThat(served[0].awaitEnd(Duration.ZERO)).isFalse();
      served[0].shutdown();
      scheduler.run();
    }
    assertThat(served[0].awaitEnd(negative)).isTrue();
  }

  // So that no new place forgets the edges.

  /** The main classes of this module. */
  private static JavaClasses ours() {
    return new ClassFileImporter()
        .importUrl(TcpSocket.class.getProtectionDomain().getCodeSource().getLocation());
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(DurationEdgesTest::isPublic).orElse(true);
  }

  @Test
  void allThatTakesADurationFromAUserIsTestedHere() {
    Set<String> takers = new TreeSet<>();
    for (JavaClass type : ours()) {
      if (!isPublic(type)) {
        continue;
      }
      for (JavaCodeUnit unit : type.getCodeUnits()) {
        if (unit.getModifiers().contains(JavaModifier.PUBLIC)
            && unit.getRawParameterTypes().stream()
                .anyMatch(p -> p.isEquivalentTo(Duration.class))) {
          takers.add(type.getSimpleName() + "." + unit.getName());
        }
      }
    }
    assertThat(takers).isEqualTo(new TreeSet<>(TAKERS));
  }

  @Test
  void theNanosecondsOfADurationThatAUserGivesAreAskedForInOnePlace() {
    ArchRuleDefinition.noClasses()
        .should()
        .callMethod(Duration.class, "toNanos")
        .orShould()
        .callMethod(Duration.class, "toMillis")
        .check(ours());
  }
}
