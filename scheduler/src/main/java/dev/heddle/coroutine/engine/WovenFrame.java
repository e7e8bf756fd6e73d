package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Frames;
import dev.heddle.weave.SourceTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A suspended method that a woven body has called, directly or through other methods: one link of
 * the chain that begins in {@link WovenCoroutine}. A method gets its frame at its first suspension;
 * a method that ends before that never has one.
 *
 * <p>Public, and with members for machines, because the classes that package {@code weave} writes
 * stand in the packages of the users' classes; not for anybody else.
 */
public abstract class WovenFrame {
  /** The number of the suspension at which the method stands. */
  protected short place;

  /**
   * The frame of the method that has called this one; null if the body itself has. While the frames
   * of one turn are being linked, the outermost so far points to the innermost: see {@link
   * WovenCoroutine#link}.
   */
  @Nullable WovenFrame caller = this;

  /** For the machines. */
  protected WovenFrame() {}

  /**
   * Lets the method go on.
   *
   * @param sent what its suspending call returns, if {@code raised} is null
   * @param raised what its suspending call throws, or null
   * @return what the method returned; nothing of use if it has suspended again, which {@code
   *     root.suspending} says
   * @throws Throwable what the method threw
   */
  protected abstract @Nullable Object resumeMachine(
      WovenCoroutine<?, ?, ?> root, @Nullable Object sent, @Nullable Throwable raised)
      throws Throwable;

  /** Where the method's places are in the source. */
  protected abstract SourceTable table();

  /** Where the method stands, innermost first: one line, unless it has a stack of its own. */
  List<StackTraceElement> lines() {
    return List.of(table().at(place));
  }

  /** The same with the values of the variables. */
  List<Frames.Frame> frames() {
    return List.of(new Frames.Frame(table().at(place), table().values(this, place)));
  }

  /** The name of the class that the method has in a stack trace, if it is not corrected yet. */
  final String name() {
    return getClass().getName();
  }
}
