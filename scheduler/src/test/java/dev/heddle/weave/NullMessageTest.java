package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The JVM says of a null in a woven body what it says of it on a stack. */
final class NullMessageTest {
  @TestFactory
  Stream<DynamicContainer> aNullIsExplainedAsOnAStack() {
    return CallCompiler.all()
        .map(compiler -> DynamicContainer.dynamicContainer(compiler.toString(), tests(compiler)));
  }

  private static Stream<DynamicTest> tests(CallCompiler compiler) {
    Compiled compiled = compiler.compile("NullMessageBodies.java");
    return bodies(compiled, NullMessageBodies.class).entrySet().stream()
        .map(
            body ->
                DynamicTest.dynamicTest(
                    body.getKey(),
                    () -> {
                      assertEquals("woven", Engine.explain(body.getValue()));
                      String onStack = failure(Engine.HANDOFF, body.getValue());
                      assertEquals(onStack, failure(Engine.WOVEN, body.getValue()));
                    }));
  }

  @SuppressWarnings("unchecked") // the test's own class, compiled anew
  static Map<String, CoroutineBody<Object, Object, Object>> bodies(
      Compiled compiled, Class<?> type) {
    try {
      return ((Supplier<Map<String, CoroutineBody<Object, Object, Object>>>)
              compiled.newInstance(type.getName()))
          .get();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** The message and where it was thrown, up to the last frame of the body. */
  private static String failure(Engine engine, CoroutineBody<Object, Object, Object> body) {
    try (Coroutine<Object, Object, Object> coroutine = Coroutine.of(engine, body)) {
      Object sent = null;
      while (coroutine.send(sent)) {
        sent = coroutine.yielded();
      }
      throw new AssertionError("there was no null: " + coroutine.result());
    } catch (NullPointerException e) {
      assertNotNull(e.getMessage());
      StringBuilder text = new StringBuilder(e.getMessage());
      Stream.of(e.getStackTrace())
          .takeWhile(frame -> !frame.getClassName().startsWith("dev.heddle.coroutine"))
          .filter(frame -> !frame.getClassName().startsWith("java."))
          .forEach(frame -> text.append("\n  at ").append(frame));
      return text.toString();
    }
  }
}
