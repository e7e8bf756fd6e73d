package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import dev.heddle.fixtures.Holds;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.TaskFunction;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Methods that take the suspender are woven at their first call. */
final class SuspendingCallTest {
  private static Coroutine<Object, Object, Object> woven(
      CoroutineBody<Object, Object, Object> body) {
    assertThat(Engine.explain(body)).isEqualTo("woven");
    return Coroutine.of(Engine.WOVEN, body);
  }

  /** Sends 1, 2, 3 ... and returns what was yielded, and the result. */
  private static List<Object> run(Coroutine<Object, Object, Object> coroutine) {
    List<Object> all = new ArrayList<>();
    Integer sent = null;
    int next = 1;
    while (coroutine.send(sent)) {
      all.add(coroutine.yielded());
      sent = next++;
    }
    all.add(coroutine.result());
    return all;
  }

  private static Object twice(Yielder<Object, Object> y, String what) {
    return what + y.yield(what + "a") + y.yield(what + "b");
  }

  @Test
  @Holds("K1")
  void aStaticMethodSuspendsInItsCaller() {
    assertThat(run(woven(y -> twice(y, "x") + "-" + twice(y, "y"))))
        .containsExactly("xa", "xb", "ya", "yb", "x12-y34");
  }

  private static long sum(int a, Yielder<Object, Object> y, long b, double c) {
    int more = (int) y.yield(a + b + c);
    return more + a + b + (long) c;
  }

  @Test
  void parametersAndResultsOfPrimitiveTypes() {
    assertThat(run(woven(y -> 1000L + sum(1, y, 2, 3.0) * sum(4, y, 5L, 6.0))))
        .containsExactly(6.0, 15.0, 1000L + 7 * 17);
  }

  private static int depth(Yielder<Object, Object> y, int n) {
    if (n == 0) {
      return (int) y.yield("bottom");
    }
    y.yield(n);
    return depth(y, n - 1) + 1;
  }

  @Test
  void recursionThatSuspendsOnItsWay() {
    Coroutine<Object, Object, Object> c = woven(y -> depth(y, 100_000));
    int turns = 0;
    Integer sent = null;
    while (c.send(sent)) {
      turns++;
      sent = 7;
    }
    assertThat(turns).isEqualTo(100_001);
    assertThat(c.result()).isEqualTo(100_007);
  }

  @SuppressWarnings("UnusedVariable") // it does nothing
  private static void quiet(Yielder<Object, Object> y) {}

  @Test
  @Holds("K2")
  void aCalleeThatDoesNotSuspendYieldsNothing() {
    assertThat(
            run(
                woven(
                    y -> {
                      quiet(y);
                      return "done";
                    })))
        .containsExactly("done");
  }

  interface Shape extends Serializable {
    String draw(Yielder<Object, Object> y, int size);

    default String twice(Yielder<Object, Object> y) {
      return draw(y, 1) + draw(y, 2);
    }
  }

  record Circle(String name) implements Shape {
    @Override
    public String draw(Yielder<Object, Object> y, int size) {
      return name + size + y.yield("circle");
    }
  }

  static class Square implements Shape {
    Object part(String prefix, Yielder<Object, Object> y) {
      return y.yield("part") instanceof Object sent ? "part" + sent : prefix;
    }

    @Override
    public String draw(Yielder<Object, Object> y, int size) {
      return "s" + size + y.yield("square");
    }
  }

  static final class Box extends Square {
    @Override
    public String draw(Yielder<Object, Object> y, int size) {
      return "b" + super.draw(y, size);
    }
  }

  @Test
  void theReceiversClassFindsTheMethod() {
    List<Shape> shapes = List.of(new Circle("c"), new Square(), new Box(), new Circle("d"));
    assertThat(
            run(
                woven(
                    y -> {
                      String all = "";
                      for (Shape shape : shapes) {
                        all += shape.twice(y);
                      }
                      return all;
                    })))
        .containsExactly(
            "circle",
            "circle",
            "square",
            "square",
            "square",
            "square",
            "circle",
            "circle",
            "c11c22s13s24bs15bs26d17d28");
  }

  interface Part extends Serializable {
    Object run(String prefix, Yielder<Object, Object> y);
  }

  @Test
  void lambdasAndMethodReferencesOfAUsersSerializableInterface() {
    int captured = 5;
    Part lambda = (prefix, y) -> prefix + captured + y.yield("lambda");
    Part reference = new Square()::part;
    assertThat(run(woven(y -> lambda.run("p", y) + "" + reference.run("q", y))))
        .containsExactly("lambda", "part", "p51part2");
  }

  @Test
  @Holds("K3")
  void aMethodThatStoresTheSuspenderRunsOnAStackOfItsOwn() {
    List<Object> stored = new ArrayList<>();
    CoroutineBody<Object, Object, Object> body =
        y -> {
          Object first = store(y, stored);
          return first + "" + twice(y, "z");
        };
    assertThat(Engine.explain(body))
        .startsWith("woven, but for parts that run on a stack: store()");
    assertThat(run(Coroutine.of(body))).containsExactly("stored", "za", "zb", "1z23");
  }

  private static int store(Yielder<Object, Object> y, List<Object> stored) {
    stored.add(y);
    return (int) y.yield("stored");
  }

  @Test
  @Holds("K1")
  void whatACalleeThrowsPassesItsCallers() {
    Coroutine<Object, Object, Object> c =
        woven(
            y -> {
              try {
                return guarded(y);
              } catch (IllegalStateException e) {
                return "caught " + e.getMessage() + y.yield("again");
              }
            });
    c.next();
    assertThat(c.raise(new IllegalStateException("raised"))).isTrue();
    assertThat(c.yielded()).isEqualTo("finally");
    assertThat(c.send(1)).isTrue();
    assertThat(c.yielded()).isEqualTo("again");
    assertThat(c.send(2)).isFalse();
    assertThat(c.result()).isEqualTo("caught raised2");
  }

