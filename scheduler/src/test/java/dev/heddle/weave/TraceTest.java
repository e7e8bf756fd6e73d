package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import dev.heddle.scheduler.DeadlockException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Stack traces and dumps show the user's class, method, file and line. This file is long because
 * each way in which a trace is made has a test.
 */
final class TraceTest {

  private static int here() {
    return new Throwable().getStackTrace()[1].getLineNumber();
  }

  private static void fail() {
    throw new IllegalStateException("failed", new Exception("cause"));
  }

  private static StackTraceElement bodyFrame(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(e -> e.getMethodName().startsWith("lambda$"))
        .findFirst()
        .orElseThrow();
  }

  private static String text(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  @Test
  void aTraceShowsTheUsersClassMethodFileAndLine() {
    int line = here() + 5;
    CoroutineBody<Object, Object, Object> body =
        y -> {
          y.yield(1);
          int[] none = {};
          return none[0];
        };
    Coroutine<Object, Object, Object> coroutine = Coroutine.of(Engine.WOVEN, body);
    coroutine.next();
    Throwable thrown = assertThrows(ArrayIndexOutOfBoundsException.class, coroutine::next);
    StackTraceElement frame = thrown.getStackTrace()[0];
    assertEquals(TraceTest.class.getName(), frame.getClassName());
    assertEquals("TraceTest.java", frame.getFileName());
    assertEquals(line, frame.getLineNumber());
    assertEquals("lambda$", frame.getMethodName().substring(0, 7));
    assertFalse(text(thrown).contains("Woven0"), text(thrown));
  }

  @Test
  void aTraceHasOneFrameForTheBodyAndTheRestAsItWas() {
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              y.yield(1);
              fail();
              return null;
            });
    coroutine.next();
    Throwable thrown = assertThrows(IllegalStateException.class, coroutine::next);
    StackTraceElement[] trace = thrown.getStackTrace();
    assertEquals("fail", trace[0].getMethodName());
    assertEquals(bodyFrame(thrown), trace[1]);
    assertEquals(Coroutine.class.getName(), trace[2].getClassName());
    assertFalse(text(thrown).contains("$$Woven"), text(thrown));
  }

  @Test
  void aTraceThroughTwoWovenBodiesShowsBoth() {
    Coroutine<Object, Object, Object> inner =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              fail();
              return null;
            });
    Coroutine<Object, Object, Object> outer =
        Coroutine.of(Engine.WOVEN, y -> y.yield(inner.next()));
    Throwable thrown = assertThrows(IllegalStateException.class, outer::next);
    long bodies =
        Arrays.stream(thrown.getStackTrace())
            .filter(e -> e.getClassName().equals(TraceTest.class.getName()))
            .filter(e -> e.getMethodName().startsWith("lambda$aTraceThrough"))
            .filter(e -> e.getLineNumber() > 0)
            .count();
    assertEquals(2, bodies, text(thrown));
    assertFalse(text(thrown).contains("$$Woven"), text(thrown));
  }

  @Test
  void aTraceAfterASuspensionInAFinallyBlockShowsItsLine() {
    int line = here() + 9;
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              try {
                y.yield(1);
              } finally {
                y.yield(2);
                fail();
              }
              return null;
            });
    coroutine.next();
    coroutine.next();
    Throwable thrown = assertThrows(IllegalStateException.class, coroutine::next);
    assertEquals(line, bodyFrame(thrown).getLineNumber());
  }

  @Test
  void whatIsRaisedKeepsItsOwnTrace() {
    Coroutine<Object, Object, Object> coroutine = Coroutine.of(Engine.WOVEN, y -> y.yield(1));
    coroutine.next();
    IllegalStateException raised = new IllegalStateException("raised");
    StackTraceElement[] before = raised.getStackTrace();
    assertEquals(raised, assertThrows(IllegalStateException.class, () -> coroutine.raise(raised)));
    assertEquals(Arrays.asList(before), Arrays.asList(raised.getStackTrace()));
  }

  @Test
  void aNullThatWasSentIsNamedInTheMessage() {
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(Engine.WOVEN, y -> y.yield(1).hashCode());
    coroutine.next();
    String message = assertThrows(NullPointerException.class, coroutine::next).getMessage();
    assertEquals(
        "Cannot invoke \"Object.hashCode()\" because the return value of"
            + " \"dev.heddle.coroutine.Yielder.yield(Object)\" is null",
        message);
  }

  private static final class NoTrace extends RuntimeException {
    @Override
    public StackTraceElement[] getStackTrace() {
      return null;
    }
  }

  private static final class Unreadable extends RuntimeException {
    @Override
    public StackTraceElement[] getStackTrace() {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Unchangeable extends RuntimeException {
    @Override
    public void setStackTrace(StackTraceElement[] trace) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class NoCauseYet extends RuntimeException {
    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException("not known yet");
    }
  }

  private static final class EndlessCauses extends RuntimeException {
    @Override
    public synchronized Throwable getCause() {
      return new EndlessCauses();
    }
  }

  private static RuntimeException chain(int length) {
    RuntimeException last = null;
    for (int i = 0; i < length; i++) {
      last = new RuntimeException("attempt " + i, last);
    }
    return last;
  }

  @SuppressWarnings("ThrowableNotThrown") // the body throws it
  static Stream<RuntimeException> exceptionsThatResist() {
    return Stream.of(
        new NoTrace(),
        new Unreadable(),
        new Unchangeable(),
        new NoCauseYet(),
        new EndlessCauses(),
        chain(50_000));
  }

  @ParameterizedTest
  @MethodSource("exceptionsThatResist")
  void noExceptionIsLostWhileItsTraceIsRewritten(RuntimeException resisting) {
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              y.yield(1);
              throw resisting;
            });
    coroutine.next();
    assertSame(resisting, assertThrows(RuntimeException.class, coroutine::next));
  }

  @Test
  void eachOfThousandsOfCausesHasTheUsersNames() {
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              y.yield(1);
              RuntimeException last = null;
              for (int i = 0; i < 6_000; i++) {
                last = new RuntimeException(last);
              }
              throw last;
            });
    coroutine.next();
    Throwable thrown = assertThrows(RuntimeException.class, coroutine::next);
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      assertEquals(TraceTest.class.getName(), at.getStackTrace()[0].getClassName());
    }
  }

  private static final class FailsToClose implements AutoCloseable {
    @Override
    public void close() {
      throw new IllegalArgumentException("close");
    }
  }

  @Test
  void whatIsSuppressedInARaisedExceptionHasTheUsersNames() {
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              try (var _ = new FailsToClose()) {
                return y.yield(1);
              }
            });
    coroutine.next();
    IllegalStateException raised = new IllegalStateException("raised");
    Throwable thrown = assertThrows(IllegalStateException.class, () -> coroutine.raise(raised));
    assertEquals(1, thrown.getSuppressed().length);
    assertFalse(text(thrown).contains("$$Woven"), text(thrown));
    assertFalse(text(thrown).contains(".advance("), text(thrown));
  }

  @Test
  void aFileNameMayHaveBlanks() throws ReflectiveOperationException {
    String source =
        """
        import dev.heddle.scheduler.*;
        class Blanks implements java.util.function.Supplier<TaskBody> {
          public TaskBody get() {
            var never = dev.heddle.sync.Queue.<String>fifo();
            return co -> co.await(never.get());
          }
        }
        """;
    Compiled compiled = Compiled.of("My%20Own%20File", source);
    TaskBody body = (TaskBody) ((Supplier<?>) compiled.newInstance("Blanks")).get();
    try (Scheduler scheduler = Scheduler.create()) {
      Task<?> task = scheduler.spawn("waits", body);
      scheduler.spawn(
          co -> {
            co.await(Task.yield());
            assertEquals("My Own File.java", task.where().getFirst().getFileName());
            assertEquals(5, task.where().getFirst().getLineNumber());
          });
      DeadlockException told = assertThrows(DeadlockException.class, scheduler::run);
      assertTrue(told.getMessage().contains("My Own File.java:5"), told.getMessage());
    }
  }

  private static void failAfter(Yielder<Object, Object> y) {
    y.yield(2);
    fail();
  }

  private static String printed(Yielder<Object, Object> y) {
    String all = "";
    try {
      failAfter(y);
    } catch (IllegalStateException | IllegalArgumentException e) {
      all = text(e);
    }
    try {
      y.yield(3);
      fail();
    } catch (RuntimeException e) {
      all += text(e);
    }
    try {
      fail();
    } catch (RuntimeException e) {
      all += text(e);
    }
    return all;
  }

  /** The frame in the middle is resumed; then the innermost fails, and suspends while it does. */
  private static void holds(Yielder<Object, Object> y, int depth) {
    try {
      if (depth == 1) {
        y.yield(1);
      }
      if (depth == 0) {
        fail();
      } else {
        holds(y, depth - 1);
      }
    } finally {
      y.yield(2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"WOVEN", "HANDOFF"})
  void whatAFinallyBlockHoldsOverASuspensionHasEachCallerOnce(Engine engine) {
    int line = here() + 5;
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            engine,
            y -> {
              holds(y, 2);
              return "never";
            });
    Throwable thrown =
        assertThrows(
            IllegalStateException.class,
            () -> {
              while (coroutine.next()) {
                assertTrue((int) coroutine.yielded() < 3);
              }
            });
    String text = text(thrown);
    assertEquals(3, users(text).stream().filter(at -> at.contains("Test.holds(")).count(), text);
    assertEquals(1, users(text).stream().filter(at -> at.contains(":" + line + ")")).count(), text);
  }

  private static IllegalStateException made() {
    return new IllegalStateException("made by plain code");
  }

  private static String shown(Yielder<Object, Object> y) {
    y.yield(2);
    Exception kept = new IllegalStateException("kept");
    StringWriter printed = new StringWriter();
    made().printStackTrace(new PrintWriter(printed));
    String read = Arrays.toString(made().getStackTrace());
    String own = Arrays.toString(Thread.currentThread().getStackTrace());
    return String.join("\n", text(kept), printed.toString(), read, own).replace(", ", "\n");
  }

  @ParameterizedTest
  @EnumSource(names = {"WOVEN", "HANDOFF"})
  void whatABodyMakesOrPrintsItselfHasTheUsersNamesAndAllCallers(Engine engine) {
    int line = here() + 6;
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            engine,
            y -> {
              y.yield(1);
              return shown(y);
            });
    while (coroutine.next()) {
      assertTrue((int) coroutine.yielded() < 3);
    }
    String text = (String) coroutine.result();
    assertFalse(text.contains("$$Woven"), text);
    List<String> users = users(text);
    assertEquals(2, users.stream().filter(at -> at.contains("TraceTest.made(")).count(), text);
    assertEquals(4, users.stream().filter(at -> at.contains("TraceTest.shown(")).count(), text);
    assertEquals(4, users.stream().filter(at -> at.contains("java:" + line + ")")).count(), text);
  }

  private static List<String> users(String text) {
    return text.lines().filter(line -> line.contains("(TraceTest.java:")).toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"WOVEN", "HANDOFF"})
  void aHandlerPrintsTheUsersNamesAndAllCallers(Engine engine) {
    int line = here() + 6;
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            engine,
            y -> {
              y.yield(1);
              String text = printed(y);
              try {
                fail();
                return "";
              } catch (RuntimeException e) {
                return text + text(e);
              }
            });
    while (coroutine.next()) {
      assertTrue((int) coroutine.yielded() < 4);
    }
    String text = (String) coroutine.result();
    assertFalse(text.contains("$$Woven"), text);
    assertFalse(text.contains("advance("), text);
    List<String> lines = users(text);
    assertEquals(3, lines.stream().filter(one -> one.contains(":" + line + ")")).count(), text);
    assertEquals(3, lines.stream().filter(one -> one.contains(".printed(")).count(), text);
    assertEquals(1, lines.stream().filter(one -> one.contains(".failAfter(")).count(), text);
  }

  private static final class Node {
    private Node next;
    private int value;

    private int get(String what) {
      return value + what.length();
    }
  }

  private static Throwable failing(CoroutineBody<Object, Object, Object> body) {
    Coroutine<Object, Object, Object> coroutine = Coroutine.of(Engine.WOVEN, body);
    coroutine.next();
    Throwable thrown = assertThrows(NullPointerException.class, coroutine::next);
    assertEquals(TraceTest.class.getName(), thrown.getStackTrace()[0].getClassName());
    return thrown;
  }

  @Test
  void aNullBeforeAPrivateMemberIsToldInTheJvmsWords() {
    Node node = new Node();
    String because = " because \"node.next\" is null";
    assertEquals(
        "Cannot read field \"value\"" + because,
        failing(
                y -> {
                  y.yield(1);
                  return node.next.value;
                })
            .getMessage());
    assertEquals(
        "Cannot assign field \"value\"" + because,
        failing(
                y -> {
                  y.yield(1);
                  node.next.value = 3;
                  return null;
                })
            .getMessage());
    assertEquals(
        "Cannot invoke \"" + Node.class.getName() + ".get(String)\"" + because,
        failing(
                y -> {
                  y.yield(1);
                  return node.next.get("x");
                })
            .getMessage());
  }
}
