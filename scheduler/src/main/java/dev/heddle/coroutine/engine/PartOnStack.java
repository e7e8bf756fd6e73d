package dev.heddle.coroutine.engine;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.Frames;
import dev.heddle.coroutine.Yielder;
import dev.heddle.weave.SourceTable;
import dev.heddle.weave.StackCall;
import dev.heddle.weave.Traces;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A method that a woven body has called and that cannot be woven: one frame of the body's chain,
 * whose inside is a coroutine with a stack of its own.
 */
final class PartOnStack extends WovenFrame {
  private final Coroutine<Object, Object, @Nullable Object> part;

  private PartOnStack(Coroutine<Object, Object, @Nullable Object> part) {
    this.part = part;
  }

  /**
   * What a machine calls in place of such a method: {@code (StackCall, WovenCoroutine,
   * Object[])Object}.
   *
   * @param suspender see {@link BodyKind}
   */
  static MethodHandle runner(
      Function<Supplier<String>, Function<Yielder<Object, Object>, Object>> suspender) {
    try {
      MethodHandle run =
          MethodHandles.lookup()
              .findStatic(
                  PartOnStack.class,
                  "run",
                  MethodType.methodType(
                      Object.class,
                      Function.class,
                      StackCall.class,
                      WovenCoroutine.class,
                      Object[].class));
      return MethodHandles.insertArguments(run, 0, suspender);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedMethod") // found by runner
  private static @Nullable Object run(
      Function<Supplier<String>, Function<Yielder<Object, Object>, Object>> suspender,
      StackCall call,
      WovenCoroutine<?, ?, ?> root,
      @Nullable Object[] arguments)
      throws Throwable {
    Function<Yielder<Object, Object>, Object> suspenderOf =
        suspender.apply(() -> call.explain() + callers(root.caught(new Throwable())));
    Coroutine<Object, Object, @Nullable Object> part =
        Coroutine.of(
            Engine.HANDOFF,
            yielder -> {
              try {
                return call.run(arguments, suspenderOf.apply(yielder));
              } catch (Throwable thrown) {
                throw SneakyThrow.unchecked(thrown);
              }
            });
    Object value = new PartOnStack(part).resumeMachine(root, null, null);
    return root.suspending ? call.nothing() : value;
  }

  /** The user's lines from the call outwards. */
  private static String callers(Throwable here) {
    return UserFrames.users(here.getStackTrace()).stream()
        .map(StackTraceElement::toString)
        .collect(Collectors.joining(" <- ", " [", "]"));
  }

  @Override
  @SuppressWarnings("NullAway") // what is sent may be null
  protected @Nullable Object resumeMachine(
      WovenCoroutine<?, ?, ?> root, @Nullable Object sent, @Nullable Throwable raised)
      throws Throwable {
    try {
      if (raised == null ? part.send(sent) : part.raise(raised)) {
        root.suspend(this, part.yielded());
        return null;
      }
      return part.result();
    } catch (Throwable thrown) {
      throw Traces.leavingStack(thrown, raised, callers(root));
    }
  }

  /** The frames of the part's callers, which are not on the part's stack. */
  private List<StackTraceElement> callers(WovenCoroutine<?, ?, ?> root) {
    if (caller != this) {
      return root.lines(caller, Traces.MOST_FRAMES);
    }
    return Arrays.stream(new Throwable().getStackTrace()) // in its first turn
        .dropWhile(frame -> frame.getClassName().equals(PartOnStack.class.getName()))
        .toList();
  }

  @Override
  List<StackTraceElement> lines() {
    return part.suspendedAt();
  }

  @Override
  List<Frames.Frame> frames() {
    return part.frames().toList();
  }

  @Override
  protected SourceTable table() {
    throw new AssertionError("a part on a stack has no places");
  }
}
