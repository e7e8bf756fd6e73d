package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.invoke.CallSite;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Bodies that cannot be woven run all the same, and {@code Engine.explain} says why not. */
final class RefusalTest {
  private Object kept;

  private static void refused(String reason, CoroutineBody<Object, Object, Object> body) {
    String explanation = Engine.explain(body);
    assertTrue(explanation.startsWith("not woven: "), explanation);
    assertTrue(explanation.contains(reason), explanation);
    assertEquals(
        explanation,
        assertThrows(IllegalArgumentException.class, () -> Coroutine.of(Engine.WOVEN, body))
            .getMessage());
    try (Coroutine<Object, Object, Object> coroutine = Coroutine.of(body)) {
      assertTrue(coroutine.next());
      assertEquals(1, coroutine.yielded());
    }
  }

  /** The line this is called from, plus some. */
  private static String line(int more) {
    StackTraceElement caller = new Throwable().getStackTrace()[1];
    return "(" + caller.getFileName() + ":" + (caller.getLineNumber() + more) + ")";
  }

  @SuppressWarnings("unchecked") // it is one
  private static Object give(Object y) {
    return ((Yielder<Object, Object>) y).yield(1);
  }

  @Test
  void aYielderThatIsPassedOnIsNamedWithItsLine() {
    String line = line(4);
    refused(
        "its Yielder is passed to give() " + line,
        y -> {
          return give(y);
        });
  }

  @Test
  void aYielderThatIsStoredIsNamedWithItsLine() {
    String line = line(4);
    refused(
        "its Yielder is stored in kept " + line,
        y -> {
          kept = y;
          return y.yield(1);
        });
    assertTrue(kept instanceof Yielder);
  }

  @Test
  void aYielderThatIsCapturedByAnInnerLambdaIsNamedWithItsLine() {
    String line = line(4);
    refused(
        "its Yielder is captured by an inner lambda " + line,
        y -> {
          Supplier<Object> inner = () -> y.yield(1);
          return inner.get();
        });
  }

  @Test
  void aYielderInAnArrayIsRefused() {
    refused("is stored in an array", y -> List.of(new Object[] {y}).size() + (int) y.yield(1));
  }

  @Test
  void aYielderThatIsReturnedIsRefused() {
    refused("is returned", y -> y.yield(1) == null ? y : null);
  }

  @Test
  void aYielderThatMayBeOneOfTwoIsRefused() {
    Yielder<Object, Object> other = value -> value;
    refused("may be one of two", y -> (kept == this ? other : y).yield(1));
  }

  @Test
  void aYielderThatALoopChangesIsRefused() {
    Yielder<Object, Object> other = value -> value;
    refused(
        "is in a variable that a loop changes",
        y -> {
          Yielder<Object, Object> z = y;
          for (int i = 0; i < 2; i++) {
            z.yield(1);
            z = other;
          }
          return null;
        });
  }

  @Test
  void aSuspensionInsideSynchronizedIsNamedWithItsLine() {
    String line = line(5);
    refused(
        "suspends inside synchronized " + line,
        y -> {
          synchronized (this) {
            return y.yield(1);
          }
        });
  }

  @Test
  void aSuspensionInAHandlerInsideSynchronizedIsRefused() {
    refused(
        "suspends inside synchronized",
        y -> {
          synchronized (this) {
            try {
              throw new IllegalStateException();
            } catch (IllegalStateException e) {
              return y.yield(1);
            }
          }
        });
  }

  @Test
  void aSynchronizedMethodIsRefused() {
    refused("its method is synchronized", this::synchronizedBody);
  }

  private synchronized Object synchronizedBody(Yielder<Object, Object> y) {
    return y.yield(1);
  }

  @Test
  void aReferenceToAMethodThatASubclassOverridesIsWoven() {
    List<Object> yielded = new ArrayList<>();
    for (Overridable object : List.of(new Overridable(), new Overriding())) {
      CoroutineBody<Object, Object, Object> body = object::body;
      assertEquals("woven", Engine.explain(body));
      Coroutine<Object, Object, Object> coroutine = Coroutine.of(Engine.WOVEN, body);
      coroutine.next();
      yielded.add(coroutine.yielded());
    }
    assertEquals(List.of(1, 2), yielded);
  }

  static final class Overriding extends Overridable {
    @Override
    Object body(Yielder<Object, Object> y) {
      return y.yield(2);
    }
  }

  static class Overridable {
    Object body(Yielder<Object, Object> y) {
      return y.yield(1);
    }
  }

  @Test
  void aProxyIsRefused() {
    @SuppressWarnings("unchecked")
    CoroutineBody<Object, Object, Object> proxy =
        (CoroutineBody<Object, Object, Object>)
            Proxy.newProxyInstance(
                RefusalTest.class.getClassLoader(),
                new Class<?>[] {CoroutineBody.class},
                (self, method, arguments) -> ((Yielder<Object, Object>) arguments[0]).yield(1));
    refused("the class file of", proxy);
  }

