package dev.heddle.coroutine;

import dev.heddle.coroutine.engine.Delegation;
import dev.heddle.coroutine.engine.SneakyThrow;
import dev.heddle.coroutine.engine.YieldCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A computation that stops at each {@code yield} and goes on when it is resumed, with a value or
 * with a throwable.
 *
 * <pre>{@code
 * try (Coroutine<Integer, Integer, String> c =
 *     Coroutine.of(
 *         y -> {
 *           int sum = 0;
 *           for (Integer n = y.yield(sum); n != null; n = y.yield(sum)) {
 *             sum += n;
 *           }
 *           return "sum " + sum;
 *         })) {
 *   c.next(); // runs to the first yield
 *   c.send(3); // true: it yielded again
 *   c.yielded(); // 3
 *   c.send(null); // false: the body returned
 *   c.result(); // "sum 3"
 * }
 * }</pre>
 *
 * <p>The answer of a resuming call is {@code true} when the body yielded ({@link #yielded} is what)
 * and {@code false} when it has ended ({@link #result} is what it returned). What the body throws
 * comes out of the resuming call as it is. Checked exceptions do so too, undeclared: the code that
 * drives a coroutine can rarely handle them.
 *
 * <p>The rules are those of Python's generators: PEP 342 (send, throw, close) and PEP 479 (the end
 * is an answer, not an exception that could leak through a body). All rules are in {@code resume};
 * an {@linkplain Engine engine} adds only {@link #advance}, the way to keep the body's place
 * between two turns.
 *
 * <p>Threads: any thread may resume, but only one at a time; a thread that hands a coroutine to
 * another does so in a way that makes its writes visible. There is no finalizer: close a coroutine
 * that is not run to its end, or its {@code finally} blocks never run.
 *
 * @param <Y> what it yields
 * @param <S> what is sent to it
 * @param <R> what it returns
 */
public abstract class Coroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    implements AutoCloseable {

  /** Where the body stands. */
  public enum State {
    /** Not started: the first resume enters the body. */
    CREATED,
    /** Between a resume and its answer. */
    RUNNING,
    /** Stopped at a yield. */
    SUSPENDED,
    /** Returned, failed or closed: it answers every further {@code send} with {@code false}. */
    ENDED
  }

  // The states as bytes. The state is written twice a turn, and a write of a reference would cost a
  // barrier of the garbage collector. A byte is small, and there may be millions of coroutines.
  private static final byte CREATED = 0;
  private static final byte RUNNING = 1;
  private static final byte SUSPENDED = 2;
  private static final byte ENDED = 3;

  static final String INSIDE_OF_SCOPE =
      "a generator yields a value inside of a scope or group that it has opened: leave it before"
          + " the yield";

  /** Ended by an exception, so that there is no result. */
  private static final byte FAILED = 4;

  /** One of the five above; written by the thread that resumes. */
  private byte state = CREATED;

  /**
   * SUSPENDED: what the body yielded. ENDED: what the body returned; null if it failed or was
   * closed. RUNNING: what the body is about to yield or return.
   */
  private @Nullable Object answer;

  /** The coroutine that the body delegates to by {@code yieldFrom}; null if there is none. */
  private @Nullable Coroutine<?, ?, ?> inner;

  /** For engines, and for hand-written coroutines, which keep their place themselves. */
  protected Coroutine() {}

  /** Makes a coroutine of a body, on the fastest engine that can run it. */
  public static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      Coroutine<Y, S, R> of(CoroutineBody<Y, S, R> body) {
    return Engine.best(body);
  }

  /**
   * Makes a coroutine of a body on this engine.
   *
   * @throws IllegalArgumentException if the engine runs only the tasks of a scheduler ({@link
   *     Engine#VIRTUAL_THREAD})
   * @throws UnsupportedOperationException if the engine is not available in this JVM
   */
  public static <Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
      Coroutine<Y, S, R> of(Engine engine, CoroutineBody<Y, S, R> body) {
    return engine.coroutine(body);
  }

  /** Runs to the next yield: {@code send(null)}. */
  public final boolean next() {
    return resume(null, null);
  }

  /**
   * Resumes the body; {@code value} becomes the result of the yield at which it stands.
   *
   * @return true if it yielded, false if it has ended (now or long ago)
   * @throws IllegalStateException if the coroutine is running already; or if {@code value} is not
   *     null and the body has not started, as no yield of it could return the value
   */
  public final boolean send(S value) {
    if (state == CREATED && value != null) {
      throw new IllegalStateException(
          "cannot send " + value + " to a coroutine that has not started; start it with next()");
    }
    return resume(value, null);
  }

  /**
   * Resumes the body by throwing {@code failure} at the yield at which it stands. An unstarted body
   * never runs: the coroutine ends and {@code failure} is thrown here, as it is by an ended one.
   *
   * @return true if the body caught it and yielded, false if it caught it and returned
   */
  public final boolean raise(Throwable failure) {
    if (state == CREATED || hasEnded()) {
      end();
      throw SneakyThrow.unchecked(failure);
    }
    return resume(null, failure);
  }

  /**
   * Ends the body: throws {@link GeneratorExit} at the yield at which it stands, so that its {@code
   * finally} blocks run. An unstarted body never runs; closing an ended coroutine does nothing.
   * What a body returns that catches {@code GeneratorExit} is the {@link #result}.
   *
   * @throws IllegalStateException if the body yields again instead of ending
   */
  @Override
  public final void close() {
    if (state == CREATED) {
      end();
      return;
    }
    if (hasEnded()) {
      return;
    }
    GeneratorExit exit = new GeneratorExit();
    try {
      if (resume(null, exit)) {
        throw new IllegalStateException(DelegationChain.IGNORED + answer);
      }
    } catch (GeneratorExit thrown) {
      if (thrown != exit) {
        throw thrown;
      }
      state = ENDED; // it ended as it was asked to: closed, without a result
    }
  }

  /**
   * What the body yielded last.
   *
   * @throws IllegalStateException if it is not suspended at a yield
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // advance() stored a Y, which may be a null one
  public final Y yielded() {
    if (state != SUSPENDED) {
      throw new IllegalStateException("nothing is yielded by a coroutine that is " + state());
    }
    return (Y) answer;
  }

  /**
   * What the body returned; null when it was closed.
   *
   * @throws IllegalStateException if it has not ended, or has ended by an exception
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // advance() stored an R, or null
  public final R result() {
    if (state != ENDED) {
      throw new IllegalStateException(
          "no result: the coroutine " + (state == FAILED ? "failed" : "is " + state()));
    }
    return (R) answer;
  }

  /** Where the body stands. */
  public final State state() {
    return switch (state) {
      case CREATED -> State.CREATED;
      case RUNNING -> State.RUNNING;
      case SUSPENDED -> State.SUSPENDED;
      default -> State.ENDED;
    };
  }

  /**
   * Where in the source the body stands, for dumps: the frames that the body would show in a stack
   * trace, innermost first. If the body delegates, the frames of the inner coroutine come first.
   * Each engine gives the same frames. The list is empty unless the coroutine is suspended; a
   * hand-written coroutine does not know its frames.
   *
   * <p>Threads: as for resuming, one at a time.
   */
  public final List<StackTraceElement> suspendedAt() {
    return suspended().flatMap(each -> each.lines().stream()).toList();
  }

  /**
   * Where the body stands, with the values of its variables; see {@link Frames}. The same frames as
   * those of {@link #suspendedAt}.
   *
   * <p>Threads: as for resuming, one at a time.
   */
  public final Frames frames() {
    return new Frames(suspended().flatMap(each -> each.ownFrames().stream()).toList());
  }

  /** This coroutine and those to whom it delegates, innermost first, as far as suspended. */
  private Stream<Coroutine<?, ?, ?>> suspended() {
    List<Coroutine<?, ?, ?>> all = new ArrayList<>();
    for (Coroutine<?, ?, ?> at = this; at != null && at.state == SUSPENDED; at = at.inner) {
      all.add(at);
    }
    return all.reversed().stream();
  }

  /** For the engine: the lines of this body alone, which is suspended; see {@link #suspendedAt}. */
  protected List<StackTraceElement> lines() {
    return List.of();
  }

  /** For the engine: the frames of this body alone, which is suspended; see {@link #frames}. */
  protected List<Frames.Frame> ownFrames() {
    return lines().stream().map(at -> new Frames.Frame(at, Map.of())).toList();
  }

  /**
   * Lets the body run until it yields or ends. Before the engine returns, it stores by {@link
   * #answer(Object)} what the body yielded or returned.
   *
   * @param sent what the yield returns, if {@code raised} is null
   * @param raised what the yield throws, or null
   * @return true if the body yielded, false if it returned
   * @throws Throwable what the body threw
   */
  protected abstract boolean advance(@Nullable Object sent, @Nullable Throwable raised)
      throws Throwable;

  /** For the engine: stores what the body yields, or returns, in the turn that is running. */
  protected final void answer(@Nullable Object yieldedOrReturned) {
    answer = yieldedOrReturned;
  }

  private boolean resume(@Nullable Object sent, @Nullable Throwable raised) {
    if (hasEnded()) {
      return false;
    }
    enter();
    Object around = null;
    assert (around = YieldCheck.now()) == around; // asked only where assertions are on
    try {
      boolean yielded = inner == null ? advance(sent, raised) : delegated(sent, raised);
      if (yielded && answer instanceof Delegation begun) {
        inner = begun.inner();
        yielded = delegated(null, null);
      }
      assert !yielded || YieldCheck.allow(answer, around) : INSIDE_OF_SCOPE;
      state = yielded ? SUSPENDED : ENDED;
      assert valid();
      return yielded;
    } catch (Throwable thrown) {
      finish(true);
      throw SneakyThrow.unchecked(thrown);
    }
  }

  /** Lets those go on to whom the body delegates, and then the body. */
  private boolean delegated(@Nullable Object sent, @Nullable Throwable raised) throws Throwable {
    return new DelegationChain(this, sent, raised).drive();
  }

  // For DelegationChain.

  /** Begins a turn. */
  final void enter() {
    if (state == RUNNING) {
      throw new IllegalStateException("the coroutine is already executing");
    }
    state = RUNNING;
  }

  /** Ends a turn with a value, which the body or one to whom it delegates has yielded. */
  final void suspend(@Nullable Object yielded) {
    answer = yielded;
    state = SUSPENDED;
    assert valid();
  }

  /** The body has ended: by a throwable, or with its answer as the result, or closed. */
  final void finish(boolean failed) {
    inner = null;
    answer = failed ? null : answer;
    state = failed ? FAILED : ENDED;
    assert valid();
  }

  /** To whom the body delegates; null if to nobody. */
  final @Nullable Coroutine<?, ?, ?> inner() {
    return inner;
  }

  /** Delegates to this one; null to delegate no more. */
  final void delegateTo(@Nullable Coroutine<?, ?, ?> to) {
    inner = to;
    answer = null;
  }

  /** What the body has yielded or returned last. */
  final @Nullable Object answer() {
    return answer;
  }

  /**
   * The inner's side of a {@code yieldFrom}: receives what was sent to the outer coroutine, or
   * raised in it. When the outer one is being closed, the inner one is closed first.
   */
  final boolean receive(@Nullable Object sent, @Nullable Throwable raised) {
    if (raised == null) {
      return resume(sent, null);
    }
    if (raised instanceof GeneratorExit) {
      close();
      throw SneakyThrow.unchecked(raised);
    }
    return raise(raised);
  }

  private boolean hasEnded() {
    return state >= ENDED;
  }

  private void end() {
    state = state == FAILED ? FAILED : ENDED;
    inner = null;
    answer = null;
    assert valid();
  }

  /** An ended coroutine delegates to nobody, and one that has failed has no answer. */
  private boolean valid() {
    return switch (state) {
      case CREATED -> answer == null && inner == null;
      case RUNNING, SUSPENDED -> true;
      case ENDED -> inner == null;
      case FAILED -> inner == null && answer == null;
      default -> false;
    };
  }
}
