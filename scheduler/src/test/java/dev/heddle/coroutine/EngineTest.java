package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Timers;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which engines there are, and what can be seen once in a JVM only. */
class EngineTest {

  /** Else the two executions of the build would run the same thing twice. */
  @Test
  void theFlagsDecideWhichEnginesThereAre() {
    System.out.println("engines: " + Kind.engines() + ", kinds: " + Kind.all().toList());
    if (System.getProperty("heddle.test.flags") == null) {
      return; // started by an IDE
    }
    assertThat(Engine.VIRTUAL_THREAD.isAvailable()).isEqualTo(ForkedJvm.hasEngineFlags());
    assertThat(Engine.HANDOFF.isAvailable()).isTrue();
    assertThat(Engine.fastest())
        .isEqualTo(ForkedJvm.hasEngineFlags() ? Engine.VIRTUAL_THREAD : Engine.HANDOFF);
    assertThat(Kind.engines()).hasSize(ForkedJvm.hasEngineFlags() ? 2 : 1);
  }

  @Test
  void oneLineNamesTheFlagOnceAndWithoutFlagsOnly() throws Exception {
    ForkedJvm jvm = ForkedJvm.run(Hint.class);
    assertThat(jvm.exitCode()).as(jvm.output()).isZero();
    int expected = ForkedJvm.hasEngineFlags() ? 0 : 1;
    assertThat(jvm.output().split(Engine.OPEN_LANG, -1)).as(jvm.output()).hasSize(expected + 1);
    assertThat(jvm.output().split("INFO", -1)).as(jvm.output()).hasSize(expected + 1);
  }

  static final class Hint {
    public static void main(String[] args) {
      for (int i = 0; i < 3; i++) {
        try (Scheduler scheduler = Scheduler.create()) {
          scheduler.spawn(() -> {});
          scheduler.run();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void stockVirtualThreadsDoSocketsAfterASchedulerWhoseTaskDidTheFirstOfTheJvm(Engine engine)
      throws Exception {
    if (engine.isAvailable() && engine.runsTasks()) {
      ForkedJvm jvm = ForkedJvm.run(FirstSocket.class, "-Dengine=" + engine);
      assertThat(jvm.exitCode()).as(jvm.output()).isZero();
      assertThat(jvm.output()).contains("in a task: 42").contains("stock: 42");
    }
  }

  static final class FirstSocket {
    public static void main(String[] args) throws Exception {
      Engine engine = Engine.valueOf(System.getProperty("engine"));
      try (Scheduler scheduler = Scheduler.builder().engine(engine).build()) {
        scheduler.spawn(() -> System.out.println("in a task: " + readOneByte()));
        scheduler.run();
      }
      CountDownLatch done = new CountDownLatch(1);
      Thread stock =
          Thread.startVirtualThread(
              () -> {
                System.out.println("stock: " + readOneByte());
                done.countDown();
              });
      boolean ended = stock.join(Duration.ofSeconds(30));
      System.exit(ended && done.getCount() == 0 ? 0 : 2);
    }
  }

  /** The peer is a platform thread that writes once the reader waits for it. */
  static int readOneByte() {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket reader = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket peer = server.accept()) {
      Thread me = Thread.currentThread();
      Thread writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      Until.soon(500, () -> me.getState() == Thread.State.WAITING);
                      peer.getOutputStream().write(42);
                    } catch (java.io.IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      int read = reader.getInputStream().read();
      writer.join();
      return read;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /**
   * A container with one processor has one carrier; the scheduler may be made by a virtual thread.
   */
  @ParameterizedTest
  @EnumSource
  void aSchedulerRunsWhereThereIsOneCarrierAndWeAreOnIt(Engine engine) throws Exception {
    if (engine.isAvailable() && engine.runsTasks()) {
      ForkedJvm jvm =
          ForkedJvm.run(
              OneCarrier.class,
              "-Dengine=" + engine,
              "-Djdk.virtualThreadScheduler.parallelism=1",
              "-Djdk.virtualThreadScheduler.maxPoolSize=1");
      assertThat(jvm.exitCode()).as(jvm.output()).isZero();
      assertThat(jvm.output()).contains("through");
    }
  }

  static final class OneCarrier {
    public static void main(String[] args) throws Exception {
      Engine engine = Engine.valueOf(System.getProperty("engine"));
      Thread thread =
          Thread.startVirtualThread(
              () -> {
                try (Scheduler scheduler = Scheduler.builder().engine(engine).build()) {
                  scheduler.spawn(co -> co.await(Timers.sleep(Duration.ofMillis(1))));
                  scheduler.spawn(() -> System.out.println("byte " + readOneByte()));
                  scheduler.run();
                }
                System.out.println("through");
              });
      if (!thread.join(Duration.ofSeconds(30))) {
        Thread.getAllStackTraces()
            .forEach((t, stack) -> System.out.println(t + " " + java.util.Arrays.toString(stack)));
        System.out.println(thread + " " + java.util.Arrays.toString(thread.getStackTrace()));
        System.exit(3);
      }
    }
  }
}
