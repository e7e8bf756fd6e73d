package dev.heddle.coroutine;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Items made on demand by a body that yields them: Python's generator, as a Java {@code Iterable}.
 *
 * <pre>{@code
 * static Generator<Integer> squares() {
 *   return Generator.of(
 *       y -> {
 *         for (int i = 0; ; i++) {
 *           y.yield(i * i);
 *         }
 *       });
 * }
 *
 * for (int square : squares().limit(5)) {
 *   System.out.println(square); // 0 1 4 9 16
 * }
 * }</pre>
 *
 * <p>The body runs only while an item is asked for, from one yield to the next; it starts when the
 * first item is asked for. The body may yield all items of another generator or {@code Iterable}:
 * see {@link Yielder#yieldFrom(Iterable)}.
 *
 * <p><b>Failures.</b> What the body throws comes out of {@code hasNext()}, so out of the loop, as
 * the very object that was thrown, and ends the generator. A checked exception comes out like that
 * too, without the loop declaring it: {@code Iterator} leaves no room for one. So a {@code catch
 * (IOException e)} around the loop catches it if something in the {@code try} declares it, such as
 * the method that makes the generator:
 *
 * <pre>{@code
 * static Generator<String> lines(Path file) throws IOException { ... }
 *
 * try {
 *   for (String line : lines(file)) { ... }
 * } catch (IOException e) { // also one that is thrown in the middle of the file
 *   ...
 * }
 * }</pre>
 *
 * <p><b>One run.</b> A generator is iterated once, by {@link #iterator}, {@link #stream}, {@link
 * #limit} or a {@code yieldFrom}; for a second run, call the method that made the generator again.
 * Python's generator objects and {@code DirectoryStream} have one run, too. A new run for each
 * {@code iterator()} was rejected: {@link #close} would have to know all runs that were left
 * half-way. In Python a second loop finds no items; here it is an error.
 *
 * <p><b>Closing.</b> A loop that runs to the end needs no {@code close()}, nor does a loop through
 * {@link #limit}. A loop that may leave early needs it if the body has {@code finally} blocks or
 * resources: there is no finalizer. A generator that is dropped half-way is garbage, and its {@code
 * finally} blocks never run; for the thread of its body see {@link Engine#HANDOFF}.
 *
 * <pre>{@code
 * try (Generator<String> lines = lines(file)) {
 *   for (String line : lines) {
 *     if (line.isEmpty()) {
 *       break;
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>For values in both directions and a result take a {@link Coroutine}; for {@code map}, {@code
 * filter} and the like take {@link #stream}, or a generator over a generator.
 *
 * <p>Threads: one at a time, as for {@code Coroutine}. In a task, the body runs within the task's
 * turn: no other task runs until there is an item. The body is no task: it must not await. An
 * {@code await} in it throws {@code WrongThreadException} on {@link Engine#HANDOFF}, whose bodies
 * have threads of their own; where the body runs on the task's thread, the task waits.
 *
 * <p>Source: PEP 255, 342 and 380.
 *
 * @param <T> the items
 */
@CheckReturnValue
public final class Generator<T extends @Nullable Object> implements Iterable<T>, AutoCloseable {
  /** The only run. */
  private final Coroutine<T, @Nullable Void, ?> run;

  /** Whether an iterator, a stream, a limit or a {@code yieldFrom} has the run already. */
  private boolean taken;

  private Generator(Coroutine<T, @Nullable Void, ?> run) {
    this.run = run;
  }

  /** Makes a generator of a body, on the fastest engine that can run it. */
  public static <T extends @Nullable Object> Generator<T> of(GeneratorBody<T> body) {
    return new Generator<>(Coroutine.<T, @Nullable Void, @Nullable Void>of(body));
  }

  /**
   * Makes a generator of a body where the compiler cannot tell the items' type from what the
   * generator is assigned to: in a loop, before a call, behind {@code var}. The body says nothing
   * about it, as it gives its items by a call. {@code Generator.<String>of(y -> ...)} is the same.
   *
   * <pre>{@code
   * for (String line : Generator.of(String.class, y -> readInto(y))) {
   *   System.out.println(line);
   * }
   * }</pre>
   *
   * @param items the items' type; nothing is checked by it when the body runs
   */
  public static <T extends @Nullable Object> Generator<T> of(
      Class<T> items, GeneratorBody<T> body) {
    Objects.requireNonNull(items, "items");
    return of(body);
  }

  /**
   * Makes a generator of a body on this engine.
   *
   * @throws IllegalArgumentException if the engine runs only tasks
   * @throws UnsupportedOperationException if the engine is not available
   */
  public static <T extends @Nullable Object> Generator<T> of(Engine engine, GeneratorBody<T> body) {
    return new Generator<>(Coroutine.<T, @Nullable Void, @Nullable Void>of(engine, body));
  }

  /**
   * The items, one by one.
   *
   * @throws IllegalStateException if the generator is iterated already, or was closed
   */
  @Override
  public Iterator<T> iterator() {
    return new Items<>(take());
  }

  /**
   * The items as a sequential stream, which asks the body for items one by one as it needs them.
   * Closing the stream closes the generator; a terminal operation alone does not close a stream.
   *
   * <pre>{@code
   * try (Stream<Integer> squares = squares().stream()) {
   *   return squares.filter(n -> n % 2 == 0).findFirst();
   * }
   * }</pre>
   *
   * @throws IllegalStateException if the generator is iterated already, or was closed
   */
  public Stream<T> stream() {
    Spliterator<T> items = Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED);
    return StreamSupport.stream(items, false).onClose(this::close);
  }

  /**
   * A generator of the first {@code count} items. It closes this generator when an item beyond is
   * asked for; not before, because the last item may need resources that the body holds open.
   *
   * @throws IllegalArgumentException if {@code count} is negative
   * @throws IllegalStateException if the generator is iterated already, or was closed
   */
  public Generator<T> limit(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("limit(" + count + "): a count cannot be negative");
    }
    return new Generator<>(new Limited<>(take(), count));
  }

  /**
   * Ends the body where it stands, so that its {@code finally} blocks run; see {@link
   * Coroutine#close}. Does nothing if the body has ended. A body that has not started never runs.
   *
   * @throws IllegalStateException if the body yields again instead of ending
   */
  @Override
  public void close() {
    run.close();
  }

  /** Gives the run away, once. */
  Coroutine<T, @Nullable Void, ?> take() {
    if (taken) {
      throw new IllegalStateException(
          "this generator is iterated already, and has one run; make a new generator");
    }
    if (run.state() == Coroutine.State.ENDED) {
      throw new IllegalStateException("this generator was closed; make a new generator");
    }
    taken = true;
    return run;
  }

  @Override
  public String toString() {
    return "generator (" + run.state() + ")";
  }

  /** The items of a run, for the consumer. */
  private static final class Items<T extends @Nullable Object> implements Iterator<T> {
    private final Coroutine<T, @Nullable Void, ?> run;

    /** Whether the body stands at a yield whose item {@link #next} has not given out. */
    private boolean fetched;

    Items(Coroutine<T, @Nullable Void, ?> run) {
      this.run = run;
    }

    @Override
    public boolean hasNext() {
      if (!fetched || run.state() == Coroutine.State.ENDED) { // closed since it was fetched
        fetched = false;
        fetched = run.next();
      }
      return fetched;
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the generator has ended");
      }
      fetched = false;
      return run.yielded();
    }
  }

  /** The first items of another run, as a run. */
  private static final class Limited<T extends @Nullable Object>
      extends Coroutine<T, @Nullable Void, @Nullable Void> {
    private final Coroutine<T, @Nullable Void, ?> run;

    /** How many items may still be asked for. */
    private long left;

    Limited(Coroutine<T, @Nullable Void, ?> run, long left) {
      this.run = run;
      this.left = left;
    }

    @Override
    protected boolean advance(@Nullable Object sent, @Nullable Throwable raised) {
      if (raised == null && left == 0) {
        run.close();
        answer(null);
        return false;
      }
      boolean yielded = run.receive(sent, raised);
      left--;
      answer(yielded ? run.yielded() : null);
      return yielded;
    }

    @Override
    protected List<StackTraceElement> lines() {
      return run.suspendedAt();
    }
  }
}
