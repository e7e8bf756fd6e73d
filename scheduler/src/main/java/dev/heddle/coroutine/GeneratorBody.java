package dev.heddle.coroutine;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Generator} runs: a {@link CoroutineBody} that is sent nothing and returns nothing.
 *
 * @param <T> what it yields
 */
@FunctionalInterface
public interface GeneratorBody<T extends @Nullable Object>
    extends CoroutineBody<T, @Nullable Void, @Nullable Void> {

  /**
   * Runs once, from the first item asked for to the end of the generator.
   *
   * @param yielder gives items to the consumer; valid inside this call only
   * @throws Exception any exception; the consumer's call throws it
   */
  void generate(Yielder<T, @Nullable Void> yielder) throws Exception;

  @Override
  default @Nullable Void run(Yielder<T, @Nullable Void> yielder) throws Exception {
    generate(yielder);
    return null;
  }
}
