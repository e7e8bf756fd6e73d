package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What compilers write in different ways is woven, or refused for the same reason, from each. */
final class CompilerTest {
  private static final String REFUSED = "REFUSED ";

  @TestFactory
  Stream<DynamicContainer> eachCompilersCodeIsWovenOrRefusedForTheSameReason() {
    return CallCompiler.all()
        .map(compiler -> DynamicContainer.dynamicContainer(compiler.toString(), tests(compiler)));
  }

  private static Stream<DynamicTest> tests(CallCompiler compiler) {
    Compiled compiled = compiler.compile("CompilerBodies.java");
    return NullMessageTest.bodies(compiled, CompilerBodies.class).entrySet().stream()
        .map(
            body ->
                DynamicTest.dynamicTest(
                    body.getKey(), () -> check(body.getKey(), body.getValue())));
  }

  private static void check(String name, CoroutineBody<Object, Object, Object> body) {
    String explanation = Engine.explain(body);
    if (name.startsWith(REFUSED)) {
      String reason = name.substring(REFUSED.length());
      assertTrue(explanation.startsWith("not woven: its Yielder is " + reason + " ("), explanation);
      assertTrue(run(Coroutine.of(body)).size() > 1);
    } else {
      assertEquals("woven", explanation);
      assertEquals(run(Coroutine.of(Engine.HANDOFF, body)), run(Coroutine.of(Engine.WOVEN, body)));
    }
  }

  /** What the body yields, which is sent back to it, and what it returns. */
  private static List<Object> run(Coroutine<Object, Object, Object> coroutine) {
    List<Object> seen = new ArrayList<>();
    Object sent = null;
    while (coroutine.send(sent)) {
      sent = coroutine.yielded();
      seen.add(sent);
    }
    seen.add(coroutine.result());
    return seen;
  }
}
