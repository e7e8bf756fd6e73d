package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Yielder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines that profilers and stack walks show of a woven body, and of a method that it calls. */
final class ProfilerTest {
  private static final String EVENT = "dev.heddle.weave.Marked";

  /** A frame as all ways of looking show it. */
  private record Seen(String className, String method, int line) {}

  @Name(EVENT)
  static final class Marked extends Event {}

  /** Whether the body of {@link #spinner} is at its spin; written by the body. */
  static volatile boolean spinning;

  /** Lets that body go on. */
  static volatile boolean enough;

  private static int here() {
    return new Throwable().getStackTrace()[1].getLineNumber();
  }

  private static Coroutine<Object, Object, Object> marker(int[] lines) {
    return Coroutine.of(
        y -> {
          y.yield("first");
          lines[0] = here() + 1;
          new Marked().commit();
          markBelow(y, lines);
          return null;
        });
  }

  private static void markBelow(Yielder<Object, Object> y, int[] lines) {
    y.yield("second");
    lines[1] = here() + 1;
    new Marked().commit();
  }

  private static Coroutine<Object, Object, Object> spinner(int[] lines) {
    return Coroutine.of(
        y -> {
          y.yield("first");
          lines[0] = here() + 1;
          for (spinning = true; !enough; spinning = true) {}
          y.yield("last");
          return null;
        });
  }

  private static int walkedLine(int skipped) {
    return StackWalker.getInstance()
        .walk(frames -> frames.skip(skipped).findFirst())
        .orElseThrow()
        .getLineNumber();
  }

  private static List<Seen> frames(RecordedEvent event) {
    List<Seen> frames = new ArrayList<>();
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      frames.add(
          new Seen(
              frame.getMethod().getType().getName(),
              frame.getMethod().getName(),
              frame.getLineNumber()));
    }
    return frames;
  }

  private static boolean isOurs(Seen frame) {
    return frame.className().startsWith(ProfilerTest.class.getName());
  }

  @Test
  void anEventOfTheFlightRecorderShowsTheLineOfTheBodyAndOfTheMethodItCalls(@TempDir Path folder)
      throws Exception {
    int[] lines = new int[2];
    Path file = folder.resolve("events.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(EVENT).withStackTrace();
      recording.start();
      Coroutine<Object, Object, Object> coroutine = marker(lines);
      while (coroutine.next()) {
        coroutine.yielded();
      }
      recording.stop();
      recording.dump(file);
    }
    List<Integer> shown =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals(EVENT))
            .map(event -> frames(event).getFirst())
            .filter(ProfilerTest::isOurs)
            .map(Seen::line)
            .toList();
    assertThat(shown).containsExactly(lines[0], lines[1]);
  }

  @Test
  void aSampleOfTheFlightRecorderShowsTheLineAfterAResume() throws Exception {
    int[] lines = new int[1];
    enough = false;
    spinning = false;
    BlockingQueue<Seen> samples = new LinkedBlockingQueue<>();
    boolean[] spins = new boolean[1]; // a sample from before may be of a line above the loop
    try (RecordingStream stream = new RecordingStream()) {
      stream.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10)).withStackTrace();
      stream.enable(EVENT).withoutStackTrace();
      stream.onEvent(EVENT, _ -> spins[0] = true);
      stream.onEvent(
          "jdk.ExecutionSample",
          event -> {
            Seen top = frames(event).getFirst();
            // the recorder gives no line where it does not know the place in compiled code
            if (spins[0]
                && top.line() > 0
                && isOurs(top)
                && top.method().startsWith("lambda$spinner")) {
              samples.add(top);
            }
          });
      stream.startAsync();
      Thread thread = Thread.ofPlatform().start(spin(lines));
      while (!spinning) {
        Thread.onSpinWait();
      }
      new Marked().commit();
      Seen sample = samples.take();
      enough = true;
      thread.join();
      assertThat(sample.className()).contains("$$Woven");
      assertThat(sample.line()).isEqualTo(lines[0]);
    }
  }

  private static Runnable spin(int[] lines) {
    return () -> {
      Coroutine<Object, Object, Object> coroutine = spinner(lines);
      coroutine.next();
      coroutine.next();
    };
  }

  @Test
  void aLookFromAnotherThreadShowsTheLineAfterAResume() throws Exception {
    int[] lines = new int[1];
    enough = false;
    spinning = false;
    Thread thread = Thread.ofPlatform().start(spin(lines));
    while (!spinning) {
      Thread.onSpinWait();
    }
    StackTraceElement[] stack = thread.getStackTrace();
    enough = true;
    thread.join();
    assertThat(stack[0].getLineNumber()).isEqualTo(lines[0]);
    assertThat(stack[0].getFileName()).isEqualTo("ProfilerTest.java");
  }

  @Test
  void aStackWalkerShowsTheLinesOfTheBodyAndOfTheMethodItCalls() {
    int[] walked = new int[4];
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            y -> {
              y.yield("first");
              walked[0] = here();
              walked[1] = walkedLine(1) - 1;
              walkBelow(y, walked);
              return null;
            });
    while (coroutine.next()) {
      coroutine.yielded();
    }
    assertThat(walked[1]).isEqualTo(walked[0]);
    assertThat(walked[3]).isEqualTo(walked[2]);
  }

  private static void walkBelow(Yielder<Object, Object> y, int[] walked) {
    y.yield("second");
    walked[2] = here();
    walked[3] = walkedLine(1) - 1;
  }
}
