package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.LogRecords;
import dev.heddle.fixtures.Until;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** Loops log by it, and are held up by no log. */
class LogPrinterTest {
  private static final long LONG = TimeUnit.SECONDS.toNanos(20);

  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().factory();

  private final LogPrinter printer = new LogPrinter(THREADS, LONG);
  private final List<Object> logged = new CopyOnWriteArrayList<>();

  @Test
  void aLineIsLoggedByAnotherThreadAndBeforeTheCallerGoesOn() {
    for (int i = 0; i < 100; i++) {
      printer.printSoon(() -> logged.add(Thread.currentThread()));
      assertThat(logged).hasSize(i + 1);
    }
    assertThat(logged).doesNotContain(Thread.currentThread());
  }

  @Test
  void whatIsTooMuchForALogThatIsStuckIsDroppedAndCounted() {
    LogPrinter hasty = new LogPrinter(THREADS, TimeUnit.MILLISECONDS.toNanos(1));
    hasty.printSoon(() -> logged.add("before"));
    hasty.awaitPrinted(LONG);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    try (LogRecords records = new LogRecords("dev.heddle")) {
      hasty.printSoon(
          () -> {
            begun.countDown();
            await(stuck);
          });
      await(begun); // the line is taken, and waits no more
      for (int i = 0; i < LogPrinter.MOST_WAITING + 7; i++) {
        hasty.printSoon(() -> logged.add("line"));
      }
      assertThat(logged).containsExactly("before");
      stuck.countDown();
      Until.true_("the gap is told", () -> !records.atLeast(Level.WARNING).isEmpty());
      assertThat(logged).hasSize(1 + LogPrinter.MOST_WAITING);
      assertThat(records.atLeast(Level.WARNING))
          .extracting(LogRecord::getMessage)
          .containsExactly("7 lines were not logged: nobody took them in time");
    }
    hasty.printSoon(() -> logged.add("after"));
    hasty.awaitPrinted(LONG);
    assertThat(logged).endsWith("after");
  }

  @Test
  void aLineThatThrowsHoldsUpNoOther() {
    printer.printSoon(
        () -> {
          throw new StackOverflowError();
        });
    printer.printSoon(() -> logged.add("next"));
    assertThat(logged).containsExactly("next");
  }

  @Test
  void aLineMayLogAnother() {
    printer.printSoon(() -> printer.printSoon(() -> logged.add("inner")));
    printer.awaitPrinted(LONG);
    assertThat(logged).containsExactly("inner");
  }

  @Test
  void whereNoThreadIsLeftTheCallerLogs() {
    LogPrinter alone =
        new LogPrinter(
            _ -> {
              throw new OutOfMemoryError("unable to create native thread");
            },
            LONG);
    alone.printSoon(() -> logged.add(Thread.currentThread()));
    alone.printSoon(() -> logged.add(Thread.currentThread()));
    assertThat(logged).containsExactly(Thread.currentThread(), Thread.currentThread());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
