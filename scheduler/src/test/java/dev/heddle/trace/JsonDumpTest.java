package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.VirtualTime;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import dev.heddle.sync.Lock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** JSON that another's parser reads: one written from RFC 8259 beside the writer. */
class JsonDumpTest {

  private static Object parsed(String name, Lock lock) {
    VirtualTime time = new VirtualTime();
    TaskDump[] dump = new TaskDump[1];
    try (Scheduler scheduler =
        Scheduler.builder().name(name).clock(time).poller(time).recordSites(true).build()) {
      scheduler.spawn(
          "holder",
          () -> {
            try (var held = Task.await(lock.acquire())) {
              Task.await(Timers.sleep(Duration.ofSeconds(1)));
            }
          });
      scheduler.daemons().spawn(name, co -> co.await(lock.acquire()));
      scheduler.spawn("looker", co -> dump[0] = TaskDump.of(scheduler));
      scheduler.run();
    }
    return JsonReader.parse(JsonDump.of(dump[0]));
  }

  @Test
  void theMembersAreThoseOfTheDump() {
    Map<?, ?> root = (Map<?, ?>) parsed("web", new Lock("db"));
    assertThat(root.get("scheduler")).isEqualTo("web");
    assertThat(root.containsKey("caution")).isTrue();
    assertThat(root.get("caution")).isNull();
    assertThat(root.get("taskCount")).isEqualTo(3L);
    List<?> tasks = (List<?>) root.get("tasks");
    Map<?, ?> holder = (Map<?, ?>) tasks.get(0);
    assertThat(holder.get("state")).isEqualTo("WAITING");
    assertThat(holder.get("daemon")).isEqualTo(false);
    assertThat(holder.get("cancelReason")).isNull();
    assertThat(holder.get("deadlineInNanos")).isNull();
    assertThat(holder.get("owned")).isEqualTo(List.of());
    Map<?, ?> held = (Map<?, ?>) ((List<?>) holder.get("holds")).getFirst();
    assertThat(held.get("resource")).isEqualTo("lock 'db'");
    assertThat(((List<?>) held.get("acquiredAt")).getFirst().toString())
        .contains("JsonDumpTest.java:");
    Map<?, ?> waiter = (Map<?, ?>) tasks.get(1);
    assertThat(waiter.get("daemon")).isEqualTo(true);
    assertThat(waiter.get("engine")).isEqualTo("woven");
    Map<?, ?> waiting = (Map<?, ?>) waiter.get("waiting");
    assertThat(waiting.get("for")).isEqualTo("lock 'db' held by task 'holder'");
    assertThat(waiting.get("resource")).isEqualTo("lock 'db'");
    assertThat(waiting.get("holders")).isEqualTo(List.of(1L));
    assertThat(waiting.get("sinceNanos")).isEqualTo(1_000_000_000_000L);
    assertThat(waiting.get("waitedNanos")).isEqualTo(0L);
    assertThat(((Map<?, ?>) tasks.get(2)).get("waiting")).isNull();
  }

  @Test
  void namesComeThroughWhateverIsInThem() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      StringBuilder name = new StringBuilder("\"\\/\b\f\n\r\t\u0000\u001f\u007f\u2028é日😀");
      for (int i = 0; i < 20; i++) {
        name.append((char) random.nextInt(0x10000)); // halves of pairs among them
      }
      Map<?, ?> root = (Map<?, ?>) parsed(name.toString(), new Lock(name.toString()));
      assertThat(root.get("scheduler")).isEqualTo(name.toString());
      assertThat(((Map<?, ?>) ((List<?>) root.get("tasks")).get(1)).get("name"))
          .isEqualTo(name.toString());
    }
  }

  @Test
  void noControlCharacterAndNoHalfOfAPairIsWrittenAsItIs() {
    JsonWriter json = new JsonWriter();
    json.value("a\u0001\ud800b\udc00\u2029😀");
    assertThat(json.toString()).isEqualTo("\"a\\u0001\\ud800b\\udc00\\u2029😀\"");
  }

  @Test
  void aDumpOfNoTasksIsJsonToo() {
    TaskDump dump;
    try (Scheduler scheduler = Scheduler.builder().name("idle").build()) {
      dump = TaskDump.of(scheduler);
    }
    assertThat(JsonDump.of(dump))
        .isEqualTo("{\"scheduler\":\"idle\",\"caution\":null,\"taskCount\":0,\"tasks\":[]}");
  }

  @Test
  void aWaitForSomethingWithoutAHolderHasNone() {
    TaskDump[] dump = new TaskDump[1];
    try (Scheduler scheduler = Scheduler.create()) {
      Event event = new Event("go");
      scheduler.spawn("waiter", co -> co.await(event.await()));
      scheduler.spawn(
          "looker",
          co -> {
            dump[0] = TaskDump.of(scheduler);
            event.set();
          });
      scheduler.run();
    }
    assertThat(JsonDump.of(dump[0])).contains("\"resource\":\"event 'go'\",\"holders\":[],");
  }
}
