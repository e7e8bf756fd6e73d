package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Yielder;
import dev.heddle.weave.Dialect;
import dev.heddle.weave.WeaveResult;
import dev.heddle.weave.Weaver;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kind of body that can be woven: one whose last parameter has the methods by which it suspends.
 * A {@link CoroutineBody} suspends by its {@link Yielder}; a scheduler may have bodies that suspend
 * by methods of their own.
 *
 * <p>Make one per kind and keep it: it remembers what it has woven. Any thread may use it.
 */
public final class BodyKind {
  private final Weaver weaver;

  /**
   * @param suspender the type of the last parameter; an interface or a class
   * @param yielding its methods that yield their one argument and return what is sent
   * @param delegating its methods that do what {@link Yielder}'s {@code yieldFrom} do
   * @param plain its other methods that a body may call
   * @param delegations a class, public or not, with a static method {@code Object of(P)} for each
   *     delegating method with a parameter of type {@code P}; it gives a {@link Delegation}. Null
   *     if there are no delegating methods
   */
  public BodyKind(
      Class<?> suspender,
      Set<String> yielding,
      Set<String> delegating,
      Set<String> plain,
      @Nullable Class<?> delegations) {
    Map<String, Dialect.Way> suspensions = new HashMap<>();
    for (Method method : suspender.getMethods()) {
      String key = method.getName() + descriptor(method);
      if (yielding.contains(method.getName())) {
        suspensions.put(key, Dialect.Way.YIELD);
      } else if (delegating.contains(method.getName())) {
        suspensions.put(key, Dialect.Way.DELEGATE);
      }
    }
    this.weaver =
        new Weaver(new Dialect(WovenCoroutine.class, suspender, suspensions, plain, delegations));
  }

  /**
   * The coroutine that runs {@code body}, or null if it cannot be woven.
   *
   * @param suspender what the body gets for the plain methods of its last parameter
   */
  @SuppressWarnings("unchecked") // the body says what it yields, takes and returns
  public <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      @Nullable WovenCoroutine<Y, S, R> weave(Object body, @Nullable Object suspender) {
    WeaveResult result = weaver.resultOf(body);
    return result.isWoven() ? (WovenCoroutine<Y, S, R>) result.start(body, suspender) : null;
  }

  /**
   * Says whether {@code body} is woven and, if it is not, why, with the place in the source: "not
   * woven: its Yielder is passed to helper() (Tree.java:12)".
   */
  public String explain(Object body) {
    return weaver.resultOf(body).explain();
  }

  /**
   * The same beforehand, for all bodies of this kind that stand in a class as lambdas or as
   * references to its own methods: a line for each, "main (Tree.java:10): woven".
   */
  public List<String> explainAll(Class<?> home) {
    return weaver.explain(home);
  }

  private static String descriptor(Method method) {
    return MethodType.methodType(method.getReturnType(), method.getParameterTypes())
        .toMethodDescriptorString();
  }
}
