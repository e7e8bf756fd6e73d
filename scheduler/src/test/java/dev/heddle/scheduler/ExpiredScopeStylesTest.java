package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Promise C12 where the style decides: in woven bodies, and in thread style. */
class ExpiredScopeStylesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualTime time = new VirtualTime();
  private final List<String> trace = new ArrayList<>();

  private void runWoven(TaskBody body) {
    assertThat(Body.coroutine(body).explain()).isEqualTo("woven");
    try (Scheduler scheduler =
        Scheduler.builder().clock(time).poller(time).requireWoven().build()) {
      Task<?> task = scheduler.spawn("body", body);
      scheduler.run();
      assertThat(task.state()).isEqualTo(Task.State.SUCCEEDED);
    }
  }

  private void pollForEver(Awaiter co) {
    while (true) {
      try {
        co.await(new Promise<Void>().within(SECOND));
      } catch (Exception nothingYet) {
        trace.add("caught");
      }
    }
  }

  @Test
  @Holds("C12")
  void inAWovenBodyTheCatchBehindTheBlockGetsTheTimeout() {
    runWoven(
        co -> {
          try (var scope = CancelScope.withTimeout(SECOND.plusMillis(1))) {
            while (true) {
              try {
                co.await(new Promise<Void>().within(SECOND));
              } catch (TimeoutException nothingYet) {
                trace.add("nothing yet");
              }
            }
          } catch (TimeoutException e) {
            trace.add(e.getMessage());
            trace.add("in " + e.getStackTrace()[0].getFileName());
          }
          co.await(Task.yield());
        });
    assertThat(trace)
        .containsExactly(
            "nothing yet",
            "nothing yet",
            "nothing yet",
            "timed out after PT1.001S",
            "in ExpiredScopeStylesTest.java");
  }

  @Test
  @Holds("C12")
  void inAWovenMethodTheCatchBehindTheBlockGetsTheTimeout() {
    runWoven(
        co -> {
          try {
            limited(co);
          } catch (TimeoutException e) {
            trace.add(e.getMessage());
          }
        });
    assertThat(trace).containsExactly("caught", "caught", "timed out after PT0S");
  }

  private void limited(Awaiter co) throws TimeoutException {
    try (var outer = CancelScope.withTimeout(Duration.ofHours(1));
        var scope = CancelScope.withTimeout(Duration.ZERO)) {
      pollForEver(co);
    }
  }

  @Test
  @Holds("C12")
  void inAWovenBodyTheCatchBehindAGroupGetsTheFailureThatTheBlockSwallows() {
    runWoven(
        co -> {
          try (var group = TaskGroup.open()) {
            group.spawn(
                "sibling",
                c -> {
                  try {
                    c.await(new Promise<Void>());
                  } finally {
                    trace.add("sibling ends");
                  }
                });
            group.spawn(
                "helper",
                c -> {
                  throw new IllegalStateException("helper broke");
                });
            pollForEver(co);
          } catch (IllegalStateException e) {
            trace.add(e.getMessage());
          }
          co.await(Task.yield());
        });
    assertThat(trace).containsExactly("caught", "caught", "sibling ends", "helper broke");
  }

  /** Cleanup that waits, in a block whose time is over: an await like any other. */
  @Test
  void anAwaitInAFinallyDoesNotHideTheTimeoutOfAWovenBody() {
    runWoven(
        co -> {
          try (var scope = CancelScope.withTimeout(SECOND)) {
            try {
              co.await(new Promise<Void>());
            } finally {
              try {
                co.await(Task.yield());
              } finally {
                co.await(Task.yield());
              }
            }
          } catch (TimeoutException e) {
            trace.add(e.getMessage());
          }
        });
    assertThat(trace).containsExactly("timed out after PT1S");
  }

  /** What {@code addSuppressed} does in all other cases. */
  @Test
  void whatIsThrownByCloseIsSuppressedAsEver() {
    runWoven(
        co -> {
          AutoCloseable broken =
              () -> {
                throw new IOException("close");
              };
          try (broken) {
            co.await(Task.yield());
            throw new IOException("block");
          } catch (IOException e) {
            trace.add(e.getMessage() + ", " + e.getSuppressed()[0].getMessage());
          }
          try (var scope = CancelScope.withTimeout(Duration.ZERO)) {
            co.await(Task.yield());
          } catch (TimeoutException e) {
            trace.add(e.getMessage() + ", " + e.getSuppressed()[0].getMessage());
          }
        });
    assertThat(trace)
        .containsExactly(
            "block, close", "timed out after PT0S, the scope was left after its timeout of PT0S");
  }

  @Test
  void aCallIsWovenWithItsBlock() {
    runWoven(
        co -> {
          trace.add(
              CancelScope.call(
                  co,
                  SECOND,
                  c -> {
                    c.await(Task.yield());
                    return "result";
                  }));
          try {
            CancelScope.run(co, SECOND, c -> pollForEver(c));
          } catch (TimeoutException e) {
            trace.add(e.getMessage());
          }
          TaskFunction<String> given =
              c -> {
                c.await(Timers.sleep(SECOND));
                return "given";
              };
          trace.add(CancelScope.call(co, SECOND.plusMillis(1), given));
        });
    assertThat(trace).hasSize(3).startsWith("result").endsWith("given");
  }

  /** The compiler infers what the block throws: this method declares no more than that. */
  private static String typed(Awaiter co) throws IOException, TimeoutException {
    return CancelScope.call(
        co,
        SECOND,
        c -> {
          c.await(Task.yield());
          return read();
        });
  }

  private static String read() throws IOException {
    return "read";
  }

  @Test
  void aCallThrowsTheTypesThatItsBlockThrows() {
    runWoven(co -> trace.add(typed(co)));
    assertThat(trace).containsExactly("read");
  }

  @Test
  @Holds("C12")
  void aCallInThreadStyleTurnsTheCancellationBack() {
    try (Scheduler scheduler = Scheduler.builder().clock(time).poller(time).build()) {
      scheduler.spawn(
          () -> {
            assertThat(CancelScope.call(SECOND, () -> "result")).isEqualTo("result");
            assertThatThrownBy(
                    () ->
                        CancelScope.call(
                            SECOND,
                            () -> {
                              while (true) {
                                try {
                                  Task.await(new Promise<Void>());
                                } catch (Exception e) {
                                  trace.add("must not come here");
                                }
                              }
                            }))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("timed out after PT1S; it was waiting for a promise");
            trace.add("through");
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("through");
  }
}
