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
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
   * The methods of a suspender, and what a call of each does in a woven body.
   *
   * @param suspender the suspender's type; an interface or a class
   * @param yielding names of the suspender's methods that yield their one argument and return what
   *     is sent
   * @param delegating names of the suspender's methods that delegate, as {@link Yielder}'s {@code
   *     yieldFrom} does
   * @param running names of the suspender's methods that call the method {@code run} of their
   *     argument with the suspender
   * @param plain names of the suspender's other methods that a body may call
   */
  public record Methods(
      Class<?> suspender,
      Set<String> yielding,
      Set<String> delegating,
      Set<String> running,
      Set<String> plain) {

    /** What the suspending methods do, by name and descriptor. */
    private Map<String, Dialect.Way> ways() {
      Map<String, Dialect.Way> ways = new HashMap<>();
      for (Method method : suspender.getMethods()) {
        var type = MethodType.methodType(method.getReturnType(), method.getParameterTypes());
        String name = method.getName();
        String key = name + type.toMethodDescriptorString();
        if (yielding.contains(name)) {
          ways.put(key, Dialect.Way.YIELD);
        } else if (delegating.contains(name)) {
          ways.put(key, Dialect.Way.DELEGATE);
        } else if (running.contains(name)) {
          ways.put(key, Dialect.Way.RUN);
        }
      }
      return ways;
    }
  }

  /**
   * Makes a kind.
   *
   * @param methods what the methods of the suspender do
   * @param closing classes whose {@code close()} suspends
   * @param links a class, public or not, with a static method {@code Object of(P)} for each
   *     delegating method with a parameter of type {@code P}; the method returns a {@link
   *     Delegation}. And with a static method {@code Object closing(P)} for each class {@code P} in
   *     {@code closing}; the method closes, and returns what to yield, or null. Then also with
   *     {@code void suppress(Throwable, Throwable)}, for {@link Throwable#addSuppressed}. Null if
   *     there are none
   * @param standIn what woven code has as its suspender where it does not suspend by it
   * @param onStack makes the suspender for a method that runs on a stack of its own: called when a
   *     body calls such a method, with the reason why it is not woven; gives what makes the
   *     suspender from the {@link Yielder} of that stack
   */
  public BodyKind(
      Methods methods,
      Set<Class<?>> closing,
      @Nullable Class<?> links,
      Object standIn,
      Function<Supplier<String>, Function<Yielder<Object, Object>, Object>> onStack) {
    this.weaver =
        new Weaver(
            new Dialect(
                WovenCoroutine.class,
                WovenFrame.class,
                methods.suspender(),
                methods.ways(),
                methods.plain(),
                closing.stream()
                    .map(c -> c.getName().replace('.', '/'))
                    .collect(Collectors.toSet()),
                links,
                standIn,
                PartOnStack.runner(onStack),
                Stamps.class));
  }

  /** Makes a coroutine that runs {@code body}; returns null if the body cannot be woven. */
  @SuppressWarnings("unchecked") // the body says what it yields, takes and returns
  public <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      @Nullable WovenCoroutine<Y, S, R> weave(Object body) {
    Weaver used = Stamps.areWanted() ? weaver.stamping() : weaver;
    WeaveResult result = used.resultOf(body);
    return result.isWoven() ? (WovenCoroutine<Y, S, R>) result.start(body) : null;
  }

  /** How many bodies of this kind were woven so far; any thread. */
  public long woven() {
    return weaver.woven();
  }

  /** How many could not be woven so far; any thread. */
  public long notWoven() {
    return weaver.notWoven();
  }

  /** Why bodies of this kind could not be woven: of the last ones; any thread. */
  public List<String> whyNotWoven() {
    return weaver.whyNotWoven();
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
