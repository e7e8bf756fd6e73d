package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Generators and schedulers that a static initialiser uses. */
final class StaticInitializerTest {
  static final class Table {
    static final List<Integer> ITEMS = new ArrayList<>();

    static {
      Generator<Integer> items =
          Generator.of(
              y -> {
                y.yield(1);
                y.yield(2);
              });
      items.forEach(ITEMS::add);
    }

    public static void main(String[] args) {
      System.out.println(ITEMS);
    }
  }

  static final class TableOnStack {
    static final List<Integer> ITEMS = new ArrayList<>();

    static {
      Coroutine<Object, Object, Object> items =
          Coroutine.of(
              Engine.HANDOFF,
              y -> {
                y.yield(1);
                return null;
              });
      while (items.next()) {
        ITEMS.add(1);
      }
    }

    public static void main(String[] args) {
      System.out.println(ITEMS);
    }
  }

  static final class Result {
    static int number = 3;
    static final String VALUE;

    static {
      try (Scheduler scheduler = Scheduler.create()) {
        Task<String> task =
            scheduler.submit(
                "task",
                co -> {
                  co.await(Task.yield());
                  return "value " + number;
                });
        scheduler.run();
        VALUE = task.resultNow();
      }
    }

    public static void main(String[] args) {
      System.out.println(VALUE);
    }
  }

  /** The body is elsewhere, and uses the class late. */
  static final class Late {
    static int number = 3;
    static final int SUM;

    static {
      int sum = 0;
      for (int item : Elsewhere.items()) {
        sum += item;
      }
      SUM = sum;
    }

    public static void main(String[] args) {
      System.out.println("sum " + SUM);
    }
  }

  static final class Elsewhere {
    static Generator<Integer> items() {
      return Generator.of(
          y -> {
            Iterable<Integer> one = List.of(1);
            one.forEach(y::yield);
            y.yield(Late.number);
          });
    }
  }

  private static String run(Class<?> main, String... options) throws Exception {
    return ForkedJvm.run(main, options).output();
  }

  @Test
  void aWovenGeneratorRunsInAStaticInitializer() throws Exception {
    assertThat(run(Table.class)).contains("[1, 2]");
  }

  @Test
  void aSchedulerRunsInAStaticInitializer() throws Exception {
    assertThat(run(Result.class)).contains("value 3");
  }

  @Test
  void aBodyOnAThreadThatWaitsForTheInitializerOfItsResumerIsSaid() throws Exception {
    assertThat(run(TableOnStack.class))
        .contains("ExceptionInInitializerError")
        .contains(
            "the static initialiser of " + TableOnStack.class.getName() + " waits for a body");
  }

  @Test
  void aBodyThatNeedsTheClassInALaterTurnIsSaid() throws Exception {
    assertThat(run(Late.class))
        .contains("the static initialiser of " + Late.class.getName() + " waits for a body")
        .contains("StaticInitializerTest.java");
  }

  @Test
  void aTaskOnAThreadThatWaitsForTheInitializerOfItsResumerIsSaid() throws Exception {
    if (!ForkedJvm.hasEngineFlags()) { // with them, the task runs on the thread of its resumer
      assertThat(run(Result.class, "-Dheddle.weave=false"))
          .contains("the static initialiser of " + Result.class.getName() + " waits for a body");
    }
  }
}
