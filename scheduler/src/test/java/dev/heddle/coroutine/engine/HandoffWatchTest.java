package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The watch knows the schedulers that go on, and no others. */
class HandoffWatchTest {
  @Test
  void aSchedulerThatHasEndedIsDroppedAlsoWhereTheProgramKeepsIt() {
    List<Scheduler> ended = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      try (Scheduler scheduler = Scheduler.builder().engine(Engine.HANDOFF).build()) {
        scheduler.spawn("yields", () -> Task.await(Task.yield()));
        scheduler.run();
        ended.add(scheduler);
      }
    }
    try { // of those of other tests the watch drops what is garbage
      Until.collected("the watch drops " + ended.size(), () -> HandoffWatch.watched() < 100);
    } finally {
      Reference.reachabilityFence(ended);
    }
  }
}
