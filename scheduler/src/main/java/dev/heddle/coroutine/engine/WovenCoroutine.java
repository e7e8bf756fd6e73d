package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Frames;
import dev.heddle.weave.SourceTable;
import dev.heddle.weave.Traces;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A body rewritten into a state machine, which needs no stack: the superclass of the classes that
 * package {@code weave} writes. Public, and with members for machines, because those classes stand
 * in the packages of the bodies they were made of; not for anybody else.
 *
 * <p>A body may call methods that suspend. Each such method runs on the native stack of the turn
 * until it suspends; then the method and its callers keep what they need in frames, which form a
 * chain, and the native stack is given up:
 *
 * <pre>
 *   top -&gt; innermost frame -&gt; its caller -&gt; ... -&gt; null: this body
 * </pre>
 *
 * <p>The next turn resumes the innermost frame. When that method ends, its caller is resumed with
 * the result or the failure, and so outwards, until one suspends again or the body ends. So neither
 * the native stack nor the cost of a turn grows with the depth of the calls.
 *
 * @param <Y> what it yields
 * @param <S> what is sent to it
 * @param <R> what it returns
 */
public abstract class WovenCoroutine<
        Y extends @Nullable Object, S extends @Nullable Object, R extends @Nullable Object>
    extends Coroutine<Y, S, R> {

  /** 0 at the start, then the number of the suspension at which the body itself stands. */
  protected short place;

  /**
   * Set by a method that suspends, until its callers up to the driver have done so too: after each
   * call, a machine looks here whether the method that it has called has ended. Only machines and
   * this class use it.
   */
  public boolean suspending;

  /**
   * Suspended: the innermost frame; null if the body itself is the innermost. Running: the frame
   * that has been resumed; null if the body itself has.
   */
  private @Nullable WovenFrame top;

  /** For the machines. */
  protected WovenCoroutine() {}

  /** Lets the body itself go on: see {@link #advance}. */
  protected abstract boolean stepMachine(@Nullable Object sent, @Nullable Throwable raised)
      throws Throwable;

  /** Where the body's places are in the source. */
  protected abstract SourceTable table();

  @Override
  protected final boolean advance(@Nullable Object sent, @Nullable Throwable raised)
      throws Throwable {
    WovenFrame innermost = top;
    return innermost == null ? stepMachine(sent, raised) : resumeChain(innermost, sent, raised);
  }

  private boolean resumeChain(
      WovenFrame innermost, @Nullable Object sent, @Nullable Throwable raised) throws Throwable {
    WovenFrame at = innermost;
    Object value = sent;
    Throwable failure = raised;
    while (at != null) {
      assert top == at && !suspending : "the frame that is resumed is the top";
      WovenFrame caller = at.caller;
      try {
        value = at.resumeMachine(this, value, failure);
        if (suspending) {
          suspending = false;
          return true;
        }
        failure = null;
      } catch (Throwable thrown) {
        suspending = false;
        failure = leaving(thrown, failure, at);
        value = null;
      }
      top = caller;
      at = caller;
    }
    return stepMachine(value, failure);
  }

  /** For a machine: the method of {@code frame} suspends, and yields this. */
  public final void suspend(WovenFrame frame, @Nullable Object yielded) {
    assert !suspending : "two methods suspend in one turn";
    suspending = true;
    if (top != frame) { // a write of a reference costs more than this question
      top = frame;
    }
    answer(yielded);
  }

  /**
   * For a machine: the method of {@code frame} has called one that has suspended, and so suspends
   * too. {@code top} is the outermost of the frames that suspend in this turn; as long as their
   * callers are being linked, it points to the innermost.
   */
  public final void link(WovenFrame frame) {
    WovenFrame outermost = top;
    assert suspending && outermost != null : "nobody has suspended";
    if (frame.caller == frame) { // a new frame, whose caller comes next
      frame.caller = outermost.caller;
      outermost.caller = frame;
      top = frame;
    } else {
      close(outermost, frame);
    }
  }

  /** For a machine: the body itself has called the method that has suspended. */
  protected final void link() {
    WovenFrame outermost = top;
    assert suspending && outermost != null : "nobody has suspended";
    close(outermost, null);
    suspending = false;
  }

  private void close(WovenFrame outermost, @Nullable WovenFrame caller) {
    WovenFrame innermost = outermost.caller;
    outermost.caller = caller;
    top = innermost;
  }

  /** Called by a machine when its body ends by {@code thrown}; corrects the stack trace. */
  protected final Throwable leaving(Throwable thrown, @Nullable Throwable raised) {
    top = null;
    suspending = false;
    return Traces.leaving(thrown, raised);
  }

  /** Called by a machine's handler; corrects the stack trace, which the handler may print. */
  public final Throwable caught(Throwable thrown) {
    WovenFrame resumed = top;
    return resumed == null ? Traces.caught(thrown) : leaving(thrown, null, resumed);
  }

  /** Called by a machine that has made an exception, which its body may log and never throw. */
  public final Throwable made(Throwable created) {
    WovenFrame resumed = top;
    if (resumed == null) {
      Traces.made(created);
    } else {
      Traces.made(created, resumed.name(), most -> lines(resumed.caller, most));
    }
    return created;
  }

  /** Called by a machine that has read the trace of a thread, which its body may print. */
  public final StackTraceElement[] read(StackTraceElement[] trace) {
    WovenFrame resumed = top;
    return resumed == null
        ? Traces.asWritten(trace).toArray(StackTraceElement[]::new)
        : Traces.read(trace, resumed.name(), most -> lines(resumed.caller, most));
  }

  private Throwable leaving(Throwable thrown, @Nullable Throwable raised, WovenFrame resumed) {
    WovenFrame caller = resumed.caller;
    return Traces.leaving(thrown, raised, resumed.name(), most -> lines(caller, most));
  }

  @Override
  protected final List<StackTraceElement> lines() {
    return lines(top, Integer.MAX_VALUE);
  }

  @Override
  protected final List<Frames.Frame> ownFrames() {
    List<Frames.Frame> frames = new ArrayList<>();
    for (WovenFrame at = top; at != null; at = at.caller) {
      frames.addAll(at.frames());
    }
    frames.add(new Frames.Frame(table().at(place), table().values(this, place)));
    return frames;
  }

  /** Suspended: the line at which a method stands that has a stack of its own; null if none has. */
  public final @Nullable StackTraceElement partOnStack() {
    for (WovenFrame at = top; at != null; at = at.caller) {
      if (at instanceof PartOnStack part) {
        List<StackTraceElement> stands = part.lines();
        return stands.isEmpty() ? table().at(place) : stands.getFirst();
      }
    }
    return null;
  }

  /** Where the methods from this frame outwards stand, innermost first; at most so many lines. */
  List<StackTraceElement> lines(@Nullable WovenFrame from, int most) {
    List<StackTraceElement> lines = new ArrayList<>();
    for (WovenFrame at = from; at != null && lines.size() < most; at = at.caller) {
      lines.addAll(at.lines());
    }
    lines.add(table().at(place));
    return lines.size() <= most ? lines : lines.subList(0, most);
  }
}
