package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import dev.heddle.fixtures.Until;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A machine keeps what the body will still use, and nothing else; the weaver keeps no loader. */
final class MemoryTest {
  private static WeakReference<Object> weak;

  private static Object big() {
    Object big = new byte[1000];
    weak = new WeakReference<>(big);
    return big;
  }

  private static void assertNotHeldBy(Object coroutine, String why) {
    try {
      for (int i = 0; i < 50 && weak.get() != null; i++) {
        System.gc();
      }
      assertNull(weak.get(), why);
    } finally {
      Reference.reachabilityFence(coroutine);
    }
  }

  @Test
  void aLocalThatIsDeadHoldsNothing() {
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              Object big = big();
              y.yield(big.getClass());
              y.yield("dead");
              return "end";
            });
    coroutine.next();
    assertNotHeldBy(coroutine, "not read after the first yield");
  }

  @Test
  void aLocalThatIsReadLaterIsHeldUntilThen() {
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              Object big = big();
              y.yield("held");
              y.yield(big.hashCode());
              return "end";
            });
    coroutine.next();
    System.gc();
    assertNotNull(weak.get());
    coroutine.next();
    assertNotHeldBy(coroutine, "not read after the second yield");
  }

  @Test
  void whatTheCodeGivesUpWithinATurnIsNotHeldUntilItsEnd() {
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              Object big = big();
              y.yield("held");
              Object words = big.getClass() + "" + givenUp(y, big());
              big = null;
              return isCollected() + "" + words.hashCode();
            });
    coroutine.next();
    assertEquals("held", coroutine.yielded());
    coroutine.next();
    assertEquals("in a callee", coroutine.yielded());
    coroutine.next();
    assertTrue(coroutine.result().toString().startsWith("true"), "held by a field");
  }

  private static Object givenUp(Yielder<Object, Object> y, Object given) {
    y.yield("in a callee");
    Object words = given.hashCode();
    given = null;
    return isCollected() + "" + words;
  }

  private static boolean isCollected() {
    for (int i = 0; i < 20 && weak.get() != null; i++) {
      System.gc();
    }
    return weak.get() == null;
  }

  @Test
  void aCapturedVariableThatIsDeadHoldsNothing() {
    Coroutine<Object, Object, Object> coroutine = capturing(big());
    coroutine.next();
    coroutine.next();
    assertNotHeldBy(coroutine, "captured, but not read any more");
  }

  private static Coroutine<Object, Object, Object> capturing(Object big) {
    return Coroutine.of(
        Engine.WOVEN,
        y -> {
          y.yield(1);
          y.yield(big.hashCode());
          return "end";
        });
  }

  @Test
  void anEndedCoroutineHoldsNothing() {
    Coroutine<Object, Object, Object> coroutine = capturing(big());
    coroutine.next();
    coroutine.close();
    assertNotHeldBy(coroutine, "closed");
  }

  @Test
  void aCoroutineThatReturnedHoldsNothing() {
    Coroutine<Object, Object, Object> coroutine = capturingToTheEnd(big());
    while (coroutine.next()) {
      assertNotNull(coroutine.yielded());
    }
    assertNotHeldBy(coroutine, "returned");
  }

  private static Coroutine<Object, Object, Object> capturingToTheEnd(Object big) {
    return Coroutine.of(
        Engine.WOVEN,
        y -> {
          y.yield(1);
          return big.hashCode();
        });
  }

  @Test
  void aMachineHasNoMoreFieldsThanItNeeds() {
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(
            Engine.WOVEN,
            y -> {
              for (int i = 0; i < 3; i++) {
                String s = "s" + i;
                y.yield(1);
                y.yield(s);
              }
              for (int j = 0; j < 3; j++) {
                Object o = "o" + j;
                y.yield(2);
                y.yield(o);
              }
              return null;
            });
    assertEquals(
        "[class java.lang.Object, int]",
        Arrays.stream(coroutine.getClass().getDeclaredFields())
            .filter(field -> !Modifier.isStatic(field.getModifiers()))
            .map(Field::getType)
            .map(Class::toString)
            .sorted()
            .toList()
            .toString());
  }

  @Test
  void aLoaderWhoseBodiesWereWovenCanBeCollected() throws Exception {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    Reference<?> loader = runInALoaderOfItsOwn(queue);
    Until.collected("the loader is garbage", () -> queue.poll() == loader);
    assertNull(loader.get());
  }

  private static Reference<?> runInALoaderOfItsOwn(ReferenceQueue<Object> queue) throws Exception {
    Compiled loader =
        Compiled.of(
            "Passing",
            """
            import dev.heddle.coroutine.CoroutineBody;
            public class Passing implements java.util.function.Supplier<Object> {
              private int secret = 3;
              public Object get() {
                CoroutineBody<Object, Object, Object> body = y -> y.yield(secret++) + "" + secret;
                return body;
              }
            }
            """);
    var body = RefusalTest.body(loader.newInstance("Passing"));
    assertEquals("woven", Engine.explain(body));
    Coroutine<Object, Object, Object> coroutine = Coroutine.of(Engine.WOVEN, body);
    coroutine.next();
    assertEquals(3, coroutine.yielded());
    coroutine.next();
    assertEquals("null4", coroutine.result());
    return new PhantomReference<>(loader, queue);
  }
}
