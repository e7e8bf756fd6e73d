package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What is special about {@link Engine#CONTINUATION}; the rest is in the suites of all engines. */
class ContinuationTest {

  private static Generator<Integer> generator(GeneratorBody<Integer> body) {
    assumeTrue(Engine.CONTINUATION.isAvailable());
    return Generator.of(Engine.CONTINUATION, body);
  }

  @Test
  void isAvailableWithTheFlagOnly() {
    assertThat(Engine.CONTINUATION.isAvailable()).isEqualTo(ForkedJvm.hasEngineFlags());
  }

  @Test
  void withoutTheFlagTheErrorNamesIt() {
    assumeTrue(!Engine.CONTINUATION.isAvailable());
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> Generator.<Integer>of(Engine.CONTINUATION, y -> y.yield(1)))
        .withMessageContaining("--add-exports java.base/jdk.internal.vm=ALL-UNNAMED");
  }

  @Test
  void runsNoTasks() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scheduler.builder().engine(Engine.CONTINUATION))
        .withMessage("engine CONTINUATION does not run tasks");
  }

  @Test
  void oneFileImportsTheContinuation() throws IOException {
    try (var files = Files.walk(Path.of("src/main/java"))) {
      assertThat(files.filter(Files::isRegularFile).filter(ContinuationTest::importsInternals))
          .map(file -> file.getFileName().toString())
          .containsExactly("ContinuationCoroutine.java");
    }
  }

  private static boolean importsInternals(Path file) {
    try {
      return Files.readString(file).contains("import jdk.internal.");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  // Monitors. Tests run with -ea, and with both flags or none.

  @Test
  void aYieldThatWouldHoldAMonitorIsRefused() {
    var monitor = new Object();
    var it =
        generator(
                y -> {
                  y.yield(1);
                  synchronized (monitor) {
                    y.yield(2);
                  }
                })
            .iterator();
    assertThat(it.next()).isEqualTo(1);
    assertThatIllegalStateException()
        .isThrownBy(it::hasNext)
        .withMessageContaining("cannot yield inside of synchronized");
    assertThat(Thread.holdsLock(monitor)).isFalse();
  }

  @Test
  void aMonitorInACallerInsideOfTheBodyIsSeenToo() {
    var it = generator(ContinuationTest::yieldInSynchronizedMethod).iterator();
    assertThatIllegalStateException().isThrownBy(it::hasNext);
  }

  private static synchronized void yieldInSynchronizedMethod(Yielder<Integer, Void> y) {
    inner(y);
  }

  private static void inner(Yielder<Integer, Void> y) {
    y.yield(1);
  }

  @Test
  void aMonitorOfTheConsumerIsTheConsumersBusiness() {
    var it = generator(y -> y.yield(1)).iterator();
    synchronized (this) {
      assertThat(it.next()).isEqualTo(1);
    }
  }

  @Test
  void aMonitorLeftBeforeTheYieldIsNoMatter() {
    var it =
        generator(
                y -> {
                  int x;
                  synchronized (this) {
                    x = 1;
                  }
                  y.yield(x);
                })
            .iterator();
    assertThat(it.next()).isEqualTo(1);
  }

  @Test
  void aRefusedYieldCanBeCaughtAndTheBodyGoesOn() {
    var it =
        generator(
                y -> {
                  try {
                    synchronized (this) {
                      y.yield(1);
                    }
                  } catch (IllegalStateException e) {
                    y.yield(2);
                  }
                })
            .iterator();
    assertThat(it.next()).isEqualTo(2);
    assertThat(it.hasNext()).isFalse();
  }

  @Test
  void aYieldUnderANativeFrameIsRefused() {
    var it =
        generator(
                y -> {
                  forTheInitializer = y;
                  initialize(YieldsInItsInitializer.class);
                })
            .iterator();
    assertThatExceptionOfType(ExceptionInInitializerError.class)
        .isThrownBy(it::hasNext)
        .havingCause()
        .withMessageContaining("pinned to its thread by a native frame");
  }

  /** A fresh copy of the class, as one whose initializer has failed is never initialized again. */
  private static void initialize(Class<?> type) throws IOException, IllegalAccessException {
    try (InputStream in =
        type.getResourceAsStream(type.getName().replaceAll(".*\\.", "") + ".class")) {
      MethodHandles.lookup()
          .defineHiddenClass(in.readAllBytes(), true, MethodHandles.Lookup.ClassOption.NESTMATE);
    }
  }

  /** A class initializer runs on a native frame. */
  private static final class YieldsInItsInitializer {
    static {
      forTheInitializer.yield(1);
    }
  }

  private static Yielder<Integer, Void> forTheInitializer;

  // Nested in other continuations.

  @Test
  void insideOfAVirtualThreadTheBodyMayBlock() throws Exception {
    assumeTrue(Engine.CONTINUATION.isAvailable());
    var sums = new ArrayList<Integer>();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 20; t++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                int sum = 0;
                for (int x : generator(ContinuationTest::blocking)) {
                  sum += x;
                }
                synchronized (sums) {
                  sums.add(sum);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(sums).hasSize(20).containsOnly(4950);
  }

  private static void blocking(Yielder<Integer, Void> y) {
    Generator<Integer> inner =
        generator(
            z -> {
              for (int i = 0; i < 100; i++) {
                LockSupport.parkNanos(1);
                z.yield(i);
              }
            });
    for (int x : inner) {
      Thread.yield();
      y.yield(x);
    }
  }

  @Test
  void aBodyRunsOnTheThreadOfItsConsumer() {
    var threads = new ArrayList<Thread>();
    for (int _ :
        generator(
            y -> {
              threads.add(Thread.currentThread());
              y.yield(1);
            })) {}
    assertThat(threads).isEqualTo(List.of(Thread.currentThread()));
  }
}
