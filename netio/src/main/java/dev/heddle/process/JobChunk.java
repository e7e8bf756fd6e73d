package dev.heddle.process;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A job that is done for several arguments at a time, by one message and one answer. */
final class JobChunk<A extends @Nullable Object, R extends @Nullable Object>
    extends JobType<List<A>, List<R>> {
  /** What the name of a chunk begins with; no name of a class does. */
  static final String PREFIX = "each of ";

  private final JobType<A, R> each;

  JobChunk(JobType<A, R> each) {
    super(
        PREFIX + each.name,
        each.simpleName,
        new ArgumentPair.Of(List.class, each.argument),
        new ArgumentPair.Of(List.class, each.result));
    this.each = each;
  }

  @Override
  @Nullable Object run(@Nullable Object given) throws Throwable {
    List<@Nullable Object> results = new ArrayList<>();
    if (given instanceof List<?> arguments) {
      for (Object argument : arguments) {
        results.add(each.run(argument));
      }
    }
    return results;
  }

  /** Takes the arguments in chunks, as they are needed. */
  static <A extends @Nullable Object> Iterable<List<A>> of(
      Iterable<? extends A> arguments, int size) {
    return () -> {
      Iterator<? extends A> rest = arguments.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rest.hasNext();
        }

        @Override
        public List<A> next() {
          List<A> chunk = new ArrayList<>();
          do {
            chunk.add(rest.next());
          } while (chunk.size() < size && rest.hasNext());
          return chunk;
        }
      };
    };
  }

  @Override
  public String toString() {
    return each.toString();
  }
}
