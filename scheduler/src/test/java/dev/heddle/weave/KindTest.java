package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.engine.BodyKind;
import dev.heddle.coroutine.engine.WovenCoroutine;
import java.io.IOException;
import java.io.Serializable;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Bodies that suspend by methods of another type than Yielder, as a scheduler's tasks do. */
final class KindTest {

  /** A suspender as a scheduler has it: one method waits, others answer at once. */
  interface Teller {
    <T, X extends Exception> T ask(Question<T, X> question) throws X;

    String name();

    int count(long by, double and);

    default Object askTwice() {
      return "not woven";
    }
  }

  /** What is yielded; its result and its failure have types. */
  @SuppressWarnings("UnusedTypeParameter")
  record Question<T, X extends Exception>(String text) {}

  /** A body without a result. */
  interface Talk extends Serializable {
    void run(Teller teller) throws Exception;
  }

  /** A body with a result. */
  interface Survey<T> extends Serializable {
    T run(Teller teller) throws Exception;
  }

  private static final Question<Integer, IOException> AGE = new Question<>("age?");
  private static final Question<String, RuntimeException> NAME = new Question<>("name?");

  private static final Teller TELLER =
      new Teller() {
        @Override
        public <T, X extends Exception> T ask(Question<T, X> question) {
          throw new AssertionError("a woven body does not call it");
        }

        @Override
        public String name() {
          return "teller";
        }

        @Override
        public int count(long by, double and) {
          return (int) (by + and);
        }
      };

  private static final BodyKind KIND =
      new BodyKind(
          new BodyKind.Methods(
              Teller.class, Set.of("ask"), Set.of(), Set.of(), Set.of("name", "count")),
          Set.of(),
          null,
          TELLER,
          why -> yielder -> TELLER);

  private static <T> WovenCoroutine<Object, Object, T> survey(Survey<T> survey) {
    WovenCoroutine<Object, Object, T> woven = KIND.weave(survey);
    assertNotNull(woven, () -> KIND.explain(survey));
    return woven;
  }

  @Test
  void theArgumentIsYieldedAndWhatIsSentIsTheResult() {
    WovenCoroutine<Object, Object, String> woven =
        survey(
            co -> {
              int age = co.ask(AGE);
              String name = co.ask(NAME);
              return name + " is " + age;
            });
    assertTrue(woven.next());
    assertSame(AGE, woven.yielded());
    assertTrue(woven.send(42));
    assertSame(NAME, woven.yielded());
    assertTrue(!woven.send("Ada"));
    assertEquals("Ada is 42", woven.result());
  }

  @Test
  void aFailureIsThrownAtTheCallWithItsDeclaredType() {
    WovenCoroutine<Object, Object, String> woven =
        survey(
            co -> {
              try {
                return "age " + co.ask(AGE);
              } catch (IOException e) {
                return e.getMessage() + co.ask(NAME);
              }
            });
    woven.next();
    assertTrue(woven.raise(new IOException("no answer, ")));
    woven.send("Ada");
    assertEquals("no answer, Ada", woven.result());
  }

  @Test
  void plainMethodsAreCalledOnTheRealSuspenderAlsoAfterASuspension() {
    WovenCoroutine<Object, Object, String> woven =
        survey(
            co -> {
              String before = co.name();
              for (int i = 0; i < 2; i++) {
                before += co.ask(NAME) + co.name() + co.count(i, co.ask(AGE));
              }
              return before;
            });
    woven.next();
    woven.send("-");
    woven.send(5);
    woven.send("+");
    woven.send(6);
    assertEquals("teller-teller5+teller7", woven.result());
  }

  @Test
  void aBodyWithoutAResultIsWovenToo() {
    StringBuilder log = new StringBuilder();
    Talk talk = co -> log.append(co.name()).append(co.ask(NAME));
    WovenCoroutine<Object, Object, Object> woven = KIND.weave(talk);
    assertNotNull(woven);
    woven.next();
    woven.send("!");
    assertNull(woven.result());
    assertEquals("teller!", log.toString());
  }

  @Test
  void aPrimitiveResultIsBoxed() {
    WovenCoroutine<Object, Object, Object> woven = KIND.weave((Survey<Integer>) KindTest::age);
    assertNotNull(woven);
    woven.next();
    woven.send(6);
    assertEquals(7, woven.result());
  }

  private static int age(Teller co) throws IOException {
    return co.ask(AGE) + 1;
  }

  @Test
  void aMethodThatIsNeitherASuspensionNorPlainIsRefused() {
    Survey<Object> survey = co -> co.askTwice();
    assertNull(KIND.weave(survey));
    String why = KIND.explain(survey);
    assertTrue(why.startsWith("not woven: calls askTwice() on its Teller (KindTest.java:"), why);
  }

  @Test
  void theSuspenderMayBeCompared() {
    WovenCoroutine<Object, Object, Object> woven =
        survey(co -> co == TELLER && co != null && co.ask(NAME) != null && co == TELLER);
    woven.next();
    woven.send("x");
    assertEquals(true, woven.result());
  }

  @Test
  void bodiesThatAreNotSerializableAreRefusedWithTheReason() {
    @SuppressWarnings("UnusedMethod") // the lambda is
    interface Bare {
      Object run(Teller teller) throws Exception;
    }
    Bare bare = co -> co.ask(NAME);
    assertNull(KIND.weave(bare));
    String why = KIND.explain(bare);
    assertTrue(why.contains("not Serializable"), why);
  }
}
