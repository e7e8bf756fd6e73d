package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Yielder;
import dev.heddle.weave.other.CallFar;
import dev.heddle.weave.other.CallFar.Base;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callees whose class is loaded after the call was linked, or by another loader. */
final class CallLoadingTest {

  private static final class Early extends Base {
    @Override
    public Object go(Yielder<Object, Object> y) {
      return "early " + y.yield("e");
    }
  }

  private static final String LATE =
      """
      package late;
      import dev.heddle.coroutine.Yielder;
      import dev.heddle.weave.other.CallFar;
      public class Late extends CallFar.Base implements CallFar.Walker {
        @Override public Object go(Yielder<Object, Object> y) {
          return "late " + y.yield("l") + hidden(y);
        }
        @Override public Object twice(Yielder<Object, Object> y) {
          return "overridden " + super.twice(y);
        }
        @Override public Object walk(Yielder<Object, Object> y, Object to) {
          return "runs to " + y.yield(to) + go(y);
        }
        private Object hidden(Yielder<Object, Object> y) {
          return Helper.help(y, this);
        }
        static class Helper {
          static Object help(Yielder<Object, Object> y, Late late) {
            return y.yield("help") == null ? late : "helped";
          }
        }
      }
      """;

  private static Object late() throws ReflectiveOperationException {
    return Compiled.of("late.Late", LATE).loadClass("late.Late").getConstructor().newInstance();
  }

  private static CoroutineBody<Object, Object, Object> walks(List<CallFar.Walker> walkers) {
    return y -> {
      Object all = "";
      for (CallFar.Walker walker : walkers) {
        all = all + ";" + walker.walk(y, walkers.size());
      }
      return all;
    };
  }

  private static CoroutineBody<Object, Object, Object> goes(List<Base> bases) {
    return y -> {
      Object all = "";
      for (Base base : bases) {
        all = all + ";" + base.twice(y) + base.go(y);
      }
      return all;
    };
  }

  private static void compare(CoroutineBody<Object, Object, Object> body) {
    Cases.Log log = new Cases.Log();
    String expected = Script.echoing().trace(Coroutine.of(Engine.HANDOFF, body), log);
    assertEquals(expected, Script.echoing().trace(Coroutine.of(Engine.WOVEN, body), log));
  }

  @Test
  void anInterfaceCallFindsAClassThatIsLoadedAfterItWasLinked() throws Exception {
    compare(walks(List.of(CallFar.hidden())));
    compare(walks(List.of(CallFar.hidden(), (CallFar.Walker) late(), CallFar.hidden())));
  }

  @Test
  void aVirtualCallFindsAMethodThatIsOverriddenAfterItWasLinked() throws Exception {
    compare(goes(List.of(new Early())));
    compare(goes(List.of((Base) late(), new Early(), (Base) late())));
  }

  @Test
  void classesOfOneNameAreApart() throws Exception {
    List<Base> bases = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      bases.add((Base) late());
      compare(goes(bases));
    }
  }

  private static final int DEPTH = 100_000;

  private static int down(Yielder<Object, Object> y, int n, int[] unwound) {
    try {
      if (n % 500 == 0) {
        y.yield(n);
      }
      return n == 0 ? 0 : 1 + down(y, n - 1, unwound);
    } finally {
      unwound[0] += unwound[0] == n ? 1 : 0;
    }
  }

  @Test
  void aChainOfAHundredThousandFramesThatSuspendsOnItsWayNeedsNoStack() {
    int[] unwound = new int[1];
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(Engine.WOVEN, y -> down(y, DEPTH, unwound));
    int turns = 0;
    while (coroutine.next()) {
      turns++;
    }
    assertEquals(DEPTH / 500 + 1, turns);
    assertEquals(DEPTH, coroutine.result());
    assertEquals(DEPTH + 1, unwound[0], "innermost first");
  }

  @Test
  void aChainOfAHundredThousandFramesIsClosedInnermostFirst() {
    int[] unwound = new int[1];
    Coroutine<Object, Object, Object> coroutine =
        Coroutine.of(Engine.WOVEN, y -> down(y, DEPTH, unwound));
    while (coroutine.next() && !coroutine.yielded().equals(0)) {
      assertEquals(0, unwound[0]);
    }
    coroutine.close();
    assertEquals(DEPTH + 1, unwound[0]);
  }
}
