package dev.heddle.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.fixtures.Holds;
import dev.heddle.net.TcpSocket;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import dev.heddle.sync.Lock;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which programs an explorer takes for racy, in one run, and which not. */
class RacesAcrossAwaitTest {
  @TempDir Path folder;

  private static int total;

  /** What the tasks share. */
  private static final class Account {
    private int balance;
    private long cents;
    private String owner = "";
    private boolean open;
    private final Lock lock = new Lock();
    private final List<String> entries = new ArrayList<>(List.of("a", "b", "c"));
    private final List<String> safe = new CopyOnWriteArrayList<>(List.of("a", "b", "c"));
    private final Map<String, Integer> rates = new HashMap<>(Map.of("eur", 1, "usd", 2));

    private int deposit(Awaiter co, int amount) {
      int before = balance;
      co.await(Task.yield());
      balance = before + amount;
      return before;
    }
  }

  private interface Program extends Serializable {
    void run(Account account, Awaiter co) throws Exception;
  }

  /** Two tasks run each program; none has an assertion that could fail. */
  @SuppressWarnings("ImmutableEnumChecker") // the programs are lambdas
  enum Racy {
    FIELD(
        "Account.balance is read at",
        (account, co) -> {
          int before = account.balance;
          co.await(Task.yield());
          account.balance = before + 1;
        }),
    LONG_FIELD(
        "Account.cents is read at",
        (account, co) -> {
          long before = account.cents;
          co.await(Task.yield());
          account.cents = before + 1;
        }),
    REFERENCE(
        "Account.owner is read at",
        (account, co) -> {
          String before = account.owner;
          co.await(Task.yield());
          account.owner = before + "x";
        }),
    CHECK_THEN_ACT(
        "Account.open is read at",
        (account, co) -> {
          if (!account.open) {
            co.await(Task.yield());
            account.open = true;
          }
        }),
    STATIC_FIELD(
        "RacesAcrossAwaitTest.total is read at",
        (account, co) -> {
          int before = total;
          co.await(Task.yield());
          total = before + 1;
        }),
    SUSPENDING_METHOD("Account.balance is read at", (account, co) -> account.deposit(co, 10)),
    ONE_EXPRESSION(
        "Account.balance is read at", (account, co) -> account.balance += account.deposit(co, 1)),
    LOCK_OVER_THE_WRITE_ALONE(
        "Account.balance is read at",
        (account, co) -> {
          int before = account.balance;
          try (var held = co.await(account.lock.acquire())) {
            co.await(Task.yield());
            account.balance = before + 1;
          }
        }),
    TWO_LOCKED_PARTS(
        "Account.balance is read at",
        (account, co) -> {
          int before;
          try (var held = co.await(account.lock.acquire())) {
            before = account.balance;
          }
          co.await(Task.yield());
          try (var held = co.await(account.lock.acquire())) {
            account.balance = before + 1;
          }
        }),
    WALK_THROUGH_A_LIST(
        "goes through entries at",
        (account, co) -> {
          for (String entry : account.entries) {
            co.await(Task.yield());
            if (entry.equals("c")) {
              account.entries.remove("c");
              break;
            }
          }
        }),
    WALK_THROUGH_A_MAP(
        "has changed it while",
        (account, co) -> {
          for (Map.Entry<String, Integer> rate : account.rates.entrySet()) {
            co.await(Task.yield());
            if (account.rates.size() == 2) {
              account.rates.remove(rate.getKey().equals("eur") ? "usd" : "eur");
              break;
            }
          }
        });

    private final String message;
    private final Program program;

    Racy(String message, Program program) {
      this.message = message;
      this.program = program;
    }
  }