  @Test
  void aBodyWhoseClassFileCannotBeReadIsRefused() throws ReflectiveOperationException {
    Compiled loader =
        Compiled.unreadable(
            "Secret",
            """
            import dev.heddle.coroutine.CoroutineBody;
            public class Secret implements java.util.function.Supplier<Object> {
              public Object get() {
                CoroutineBody<Object, Object, Object> body = y -> y.yield(1);
                return body;
              }
            }
            """);
    refused("the class file of Secret cannot be read", body(loader.newInstance("Secret")));
  }

  @SuppressWarnings("unchecked")
  static CoroutineBody<Object, Object, Object> body(Object supplier) {
    return (CoroutineBody<Object, Object, Object>) ((Supplier<Object>) supplier).get();
  }

  @Test
  void allBodiesOfAClassAreExplainedThoughNobodyHasMadeThem() {
    assertEquals(
        List.of(
            "one (Bodies.java:5): woven",
            "two (Bodies.java:8): woven, but for parts that run on a stack: locked()"
                + " (Bodies.java:8): its method is synchronized",
            "three (Bodies.java:11): woven",
            "four (Bodies.java:14): not woven: its method is synchronized",
            "five (Bodies.java:17): woven"),
        Engine.explainAll(
            load(
                Compiled.of(
                    "Bodies",
                    """
                    import dev.heddle.coroutine.*;
                    public class Bodies {
                      private long secret;
                      Object one(String captured, double wide) {
                        return Generator.<Object>of(y -> { y.yield(captured + wide + secret++); });
                      }
                      Object two() {
                        return Generator.<Object>of(y -> locked(y));
                      }
                      Object three() {
                        return Generator.<Object>of(this::help);
                      }
                      Object four() {
                        return Generator.<Object>of(this::locked);
                      }
                      Object five() {
                        return Generator.<Object>of(this::open);
                      }
                      void open(Yielder<Object, Void> y) { y.yield(1); }
                      private void help(Yielder<Object, Void> y) { y.yield(1); }
                      private synchronized void locked(Yielder<Object, Void> y) { y.yield(1); }
                    }
                    """,
                    "-g"),
                "Bodies")));
  }

  @Test
  void whatWasExplainedIsNotWovenOnceMoreWhenItRuns() throws Exception {
    Compiled compiled =
        Compiled.of(
            "Told",
            """
            import dev.heddle.coroutine.*;
            public class Told implements java.util.function.Supplier<Object> {
              public Object get() {
                return (GeneratorBody<Object>) y -> y.yield(1);
              }
            }
            """);
    assertEquals(List.of("get (Told.java:4): woven"), Engine.explainAll(load(compiled, "Told")));
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(Engine.WOVEN, body(compiled.newInstance("Told")));
    String machine = coroutine.getClass().getName();
    assertTrue(machine.endsWith("$void"), machine);
    String another = machine.substring(0, machine.length() - "$void".length());
    assertThrows(ClassNotFoundException.class, () -> Class.forName(another, false, compiled));
  }

  @SuppressWarnings("UnusedMethod") // found by its name
  private static Object taking(Yielder<Object, Object> y) {
    return y.yield(1);
  }

  /** The interface is Serializable, the lambda's class is not made to be serialized. */
  @Test
  void aLambdaThatDoesNotTellItsMethodIsNotCalledNotSerializable() throws Throwable {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    MethodType type = MethodType.methodType(Object.class, Yielder.class);
    CallSite site =
        LambdaMetafactory.metafactory(
            lookup,
            "run",
            MethodType.methodType(CoroutineBody.class),
            type,
            lookup.findStatic(RefusalTest.class, "taking", type),
            type);
    @SuppressWarnings("unchecked") // it is one
    CoroutineBody<Object, Object, Object> body =
        (CoroutineBody<Object, Object, Object>) site.getTarget().invoke();
    refused("its class does not tell its method, as a lambda of a Serializable interface", body);
  }

  @Test
  void aClassOfAnOldJavaIsRefusedForItsAge() throws Exception {
    Compiled young =
        Compiled.of(
            "Old",
            """
            import dev.heddle.coroutine.*;
            public class Old implements CoroutineBody<Object, Object, Object> {
              public Object run(Yielder<Object, Object> y) {
                for (int i = 0; i < 2; i++) {
                  y.yield(1);
                }
                return null;
              }
            }
            """);
    ClassFile files = ClassFile.of();
    Compiled old =
        young.changed(
            bytes ->
                files.transformClass(
                    files.parse(bytes),
                    (builder, element) ->
                        builder.with(
                            element instanceof ClassFileVersion
                                ? ClassFileVersion.of(ClassFile.JAVA_5_VERSION, 0)
                                : element)));
    @SuppressWarnings("unchecked") // it is one
    CoroutineBody<Object, Object, Object> body =
        (CoroutineBody<Object, Object, Object>) old.newInstance("Old");
    refused("it was compiled for a Java of before 6, whose code cannot be followed", body);
  }

  private static Class<?> load(ClassLoader loader, String name) {
    try {
      return loader.loadClass(name);
    } catch (ClassNotFoundException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @Test
  void aBodyThatLooksAtItsCallerIsRefused() {
    refused(
        "calls lookup(), which depends on its caller",
        y -> {
          kept = java.lang.invoke.MethodHandles.lookup();
          return y.yield(1);
        });
  }
}
