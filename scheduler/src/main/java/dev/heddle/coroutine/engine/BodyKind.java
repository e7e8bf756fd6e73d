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
 * A kind of body that can be woven. A body suspends by methods of its last parameter, the
 * <i>suspender</i>: a {@link CoroutineBody} by those of its {@link Yielder}, a scheduler's body by
 * those of another type.
 *
 * <p>Make one object per kind and keep it, because it remembers which bodies it has woven. Any
 * thread may use it.
 */
public final class BodyKind {
  private final Weaver weaver;

  /**
   * @param suspender the suspender's type; an interface or a class
   * @param yielding names of the suspender's methods that yield their one argument and return what
   *     is sent
   * @param delegating names of the suspender's methods that delegate, as {@link Yielder}'s {@code
   *     yieldFrom} does
   * @param plain names of the suspender's other methods that a body may call
   * @param delegations a class, public or not, with a static method {@code Object of(P)} for each
   *     delegating method with a parameter of type {@code P}; the method returns a {@link
   *     Delegation}. Null if there are no delegating methods
   */
  public BodyKind(
      Class<?> suspender,
      Set<String> yielding,
      Set<String> delegating,
      Set<String> plain,
      @Nullable Class<?> delegations) {
    Map<String, Dialect.Way> suspensions = new HashMap<>();
    for (Method method : suspender.getMethods()) {
      var type = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
      String key = method.getName() + type.toMethodDescriptorString();
      if (yielding.contains(method.getName())) {
        suspensions.put(key, Dialect.Way.YIELD);
      } else if (delegating.contains(method.getName())) {
        suspensions.put(key, Dialect.Way.DELEGATE);
      }
    }
    assert delegating.isEmpty() == (delegations == null) : "a class for the delegating methods";
    this.weaver =
        new Weaver(new Dialect(WovenCoroutine.class, suspender, suspensions, plain, delegations));
  }

  /**
   * Makes a coroutine that runs {@code body}; returns null if the body cannot be woven.
   *
   * @param suspender the object on which the body calls the plain methods; null if it calls none
   */
  @SuppressWarnings("unchecked") // the body says what it yields, takes and returns
  public <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      @Nullable WovenCoroutine<Y, S, R> weave(Object body, @Nullable Object suspender) {
    WeaveResult result = weaver.resultOf(body);
    return result.isWoven() ? (WovenCoroutine<Y, S, R>) result.start(body, suspender) : null;
  }

  /**
   * Says whether {@code body} is woven; if it is not, says why and where in the source: "not woven:
   * its Yielder is passed to helper() (Tree.java:12)".
   */
  public String explain(Object body) {
    return weaver.resultOf(body).explain();
  }

  /**
   * Says it for all bodies of this kind in the code of {@code home}, before any of them exists: for
   * lambdas and for references to methods of {@code home}. One line for each body: "main
   * (Tree.java:10): woven".
   */
  public List<String> explainAll(Class<?> home) {
    return weaver.explain(home);
  }
}