  @SuppressWarnings({"ImmutableEnumChecker", "ModifyCollectionInEnhancedForLoop"}) // on purpose
  enum Fine {
    NO_AWAIT_BETWEEN(
        (account, co) -> {
          co.await(Task.yield());
          account.balance = account.balance + 1;
          co.await(Task.yield());
        }),
    READ_AGAIN(
        (account, co) -> {
          int before = account.balance;
          co.await(Task.yield());
          if (account.balance == before) {
            account.balance = before + 1;
          }
        }),
    COUNTED_AFTER_A_CHECK(
        (account, co) -> {
          if (account.balance < 10) {
            co.await(Task.yield());
            account.balance++;
          }
        }),
    ONE_LOCK_OVER_BOTH(
        (account, co) -> {
          try (var held = co.await(account.lock.acquire())) {
            int before = account.balance;
            co.await(Task.yield());
            account.balance = before + 1;
          }
        }),
    READ_ONLY(
        (account, co) -> {
          int before = account.balance;
          co.await(Task.yield());
          assertThat(account.balance).isEqualTo(before);
        }),
    WRITTEN_ONLY(
        (account, co) -> {
          account.owner = "A";
          co.await(Task.yield());
          account.owner = "B";
        }),
    OWN_OBJECT(
        (account, co) -> {
          Account own = new Account();
          int before = own.balance;
          co.await(Task.yield());
          own.balance = before + 1;
        }),
    OTHER_FIELDS(
        (account, co) -> {
          int before = account.balance;
          co.await(Task.yield());
          account.cents = before + 1L;
        }),
    OWN_COPY_OF_A_LIST(
        (account, co) -> {
          for (String entry : List.copyOf(account.entries)) {
            co.await(Task.yield());
            account.entries.remove(entry);
          }
        }),
    CHANGED_BY_ITSELF(
        (account, co) -> {
          Account own = new Account();
          for (var entries = own.entries.iterator(); entries.hasNext(); ) {
            String entry = entries.next();
            co.await(Task.yield());
            if (entry.equals("b")) {
              entries.remove();
            }
          }
        }),
    A_LIST_MADE_FOR_THAT(
        (account, co) -> {
          for (String entry : account.safe) {
            co.await(Task.yield());
            account.safe.remove(entry);
          }
        }),
    WALK_UNDER_A_LOCK(
        (account, co) -> {
          try (var held = co.await(account.lock.acquire())) {
            for (String entry : account.entries) {
              co.await(Task.yield());
              if (entry.equals("x")) {
                return;
              }
            }
            account.entries.add("d");
          }
        }),
    WALK_THROUGH_WHAT_NOBODY_CHANGES(
        (account, co) -> {
          for (String entry : account.entries) {
            co.await(Task.yield());
            account.owner = entry;
          }
        });

    private final Program program;

    Fine(Program program) {
      this.program = program;
    }
  }

  private static void two(Simulation sim, Program program) {
    Account account = new Account();
    total = 0;
    // A body of its own, with the program as a part: what is woven is the program's lambda.
    for (String name : List.of("A", "B")) {
      sim.scheduler().spawn(name, co -> program.run(account, co));
    }
  }

  private Explorer explorer(ExplorerBody body) {
    return RealTime.explorer(body, folder).runs(300);
  }

