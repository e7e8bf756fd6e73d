package dev.heddle.coroutine;

import dev.heddle.coroutine.engine.AwaitTrace;
import dev.heddle.coroutine.engine.Delegation;
import dev.heddle.coroutine.engine.YieldCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a coroutine that delegates, to one that may delegate in its turn, and so on: the
 * rules of PEP 380. A loop, and no call inside of a call for each level, as there may be any
 * number.
 *
 * <pre>
 *   root -inner-&gt; ... -inner-&gt; at: its body has the turn
 * </pre>
 *
 * <p>What is sent or raised goes to the innermost coroutine at once. What that one yields is the
 * answer of all. When it ends, the one outside of it goes on, with the result or the failure.
 *
 * <p>A {@code GeneratorExit} closes each coroutine on its way: each gets an exit of its own, and
 * the one outside of it gets its own exit when the inner one has ended.
 */
final class DelegationChain {
  static final String IGNORED = "the body ignored GeneratorExit: it yielded ";

  private final Coroutine<?, ?, ?> root;

  /** What was raised at the root; null if something was sent. */
  private final @Nullable Throwable raised;

  /** Whose body has the turn. */
  private Coroutine<?, ?, ?> at;

  /** With what the body goes on: the failure, or if that is null the value. */
  private @Nullable Object value;

  private @Nullable Throwable failure;

  /** From the root to {@link #at}; null until a coroutine ends, or the chain is closed. */
  private @Nullable List<Coroutine<?, ?, ?>> levels;

  /** The exits of the first levels, those that are being closed; null if none is. */
  private @Nullable List<GeneratorExit> exits;

  DelegationChain(Coroutine<?, ?, ?> root, @Nullable Object sent, @Nullable Throwable raised) {
    this.root = root;
    this.raised = raised;
    at = root;
    value = sent;
    failure = raised;
  }

  /**
   * Has the bodies go on until a value is yielded or the root's body has ended.
   *
   * @return whether a value was yielded
   * @throws Throwable what the root's body throws
   */
  boolean drive() throws Throwable {
    descend();
    while (true) {
      try {
        if (advance()) {
          if (at.answer() instanceof Delegation begun) {
            delegate(begun.inner());
          } else if (handOut()) {
            return true;
          }
          continue;
        }
      } catch (Throwable thrown) {
        if (at == root) {
          AwaitTrace.leaveChain(thrown);
          throw thrown;
        }
        ended(thrown);
        continue;
      }
      if (at == root) {
        return false;
      }
      returned();
    }
  }

  private boolean advance() throws Throwable {
    Object around = null;
    assert (around = YieldCheck.now()) == around; // asked only where assertions are on
    boolean yielded = at.advance(value, failure);
    assert !yielded || YieldCheck.allow(at.answer(), around) : Coroutine.INSIDE_OF_SCOPE;
    return yielded;
  }

  /** To the innermost coroutine that goes on. */
  private void descend() {
    for (Coroutine<?, ?, ?> to = at.inner(); to != null; to = at.inner()) {
      if (!enters(to)) {
        at.delegateTo(null);
        return;
      }
      at = to;
      if (levels != null) {
        levels.add(to);
      }
    }
  }

  /** The body has yielded a delegation. */
  private void delegate(Coroutine<?, ?, ?> to) {
    value = null;
    failure = null;
    at.delegateTo(to);
    descend();
  }

  /** Whether the inner coroutine goes on; else sets with what the one that delegates goes on. */
  private boolean enters(Coroutine<?, ?, ?> to) {
    boolean isOver = to.state() == Coroutine.State.ENDED;
    try {
      if (failure == null && isOver) {
        value = to.result();
        return false;
      }
      if (failure != null && (isOver || to.state() == Coroutine.State.CREATED)) {
        to.close(); // a body that has not started never runs
        return false;
      }
      to.enter();
    } catch (IllegalStateException refused) {
      fail(refused);
      return false;
    }
    if (failure instanceof GeneratorExit exit) {
      close(exit);
    }
    return true;
  }

  /** The inner coroutine is closed before the one that delegates. */
  private void close(GeneratorExit outers) {
    if (exits == null) {
      exits = new ArrayList<>(List.of(outers));
      levels = levels();
    }
    GeneratorExit own = new GeneratorExit();
    exits.add(own);
    failure = own;
  }

  /** The one that delegates goes on with a failure that came from inside. */
  private void fail(Throwable thrown) {
    value = null;
    failure = thrown;
    if (thrown != raised) {
      AwaitTrace.showOuter(thrown, at::lines);
    }
  }

  /** A value is handed out to who has resumed; false if it goes no further than to who closes. */
  private boolean handOut() {
    int closing = exits == null ? 0 : exits.size() - 1;
    Coroutine<?, ?, ?> receiver = closing == 0 ? root : levels().get(closing);
    Object yielded = at.answer();
    for (Coroutine<?, ?, ?> each = receiver; each != at; each = inner(each)) {
      each.suspend(yielded);
    }
    at.suspend(yielded);
    if (closing == 0) {
      return true;
    }
    while (at != receiver) {
      at = outer();
    }
    boolean _ = takeExit() != null;
    toOuter();
    fail(new IllegalStateException(IGNORED + yielded));
    return false;
  }

  /** The body has returned. */
  private void returned() {
    at.finish(false);
    Object result = at.answer();
    boolean closed = takeExit() != null;
    toOuter();
    value = closed ? null : result;
    failure = closed ? lastExit() : null;
  }

  /** The body has ended by a throwable. */
  private void ended(Throwable thrown) {
    GeneratorExit exit = takeExit();
    boolean closed = exit != null && thrown == exit;
    at.finish(!closed);
    toOuter();
    if (closed) {
      value = null;
      failure = lastExit();
    } else {
      fail(thrown);
    }
  }

  /** The exit of the body that has the turn, which needs it no more; null if it has none. */
  private @Nullable GeneratorExit takeExit() {
    return exits != null && exits.size() == levels().size() ? exits.removeLast() : null;
  }

  private @Nullable GeneratorExit lastExit() {
    return exits == null ? null : exits.getLast();
  }

  /** The one that delegates has the turn, and delegates no more. */
  private void toOuter() {
    at = outer();
    at.delegateTo(null);
  }

  private Coroutine<?, ?, ?> outer() {
    List<Coroutine<?, ?, ?>> known = levels();
    known.removeLast();
    return known.getLast();
  }

  private List<Coroutine<?, ?, ?>> levels() {
    if (levels == null) {
      levels = new ArrayList<>();
      for (Coroutine<?, ?, ?> each = root; each != at; each = inner(each)) {
        levels.add(each);
      }
      levels.add(at);
    }
    return levels;
  }

  private static Coroutine<?, ?, ?> inner(Coroutine<?, ?, ?> outer) {
    return Objects.requireNonNull(outer.inner(), "the chain leads to the body that has the turn");
  }
}
