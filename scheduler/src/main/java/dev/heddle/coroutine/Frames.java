package dev.heddle.coroutine;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a suspended coroutine stands, as a debugger would show a thread: one frame for the body and
 * for each method that the body has called and that is suspended with it, innermost first, with the
 * values of the variables that are still needed.
 *
 * <pre>{@code
 * for (Frames.Frame frame : coroutine.frames()) {
 *   System.out.println(frame.at() + " " + frame.values());
 * }
 * }</pre>
 *
 * <p>A body and a method that are woven tell their variables: all that the code will read again,
 * with the names of the source if it was compiled with {@code -g}, else the parameters that were
 * compiled with {@code -parameters} and are never assigned. A frame on a stack of its own, as on
 * {@link Engine#HANDOFF}, has no values.
 *
 * <p>The frames are a picture of one moment: they stay as they are when the coroutine goes on. The
 * values are the objects themselves, which may change.
 */
public final class Frames implements Iterable<Frames.Frame> {
  /** Of a coroutine that is not suspended. */
  public static final Frames NONE = new Frames(List.of());

  private final List<Frame> frames;

  Frames(List<Frame> frames) {
    this.frames = List.copyOf(frames);
  }

  /**
   * One method that is suspended.
   *
   * @param at class, method, file and line
   * @param values the variables that are still needed, by name, in the order in which they were
   *     declared
   */
  public record Frame(StackTraceElement at, Map<String, @Nullable Object> values) {
    /** Copies the values. */
    public Frame {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The name of the class that declares the method. */
    public String className() {
      return at.getClassName();
    }

    /** The method's name; that of a lambda is the compiler's. */
    public String method() {
      return at.getMethodName();
    }

    /** The line of the suspending call; negative if the class was compiled without lines. */
    public int line() {
      return at.getLineNumber();
    }

    /** As in a stack trace, and then the values: {@code "app.Main.read(Main.java:7) {n=1}"}. */
    @Override
    public String toString() {
      return values.isEmpty() ? at.toString() : at + " " + values;
    }
  }

  /** All frames, innermost first. */
  public List<Frame> toList() {
    return frames;
  }

  @Override
  public Iterator<Frame> iterator() {
    return frames.iterator();
  }

  /** A line for each frame. */
  @Override
  public String toString() {
    return String.join("\n", frames.stream().map(Frame::toString).toList());
  }
}
