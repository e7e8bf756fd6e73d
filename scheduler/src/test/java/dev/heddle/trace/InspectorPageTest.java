package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Chromium;
import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Until;
import dev.heddle.group.GroupTask;
import dev.heddle.group.SchedulerGroup;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.view.KernelView;
import dev.heddle.sync.Event;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The inspector's page as a browser shows it. Skipped where there is no Chromium. */
class InspectorPageTest {
  @TempDir Path folder;

  private final CompletableFuture<Scheduler> made = new CompletableFuture<>();
  private final Event end = new Event("end");
  private static Chromium browser;
  private FutureTask<Void> run;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    browser = Chromium.start(folder);
  }

  @AfterAll
  static void end() {
    if (browser != null) {
      browser.close();
    }
  }

  @AfterEach
  void stop() throws Exception {
    if (run != null) {
      made.get().close();
      Foreign.get(run);
    }
  }

  /** Runs tasks, and opens the page about them when all of them wait. */
  private Inspector open(Consumer<Scheduler> tasks) throws Exception {
    run =
        Foreign.start(
            "run",
            () -> {
              try (Scheduler scheduler =
                  Scheduler.builder()
                      .name("shop")
                      .watchdog(Duration.ZERO)
                      .recordSites(true)
                      .findingReporter(finding -> {})
                      .build()) {
                tasks.accept(scheduler);
                Promise<String> outside = new Promise<>();
                scheduler.spawn("until the end", co -> co.await(outside));
                made.complete(scheduler);
                scheduler.run();
              }
            });
    Scheduler scheduler = made.get();
    Until.true_("its loop sleeps", () -> KernelView.get().rounds(scheduler) == -1);
    Inspector inspector = Inspector.builder(scheduler).allowCancel(true).start();
    browser.size(960, 1120);
    browser.open(inspector.uri());
    browser.until("document.getElementById('status').textContent.startsWith('running')");
    return inspector;
  }

  private static void both(Awaiter co, Lock first, Lock second) {
    co.await(first.acquire());
    co.await(Task.yield());
    co.await(second.acquire());
  }

  private static void cycle(Scheduler scheduler) {
    Lock stock = new Lock("stock");
    Lock order = new Lock("order");
    scheduler.spawn("checkout", co -> both(co, stock, order));
    scheduler.spawn("restock", co -> both(co, order, stock));
    scheduler.spawn(
        "report",
        co -> {
          co.await(Task.yield());
          co.await(Task.yield());
          co.await(order.acquire());
        });
  }

  private String text(String id) throws Exception {
    return browser.evaluate("document.getElementById('" + id + "').innerText");
  }

  /** Each kind of thing that the page shows. */
  private void shop(Scheduler scheduler) {
    cycle(scheduler);
    Queue<Integer> parcels = Queue.fifo("parcels", 1);
    scheduler.spawn(
        "packer",
        co -> {
          for (int i = 0; i < 5; i++) {
            co.await(parcels.put(i));
          }
        });
    scheduler.spawn(
        "mailer",
        co -> {
          int _ = co.await(parcels.get());
          co.await(end.await());
        });
    scheduler.spawn(
        "customers",
        co -> {
          try (var group = TaskGroup.open()) {
            for (int i = 1; i <= 3; i++) {
              group.spawn("customer " + i, each -> each.await(end.await()));
            }
            co.await(group.join());
          }
        });
  }

  @Test
  void aCycleIsRedAndALoopThatIsStuckHasABannerWithItsStackAndItsVictims() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    try (Inspector inspector = open(this::shop)) {
      assertThat(inspector.uri().getHost()).isEqualTo("127.0.0.1");
      browser.until("document.querySelectorAll('#graph g.task.cycle').length === 2");
      browser.until("document.querySelectorAll('#graph path.cycle').length === 4");
      assertThat(
              browser.evaluate(
                  "getComputedStyle(document.querySelector('#graph path.cycle')).stroke"))
          .isEqualTo("rgb(207, 34, 46)");
      browser.until("document.getElementById('lints').innerText.includes('wait for each other')");
      browser.until(
          "document.querySelector('#graph').textContent.includes('InspectorPageTest.both')");
      assertThat(text("lints")).contains("at its limit: task 'packer' waits for room in queue");
      assertThat(text("rows")).contains("customers #", "customer 3 #").contains("3 below");
      Scheduler scheduler = made.get();
      boolean _ =
          scheduler.runInside(
              () -> {
                scheduler.spawn("sum", co -> Until.down(held));
                scheduler.spawn("waits for a turn", co -> {});
              });
      // A busy machine may hold up the loop before that task does.
      browser.until(
          "!document.getElementById('stall').hidden && document.getElementById('stall')"
              + ".innerText.includes('dev.heddle.fixtures.Until.down')");
      assertThat(text("stall"))
          .contains("The loop is stuck. task 'sum' has held it for")
          .contains("1 task waits for a turn: waits for a turn");
      Path picture = Path.of(System.getProperty("heddle.picture", folder + "/page.png"));
      Files.write(picture, browser.screenshot());
      held.countDown();
      browser.until("document.getElementById('stall').hidden");
      assertThat(browser.console()).isEmpty();
    }
  }

  @Test
  void aTreeOfAHundredThousandTasksIsShownInPartAndAFilterFindsAnyOfThem() throws Exception {
    try (Inspector _ =
        open(
            scheduler ->
                scheduler.spawn(
                    "owner",
                    co -> {
                      try (var group = TaskGroup.open()) {
                        for (int i = 1; i <= 100_000; i++) {
                          group.spawn("job " + i, each -> each.await(end.await()));
                        }
                        co.await(group.join());
                      }
                    }))) {
      browser.until(
          "document.getElementById('rows').innerText.includes('100,000 below, 50 shown')");
      assertThat(text("left")).startsWith("shows 52 of 100,002 tasks");
      String typed =
          "document.getElementById('filter').value = 'JOB 77777',"
              + " document.getElementById('filter').dispatchEvent(new Event('input'))";
      browser.evaluate(typed);
      browser.until("document.querySelectorAll('#rows tr').length === 1");
      assertThat(text("rows")).contains("job 77777 #");
      assertThat(browser.console()).isEmpty();
    }
  }

  @Test
  void namesAreTextOneTaskHasItsVariablesAndIsCancelledAfterTwoQuestions() throws Exception {
    String name = "<img src=x onerror=\"document.title='broken'\"><script>alert(1)</script>";
    try (Inspector _ =
        open(
            scheduler ->
                scheduler.spawn(
                    name,
                    co -> {
                      String customer = "<b>Kim</b>";
                      co.await(end.await());
                      assertThat(customer).isNotEmpty();
                    }))) {
      browser.until("document.querySelector('#rows button').textContent.startsWith('<img')");
      assertThat(browser.evaluate("document.querySelectorAll('img, #rows script, b > b').length"))
          .isEqualTo("0");
      browser.evaluate("document.querySelector('#rows button').click()");
      browser.until("document.getElementById('detail').innerText.includes('customer')");
      assertThat(text("detail")).contains(name, "customer = \"<b>Kim</b>\"", "InspectorPageTest");
      browser.evaluate("window.asked = [], window.confirm = text => !asked.push(text)");
      String cancel =
          "[...document.querySelectorAll('#detail button')]"
              + ".find(each => each.textContent === 'Cancel this task').click()";
      browser.evaluate(cancel);
      browser.until("asked.length === 1");
      browser.evaluate("window.confirm = text => Boolean(asked.push(text))");
      browser.evaluate(cancel);
      browser.until("asked.length === 2");
      assertThat(browser.evaluate("asked[1]")).isEqualTo("cancel task '" + name + "' (#1)?");
      browser.until("document.querySelectorAll('#rows tr').length === 1");
      assertThat(browser.evaluate("document.title")).startsWith("shop");
      assertThat(browser.console())
          .as("but for the task that has ended, for which the page asks once more")
          .allMatch(line -> line.contains("404"));
    }
  }

  @Test
  void aPhoneShowsItInLightAndDarkWithoutScrollingSideways() throws Exception {
    try (Inspector _ = open(this::shop)) {
      browser.until("document.querySelectorAll('#graph g.task.cycle').length === 2");
      browser.size(375, 800);
      for (String scheme : List.of("light", "dark")) {
        browser.prefers(scheme);
        browser.until("innerWidth === 375");
        assertThat(browser.evaluate("document.documentElement.scrollWidth")).isEqualTo("375");
        assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
            .isEqualTo(scheme.equals("dark") ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
        Path picture = Path.of(System.getProperty("heddle.picture", folder + "/page.png") + scheme);
        Files.write(picture, browser.screenshot());
      }
      assertThat(browser.console()).isEmpty();
    } finally {
      browser.prefers("light");
    }
  }

  @Test
  void allLoopsOfAGroupAreNamedTheStuckOneIsRedAndAClickShowsIt() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    try (SchedulerGroup group = SchedulerGroup.builder().name("work").loops(2).open();
        AutoCloseable _ = held::countDown;
        Inspector inspector = Inspector.start(group.loops().get(0).scheduler(), 0)) {
      List<GroupTask<Object>> both = joinEachOther(group);
      browser.size(960, 1120);
      browser.open(inspector.uri());
      browser.until("document.querySelectorAll('#loops button').length >= 2");
      browser.until("document.querySelectorAll('#graph path.cycle').length === 4");
      browser.until("document.querySelectorAll('#graph g.task.cycle').length === 2");
      browser.until(
          "new Set([...document.querySelectorAll('#graph g.cycle')]"
              + ".map(each => each.getAttribute('transform'))).size === 4");
      assertThat(browser.evaluate("document.getElementById('graph').textContent"))
          .contains("on work-1");
      assertThat(text("lints"))
          .contains("task 'here', task 'there' of 'work-1' wait for each other")
          .doesNotContain("held over an await");
      group.loops().get(1).spawn("sum", co -> Until.down(held));
      browser.until(
          "Boolean(document.querySelector('#loops .stuck')?.innerText.includes(\"'sum'\"))");
      browser.until(
          "document.title.startsWith('STUCK: work-0') && document.getElementById('stall').hidden");
      Path picture = Path.of(System.getProperty("heddle.picture", folder + "/loops.png"));
      Files.write(picture.resolveSibling("loops.png"), browser.screenshot());
      browser.evaluate(
          "[...document.querySelectorAll('#loops .stuck')]"
              + ".find(each => each.innerText.includes(\"'sum'\")).click()");
      browser.until("document.getElementById('title').textContent.includes('work-1')");
      browser.until("document.getElementById('stall').innerText.includes(\"task 'sum'\")");
      held.countDown();
      browser.until("document.getElementById('stall').hidden");
      browser.evaluate(
          "[...document.querySelectorAll('#rows button')]"
              + ".find(each => each.textContent.startsWith('there')).click()");
      browser.until("document.getElementById('detail').innerText.includes(\"task 'there'\")");
      assertThat(browser.console()).isEmpty();
      endAll(both);
    }
  }

  /** One that sees the other's end before its own cancellation fails: nobody else hears of it. */
  private static void endAll(List<GroupTask<Object>> tasks) {
    List<CompletableFuture<Object>> outcomes = tasks.stream().map(GroupTask::toFuture).toList();
    tasks.forEach(each -> each.cancel("the test is over"));
    outcomes.forEach(each -> Until.true_("the end of both", each::isDone));
  }

  /** Tasks of two loops, each of which waits for the end of the other. */
  private static List<GroupTask<Object>> joinEachOther(SchedulerGroup group) {
    List<GroupTask<Object>> both = new CopyOnWriteArrayList<>();
    Promise<String> made = new Promise<>();
    both.add(
        group
            .loops()
            .get(0)
            .submit(
                "here",
                co -> {
                  co.await(made);
                  return co.await(both.get(1).join());
                }));
    both.add(
        group
            .loops()
            .get(1)
            .submit(
                "there",
                co -> {
                  co.await(made);
                  return co.await(both.get(0).join());
                }));
    made.complete("both");
    return both;
  }
}
