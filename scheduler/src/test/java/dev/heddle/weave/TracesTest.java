package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The function that puts the callers' lines into a trace, on traces made by hand. */
class TracesTest {
  private static final String MACHINE = "app.Home$$Woven$serve$0";

  private static StackTraceElement frame(String className, String method, int line) {
    return new StackTraceElement(className, method, "Home.java", line);
  }

  private static final StackTraceElement PLAIN = frame("app.Plain", "parse", 1);
  private static final StackTraceElement SERVE = frame(MACHINE, "serve", 2);
  private static final StackTraceElement DRIVER = frame(Traces.DRIVER, Traces.RESUME, 3);
  private static final StackTraceElement GLUE =
      new StackTraceElement(MACHINE, "resumeMachine", null, -1);
  private static final StackTraceElement ADVANCE = frame(Traces.DRIVER, "advance", 3);
  private static final StackTraceElement RESUME =
      frame("dev.heddle.coroutine.Coroutine", "resume", 4);
  private static final StackTraceElement CALLER = frame("app.Home", "accept", 5);
  private static final StackTraceElement BODY = frame("app.Home", "lambda$main$0", 6);

  private static List<StackTraceElement> callers(int most) {
    return List.of(CALLER, BODY).subList(0, Math.min(2, most));
  }

  private static List<StackTraceElement> withCallers(StackTraceElement... trace) {
    return Traces.withCallers(List.of(trace), MACHINE, TracesTest::callers);
  }

  @Test
  void theCallersComeInTheDriversPlace() {
    assertThat(withCallers(PLAIN, SERVE, GLUE, DRIVER, ADVANCE, RESUME))
        .containsExactly(PLAIN, SERVE, CALLER, BODY, RESUME);
  }

  @Test
  void aSecondTimeNothingIsAdded() {
    StackTraceElement[] once = withCallers(SERVE, DRIVER, RESUME).toArray(StackTraceElement[]::new);
    assertThat(withCallers(once)).containsExactly(once);
  }

  @Test
  void ofTwoDriversTheInnerOneIsReplaced() {
    assertThat(withCallers(SERVE, DRIVER, RESUME, BODY, DRIVER, RESUME))
        .containsExactly(SERVE, CALLER, BODY, RESUME, BODY, DRIVER, RESUME);
  }

  @Test
  void aTraceThatWasMadeElsewhereStaysAsItIs() {
    StackTraceElement other = frame("app.Other$$Woven$run$0", "run", 9);
    assertThat(withCallers(other, DRIVER, RESUME)).containsExactly(other, DRIVER, RESUME);
    assertThat(withCallers(PLAIN, RESUME)).containsExactly(PLAIN, RESUME);
    assertThat(withCallers(DRIVER, RESUME)).containsExactly(DRIVER, RESUME);
    assertThat(withCallers()).isEmpty();
  }

  @Test
  void aTraceEndsWhereTheJvmsEnds() {
    List<StackTraceElement> deep = new ArrayList<>(Collections.nCopies(1000, PLAIN));
    deep.addAll(List.of(SERVE, DRIVER, RESUME));
    List<Integer> asked = new ArrayList<>();
    List<StackTraceElement> shown =
        Traces.withCallers(
            deep,
            MACHINE,
            most -> {
              asked.add(most);
              return Collections.nCopies(most, CALLER);
            });
    assertThat(asked).containsExactly(23);
    assertThat(shown).hasSize(Traces.MOST_FRAMES).endsWith(CALLER);
  }

  @Test
  void aTraceThatTheJvmHasCutOffGetsNoCallers() {
    List<StackTraceElement> cut = Collections.nCopies(Traces.MOST_FRAMES, SERVE);
    assertThat(Traces.withCallers(cut, MACHINE, TracesTest::callers)).isEqualTo(cut);
  }

  @Test
  void whatLeavesHasTheCallersInItsCausesToo() {
    Exception cause = new Exception();
    cause.setStackTrace(new StackTraceElement[] {PLAIN, SERVE, DRIVER, RESUME});
    Exception thrown = new Exception(cause);
    thrown.setStackTrace(new StackTraceElement[] {SERVE, DRIVER, RESUME});
    assertThat(Traces.leaving(thrown, null, MACHINE, TracesTest::callers)).isSameAs(thrown);
    StackTraceElement serve = frame("app.Home", "serve", 2);
    assertThat(thrown.getStackTrace()).containsExactly(serve, CALLER, BODY, RESUME);
    assertThat(cause.getStackTrace()).containsExactly(PLAIN, serve, CALLER, BODY, RESUME);
  }

  @Test
  void whatWasRaisedKeepsItsTrace() {
    Exception raised = new Exception();
    raised.setStackTrace(new StackTraceElement[] {SERVE, DRIVER, RESUME});
    assertThat(Traces.leaving(raised, raised, MACHINE, TracesTest::callers)).isSameAs(raised);
    assertThat(raised.getStackTrace()).containsExactly(SERVE, DRIVER, RESUME);
  }

  @Test
  void aHandlerSeesTheUsersNamesEvenInWhatIsSuppressed() {
    Exception suppressed = new Exception();
    suppressed.setStackTrace(new StackTraceElement[] {frame(MACHINE, "close", 7)});
    Exception caught = new Exception();
    caught.setStackTrace(new StackTraceElement[] {SERVE, GLUE, ADVANCE});
    caught.addSuppressed(suppressed);
    assertThat(Traces.caught(caught)).isSameAs(caught);
    assertThat(caught.getStackTrace()).containsExactly(frame("app.Home", "serve", 2));
    assertThat(suppressed.getStackTrace()).containsExactly(frame("app.Home", "close", 7));
  }
}
