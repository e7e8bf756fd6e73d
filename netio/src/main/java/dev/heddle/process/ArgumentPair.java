package dev.heddle.process;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The two arguments of a {@link BiJobMethod}, which travel as one. */
record ArgumentPair<A extends @Nullable Object, B extends @Nullable Object>(A first, B second) {

  /** A type with arguments, such as the {@code ArgumentPair<Path, Integer>} of a method. */
  @SuppressWarnings("ArrayRecordComponent") // compared by its own equals
  record Of(Class<?> raw, Type... arguments) implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return arguments.clone();
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public @Nullable Type getOwnerType() {
      return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Of of && raw == of.raw && Arrays.equals(arguments, of.arguments);
    }

    @Override
    public int hashCode() {
      return 31 * raw.hashCode() + Arrays.hashCode(arguments);
    }
  }

  /** Pairs of what two iterables give; as many as the shorter one has. */
  static <A extends @Nullable Object, B extends @Nullable Object> Iterable<ArgumentPair<A, B>> zip(
      Iterable<? extends A> firsts, Iterable<? extends B> seconds) {
    return () -> {
      Iterator<? extends A> first = firsts.iterator();
      Iterator<? extends B> second = seconds.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return first.hasNext() && second.hasNext();
        }

        @Override
        public ArgumentPair<A, B> next() {
          return new ArgumentPair<>(first.next(), second.next());
        }
      };
    };
  }

  /** The pairs as this kind of pairs. */
  static <A extends @Nullable Object, B extends @Nullable Object> Iterable<ArgumentPair<A, B>> of(
      Iterable<? extends Map.Entry<? extends A, ? extends B>> pairs) {
    return () -> {
      Iterator<? extends Map.Entry<? extends A, ? extends B>> pair = pairs.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return pair.hasNext();
        }

        @Override
        public ArgumentPair<A, B> next() {
          Map.Entry<? extends A, ? extends B> entry = pair.next();
          return new ArgumentPair<>(entry.getKey(), entry.getValue());
        }
      };
    };
  }
}
