package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.Drawings.Circle;
import dev.heddle.process.codec.Drawings.Point;
import dev.heddle.scheduler.Scheduler;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Static methods as jobs: what is one is done in a child, what is none is refused here. */
class JobMethodTest {

  // What children do.

  private static int square(Integer n) {
    return n * n;
  }

  private static String square(String text) {
    return text + text;
  }

  private static int half(int n) {
    return n / 2;
  }

  private static Map<String, Circle> around(List<Point> centres) {
    return Map.of("first", new Circle(centres.getFirst(), 1));
  }

  private static String fail(String message) {
    throw new IllegalStateException(message);
  }

  private static long pid(String nothing) {
    return ProcessHandle.current().pid();
  }

  private String ofAnObject(String text) {
    return text;
  }

  private static <T> int size(List<T> list) {
    return list.size();
  }

  private static int count(Object... all) {
    return all.length;
  }

  private interface Use {
    void run(ProcessPool pool) throws Exception;
  }

  private static void withPool(Use use) {
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool pool = ProcessPool.open(scheduler, 1)) {
      scheduler.spawn("test", () -> use.run(pool));
      scheduler.run();
    }
  }

  @Test
  void aStaticMethodIsDoneByAnotherProcessAlsoAPrivateOneOrOneOfTheJdk() {
    withPool(
        pool -> {
          assertThat(await(pool.apply(JobType.of(JobMethodTest::pid), "")))
              .isNotEqualTo(ProcessHandle.current().pid());
          assertThat(await(pool.map(Integer::parseInt, List.of("1", "-2")))).containsExactly(1, -2);
          assertThat(await(await(pool.submit(JobMethodTest::half, 7)))).isEqualTo(3);
          JobType<List<String>, Integer> generic = JobType.of(JobMethodTest::size);
          assertThat(await(pool.apply(generic, List.of("a")))).isEqualTo(1);
        });
  }

  @Test
  void ofMethodsWithOneNameTheOneThatWasMeantIsDone() {
    withPool(
        pool -> {
          JobType<Integer, Integer> ofNumbers = JobType.of(JobMethodTest::square);
          JobType<String, String> ofTexts = JobType.of(JobMethodTest::square);
          assertThat(await(pool.apply(ofNumbers, 12))).isEqualTo(144);
          assertThat(await(pool.apply(ofTexts, "ab"))).isEqualTo("abab");
        });
  }

  @Test
  void itsParameterAndItsResultTellWhatMayTravel() {
    withPool(
        pool -> {
          assertThat(await(pool.apply(JobType.of(JobMethodTest::around), List.of(new Point(1, 2)))))
              .containsOnly(Map.entry("first", new Circle(new Point(1, 2), 1)));
          JobType<List<Object>, Integer> anything = JobType.of(JobMethodTest::size);
          assertThatThrownBy(() -> await(pool.apply(anything, List.of(Thread.currentThread()))))
              .isInstanceOf(CodecException.class)
              .hasMessageMatching("\\[0\\]: java.lang.\\w*Thread cannot be sent; .*");
        });
  }

  @Test
  void whatItThrowsIsTheCauseWithItsOwnStack() {
    withPool(
        pool ->
            assertThatThrownBy(() -> await(pool.apply(JobType.of(JobMethodTest::fail), "boom")))
                .isInstanceOf(JobFailedException.class)
                .hasMessageStartingWith("dev.heddle.process.JobMethodTest::fail failed in process-")
                .hasMessageEndingWith(": java.lang.IllegalStateException: boom")
                .cause()
                .hasToString("java.lang.IllegalStateException: boom")
                .satisfies(
                    e ->
                        assertThat(e.getStackTrace()[0])
                            .hasToString("dev.heddle.process.JobMethodTest.fail(" + line(e))));
  }

  private static String line(Throwable e) {
    return "JobMethodTest.java:" + e.getStackTrace()[0].getLineNumber() + ")";
  }

  @Test
  void aProcessOfItsOwnRunsAStaticMethodAndIsNamedAfterIt() {
    try (Scheduler scheduler = Scheduler.create()) {
      JobProcess<Integer> child =
          JobProcess.start(scheduler, ProcessOptions.DEFAULT, JobMethodTest::half, 8);
      assertThat(child).hasToString("task 'half' (READY)");
      scheduler.spawn(() -> assertThat(await(child.join())).isEqualTo(4));
      scheduler.run();
    }
  }

  @Test
  void aPoolTakesTheReferenceItselfAndTheArgumentTellsWhichMethodIsMeant() {
    withPool(
        pool -> {
          int ofNumber = await(pool.apply(JobMethodTest::square, 12));
          String ofText = await(pool.apply(JobMethodTest::square, "ab"));
          assertThat(ofText + ofNumber).isEqualTo("abab144");
          for (int n = 1; n < 4; n++) { // one place in the code, asked again
            assertThat(await(pool.apply(JobMethodTest::half, 2 * n))).isEqualTo(n);
          }
          assertThatThrownBy(() -> await(pool.apply(s -> s, "")))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("refer to a static method");
        });
  }

  @Test
  void whatIsNoStaticMethodIsRefusedAndTheReasonNamed() {
    assertRefused(
        s -> s,
        "a lambda in dev.heddle.process.JobMethodTest cannot run in a process: it has no name by"
            + " which another process could find it; refer to a static method");
    String captured = toString();
    assertRefused(s -> captured, "a lambda in dev.heddle.process.JobMethodTest cannot run in a");
    assertRefused(
        this::ofAnObject,
        "dev.heddle.process.JobMethodTest::ofAnObject cannot run in a process: it is not a static"
            + " method");
    assertRefused(
        String::strip,
        "java.lang.String::strip cannot run in a process: it is not a static method");
    assertRefused(
        StringBuilder::new,
        "java.lang.StringBuilder::<init> cannot run in a process: it is not a static method");
    assertRefused(JobMethodTest::count, "a lambda in dev.heddle.process.JobMethodTest cannot");
    assertRefused(
        new ByClass(),
        "dev.heddle.process.JobMethodTest$ByClass cannot run in a process: it is no method"
            + " reference; let the class implement Job");
  }

  private static void assertRefused(JobMethod<String, Object> job, String message) {
    assertThatThrownBy(() -> JobType.of(job))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  private static final class ByClass implements JobMethod<String, Object> {
    @Override
    public Object run(String argument) {
      return argument;
    }
  }
}