  private static Object guarded(Yielder<Object, Object> y) {
    try {
      return twice(y, "g");
    } finally {
      y.yield("finally");
    }
  }

  @Test
  void aNullReceiverIsANullPointerExceptionAtTheCall() {
    Shape none = shape(false);
    Coroutine<Object, Object, Object> c =
        woven(
            y -> {
              y.yield("before");
              return none.draw(y, 1);
            });
    c.next();
    assertThatThrownBy(c::next)
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("draw")
        .satisfies(e -> assertThat(e.getStackTrace()[0].getClassName()).isEqualTo(NAME));
  }

  private static final String NAME = SuspendingCallTest.class.getName();

  private static Shape shape(boolean there) {
    return there ? new Square() : null;
  }

  @Test
  void aDefaultMethodOfALambdaSuspendsAndCallsTheLambda() {
    Shape lambda = (y, size) -> "l" + size + y.yield("lambda");
    assertThat(run(Coroutine.of(y -> lambda.twice(y))))
        .containsExactly("lambda", "lambda", "l11l22");
  }

  @Test
  void aPartIsRunInItsPlaceWithItsResultOrWithout() {
    List<Object> log = new ArrayList<>();
    TaskBody silent =
        co -> {
          co.await(Task.yield());
          log.add("silent");
        };
    TaskFunction<String> telling =
        co -> {
          co.await(Task.yield());
          return "told";
        };
    try (Scheduler scheduler = Scheduler.builder().requireWoven().build()) {
      scheduler.spawn(
          co -> {
            co.yieldFrom(silent);
            log.add(co.yieldFrom(telling));
            co.yieldFrom(
                part -> {
                  part.await(Task.yield());
                  log.add("in a block");
                });
          });
      scheduler.run();
    }
    assertThat(log).containsExactly("silent", "told", "in a block");
  }

  @Test
  void aMethodOf47KilobytesIsWovenAndALargerOneIsRefusedWithItsSizeAndTheLimit() throws Exception {
    assertThat(Engine.explain(ofSize(11_500))).isEqualTo("woven");
    Coroutine<Object, Object, Object> c = Coroutine.of(Engine.WOVEN, ofSize(11_500));
    c.next();
    assertThat(c.yielded()).isEqualTo(11_500);
    c.send(3);
    assertThat(c.result()).isEqualTo(11_503);
    assertThat(Engine.explain(ofSize(13_000)))
        .matches("not woven: its method is too large: 5[0-9]{4} bytes; the limit is 49152 bytes");
  }

  /** A body that counts in as many statements of four bytes. */
  private static CoroutineBody<Object, Object, Object> ofSize(int statements) throws Exception {
    String source =
        """
        import dev.heddle.coroutine.*;
        public class Large implements java.util.function.Supplier<Object> {
          public Object get() {
            CoroutineBody<Object, Object, Object> body = y -> {
              int n = 0;
              %s
              int sent = (int) y.yield(n);
              return n + sent;
            };
            return body;
          }
        }
        """
            .formatted("n = n + 1;\n".repeat(statements));
    return RefusalTest.body(Compiled.of("Large", source).newInstance("Large"));
  }

  /** Suspends in two callees of one turn, one after the other, and then in the body itself. */
  @Test
  void theFramesOfOneTurnAreLinkedFromTheInnermostToTheBody() {
    Coroutine<Object, Object, Object> c =
        woven(
            y -> {
              y.yield(depth(y, 3));
              Object second = depth(y, 2);
              return second;
            });
    List<Integer> depths = new ArrayList<>();
    Integer sent = null;
    while (c.send(sent)) {
      depths.add(c.suspendedAt().size());
      sent = 5;
    }
    assertThat(depths).containsExactly(2, 3, 4, 5, 1, 2, 3, 4);
    assertThat(c.result()).isEqualTo(7);
  }

  record Named(String name, boolean other) {}

  private static int number(int number, Yielder<Object, Object> y) {
    return number + (int) y.yield(number);
  }

  /** javac moves the new object to a local variable, and back behind the try. */
  @Test
  void aNewObjectThatIsMovedBeforeASuspensionInItsArgumentsIsWoven() {
    CoroutineBody<Object, Object, Object> body =
        y -> {
          Named named =
              new Named(
                  "n"
                      + number(
                          switch (NAME) {
                            case "none" -> 1;
                            default -> {
                              int p = 0;
                              try {
                                p = 2;
                                yield p;
                              } catch (ArithmeticException e) {
                                yield p + 1;
                              }
                            }
                          },
                          y),
                  false);
          return named.name();
        };
    assertThat(run(woven(body))).containsExactly(2, "n3");
  }

  private static Object named(Yielder<Object, Object> y) {
    return y == null ? "null" : y instanceof Yielder<?, ?> ? y.yield("there") : "another";
  }

  @Test
  void theSuspenderIsSeenAsAnObjectOfItsType() {
    assertThat(run(woven(SuspendingCallTest::named))).containsExactly("there", 1);
    assertThat(run(woven(y -> named(y)))).containsExactly("there", 1);
  }

  @Test
  void aMachineIsNamedByItsMethodAndTheMethodsOrdinal() {
    try (Coroutine<Object, Object, Object> c = woven(SuspendingCallTest::named)) {
      assertThat(c.getClass().getName()).isEqualTo(NAME + "$$Woven$named$0");
    }
  }
}
