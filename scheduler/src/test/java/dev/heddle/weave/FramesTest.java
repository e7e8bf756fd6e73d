package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Frames;
import dev.heddle.coroutine.Yielder;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.trace.JsonDump;
import dev.heddle.trace.TaskDump;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A suspended woven computation can be looked into like a thread in a debugger. */
final class FramesTest {

  private static Object innermost(Yielder<Object, Object> y, long number) {
    String text = "t" + number;
    Object sent = y.yield("here");
    return text + sent + number;
  }

  private static Object middle(Yielder<Object, Object> y, int depth) {
    double half = depth / 2.0;
    boolean dead = depth > 3;
    y.yield(dead);
    Object got = innermost(y, depth * 10L);
    return got + "/" + half;
  }

  @Test
  void eachFrameHasItsClassMethodLineAndTheVariablesThatAreStillNeeded() {
    List<String> captured = List.of("c");
    try (Coroutine<Object, Object, Object> c =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              Object first = middle(y, 5);
              return first + "" + captured;
            })) {
      assertThat(c.frames()).isEmpty();
      c.next();
      assertThat(c.frames().toList().getFirst().values())
          .isEqualTo(Map.of("depth", 5, "half", 2.5));
      c.next();
      List<Frames.Frame> frames = c.frames().toList();
      assertThat(frames).extracting(Frames.Frame::className).containsOnly(getClass().getName());
      assertThat(frames.stream().map(Frames.Frame::method).limit(2))
          .containsExactly("innermost", "middle");
      assertThat(frames).extracting(Frames.Frame::at).isEqualTo(c.suspendedAt());
      assertThat(frames.get(0).values()).isEqualTo(Map.of("number", 50L, "text", "t50"));
      assertThat(frames.get(1).values()).isEqualTo(Map.of("half", 2.5));
      assertThat(frames.get(2).values()).isEqualTo(Map.of("captured", captured));
      c.send("!");
      assertThat(c.result()).isEqualTo("t50!50/2.5[c]");
      assertThat(c.frames()).isEmpty();
    }
  }

  @Test
  void aFrameOnAStackHasItsLineAndNoValues() {
    try (Coroutine<Object, Object, Object> c = Coroutine.of(Engine.HANDOFF, y -> innermost(y, 1))) {
      c.next();
      Frames.Frame frame = c.frames().toList().getFirst();
      assertThat(frame.method()).isEqualTo("innermost");
      assertThat(frame.values()).isEmpty();
    }
  }

  private static void sleepy(Awaiter co, Object shown) {
    co.await(Timers.sleep(Duration.ofHours(1)));
    assertThat(shown).isNotNull();
  }

  /** Its words fail. */
  private static final class Mute {
    @Override
    public String toString() {
      throw new IllegalStateException("no words");
    }
  }

  @Test
  void aDumpShowsTheVariablesOfEachFrameOnRequest() {
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn("sleeper", co -> sleepy(co, "a word"));
      scheduler.spawn("mute", co -> sleepy(co, new Mute()));
      Task<String> looker =
          scheduler.submit(
              "looker",
              co -> {
                TaskDump dump = TaskDump.withValues(scheduler);
                scheduler.tasks().forEach(task -> task.cancel("seen"));
                return dump + "\n" + JsonDump.of(dump);
              });
      scheduler.run();
      assertThat(looker.resultNow())
          .contains("shown = a word")
          .contains("shown = (java.lang.IllegalStateException in toString())")
          .contains("\"values\":[{\"shown\":\"a word\"},{}]");
    }
  }

  @Test
  void aTasksFramesAreThoseOfItsBody() {
    try (Scheduler scheduler = Scheduler.create()) {
      Task<?> sleeper = scheduler.spawn("sleeper", co -> sleepy(co, 7));
      Task<Frames> looker = scheduler.submit("looker", co -> sleeper.frames());
      scheduler.spawn("ender", co -> sleeper.cancel("enough"));
      scheduler.run();
      assertThat(looker.resultNow().toList().getFirst().toString())
          .startsWith("dev.heddle.weave.FramesTest.sleepy(FramesTest.java:")
          .endsWith(" {shown=7}");
    }
  }
}