  @ParameterizedTest
  @EnumSource
  void aRaceIsReportedInTheFirstRunInWhichItHappensAndNoAssertionIsNeeded(Racy racy) {
    ScheduleFailure failure =
        catchThrowableOfType(ScheduleFailure.class, explorer(sim -> two(sim, racy.program))::check);
    assertThat(failure).as("it is found").isNotNull();
    assertThat(failure.getMessage()).contains("race across an await: ", racy.message);
    assertThat(failure.run()).isLessThanOrEqualTo(4);
    assertThat(failure.deviations()).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  @Holds("T5")
  void whatIsNoRaceIsNotReported(Fine fine) {
    Explorer.Report report = explorer(sim -> two(sim, fine.program)).check();
    assertThat(report.runs()).isPositive();
  }

  @Test
  void theMessageNamesTheLinesAndTheTasks() {
    int[] balance = new int[2];
    TaskBody body =
        co -> {
          int before = balance[1];
          co.await(Task.yield());
          balance[1] = before + 10;
        };
    ScheduleFailure failure =
        catchThrowableOfType(
            ScheduleFailure.class,
            explorer(
                    sim -> {
                      sim.scheduler().spawn("A", body);
                      sim.scheduler().spawn("B", body);
                    })
                ::check);
    String file = "RacesAcrossAwaitTest\\.java:";
    assertThat(failure.getMessage())
        .containsPattern(
            "balance\\[1\\] is read at "
                + file
                + "\\d+ by B, written at "
                + file
                + "(\\d+), and changed by A at "
                + file
                + "\\1 between");
    assertThat(failure.run()).isEqualTo(1);
  }

  @Test
  void aRaceIsReplayed() {
    ExplorerBody body = sim -> two(sim, Racy.FIELD.program);
    ScheduleFailure failure = catchThrowableOfType(ScheduleFailure.class, explorer(body)::check);
    assertThat(
            catchThrowableOfType(
                    ScheduleFailure.class,
                    () -> Explorer.replay(Objects.requireNonNull(failure.trace()), body))
                .getMessage())
        .contains("Account.balance is read at");
  }

  @Test
  void racesAreSwitchedOffOrIgnoredByTheirField() {
    ExplorerBody body = sim -> two(sim, Racy.FIELD.program);
    assertThat(explorer(body).races(false).check().runs()).isPositive();
    assertThat(explorer(body).ignoreRacesOn("balance").check().runs()).isPositive();
    assertThat(explorer(body).ignoreRacesOn("Account.balance").check().runs()).isPositive();
    ExplorerBody walk = sim -> two(sim, Racy.WALK_THROUGH_A_LIST.program);
    assertThat(
            catchThrowableOfType(
                ScheduleFailure.class, explorer(body).ignoreRacesOn("cents")::check))
        .isNotNull();
    assertThat(walk).isNotNull();
  }

  @Test
  void aLockOverAWaitForASocketIsReportedIfThatIsAskedFor() {
    ExplorerBody body =
        sim -> {
          Host server = sim.network().host("server");
          server.start(co -> co.await(Timers.sleep(Duration.ofSeconds(5))));
          sim.scheduler()
              .spawn(
                  "A",
                  co -> {
                    Lock mine = new Lock("state");
                    try (var held = co.await(mine.acquire())) {
                      try (TcpSocket _ = co.await(TcpSocket.connect(server.address(7)))) {
                        co.await(Task.yield());
                      } catch (IOException e) {
                        co.await(Task.yield()); // nobody listens
                      }
                    }
                  });
        };
    assertThat(explorer(body).runs(3).check().runs()).isPositive();
    ScheduleFailure failure =
        catchThrowableOfType(
            ScheduleFailure.class, explorer(body).runs(3).locksOverForeignAwaits(true)::check);
    assertThat(failure.getMessage())
        .contains("a lock is held over a wait for the outside: A holds lock 'state'")
        .contains("RacesAcrossAwaitTest.java:");
    ExplorerBody inside = sim -> two(sim, Fine.ONE_LOCK_OVER_BOTH.program);
    assertThat(explorer(inside).locksOverForeignAwaits(true).check().runs()).isPositive();
  }

  @Test
  void bodiesOutsideOfAnExplorationSayNothing() throws Exception {
    Account account = new Account();
    Event done = new Event("done");
    TestScheduler.run(
        (co, sim) -> {
          Task<Void> task = sim.scheduler().spawn("A", c -> Racy.FIELD.program.run(account, c));
          co.await(Task.yield());
          assertThat(task.where().getFirst().getClassName()).doesNotContain("stamped");
          co.await(task.join());
          done.set();
        });
    assertThat(account.balance).isEqualTo(1);
  }
}
