package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.pool.ResultIterator;
import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The shapes in which people make generators, coroutines and work for pools: that they compile,
 * without a cast and mostly without a type written twice, is half of each test.
 */
class InferenceTest {
  private static <T> List<T> all(Iterable<? extends T> items) {
    List<T> all = new ArrayList<>();
    items.forEach(all::add);
    return all;
  }

  private static void one(Yielder<Integer, ?> y) {
    y.yield(1);
  }

  private static void word(Yielder<String, Void> y) throws IOException {
    y.yield("a");
  }

  private static <T> Generator<T> only(T item) {
    return Generator.of(y -> y.yield(item));
  }

  private static Generator<? extends Number> numbers() {
    return Generator.of(y -> y.yield(1));
  }

  private static Iterable<? super Integer> forIntegers() {
    return Generator.of(y -> y.yield(1));
  }

  @Test
  void theTargetTellsTheItemsOfAGenerator() {
    Generator<Number> numbers =
        Generator.of(
            y -> {
              y.yield(1);
              y.yield(2.0);
            });
    Iterable<CharSequence> texts =
        Generator.of(
            y -> {
              y.yield("a");
              y.yield(CharBuffer.wrap("b"));
            });
    Generator<List<String>> lists = Generator.of(y -> y.yield(List.of("a")));
    Generator<Integer> chosen =
        all(lists).isEmpty() ? Generator.of(y -> y.yield(1)) : Generator.of(y -> y.yield(2));
    Generator<String> none = Generator.of(y -> {});
    assertThat(InferenceTest.<Number>all(numbers)).containsExactly(1, 2.0);
    assertThat(InferenceTest.<Object>all(texts)).hasSize(2);
    assertThat(all(chosen)).containsExactly(2);
    assertThat(all(none)).isEmpty();
    assertThat(InferenceTest.<Object>all(numbers())).containsExactly(1);
    assertThat(InferenceTest.<Object>all(forIntegers())).containsExactly(1);
    assertThat(all(only("x"))).containsExactly("x");
  }

  @Test
  void aTargetAroundTheGeneratorTellsTheItemsToo() {
    Supplier<Generator<Integer>> supplier = () -> Generator.of(y -> y.yield(1));
    Function<Integer, Generator<Integer>> function = k -> Generator.of(y -> y.yield(k));
    List<Generator<Integer>> list =
        List.of(Generator.of(y -> y.yield(1)), Generator.of(y -> y.yield(2)));
    Stream<Generator<Integer>> stream = Stream.of(1, 2).map(k -> Generator.of(y -> y.yield(k)));
    Map<String, Generator<Integer>> map = Map.of("a", Generator.of(y -> y.yield(1)));
    assertThat(all(supplier.get())).isEqualTo(all(function.apply(1)));
    assertThat(list.stream().flatMap(Generator::stream)).containsExactly(1, 2);
    assertThat(stream.flatMap(Generator::stream)).containsExactly(1, 2);
    assertThat(map.values().stream().flatMap(Generator::stream)).containsExactly(1);
  }

  @Test
  void whereThereIsNoTargetTheItemsAreSaidOnceInWhicheverWay() {
    int sum = 0;
    for (int i : Generator.of(Integer.class, y -> y.yield(1))) {
      sum += i;
    }
    for (int i : Generator.<Integer>of(y -> y.yield(10))) {
      sum += i;
    }
    var byParameter = Generator.of((Yielder<String, Void> y) -> y.yield("a"));
    var byMethod = Generator.of(InferenceTest::one);
    var byMethodThatThrows = Generator.of(InferenceTest::word);
    GeneratorBody<Integer> body = y -> y.yield(1);
    var byBody = Generator.of(body);
    Generator<String> typed = byParameter;
    for (int i : byMethod) {
      sum += 100 * i;
    }
    for (int i : byBody) {
      sum += 1000 * i;
    }
    List<String> listed = byMethodThatThrows.stream().toList();
    assertThat(sum).isEqualTo(1111);
    assertThat(all(typed)).isEqualTo(listed);
  }

  @Test
  void wildcardsMayBeDelegatedTo() {
    List<? extends Number> some = List.of(1, 2.0);
    Generator<? extends Number> wild = Generator.of(y -> y.yieldFrom(some));
    Generator<Number> numbers = Generator.of(y -> y.yieldFrom(some));
    Generator<Object> mixed =
        Generator.of(
            y -> {
              y.yieldFrom(some);
              y.yieldFrom(wild);
              y.yieldFrom(numbers);
              y.yieldFrom(List.of("x").iterator());
              y.yieldFrom(only('c'));
            });
    assertThat(all(mixed)).containsExactly(1, 2.0, 1, 2.0, 1, 2.0, "x", 'c');
  }

  @Test
  void aCheckedExceptionOfAGeneratorIsCaughtWhereSomethingDeclaresIt() throws IOException {
    String caught = "";
    try {
      for (String line : lines()) {
        caught += line;
      }
    } catch (IOException e) {
      caught += e.getMessage();
    }
    assertThat(caught).isEqualTo("first, and the disk is gone");
  }

  /** It throws none itself; the declaration tells the caller what the loop may throw. */
  private static Generator<String> lines() throws IOException {
    return Generator.of(
        y -> {
          y.yield("first, ");
          throw new IOException("and the disk is gone");
        });
  }

  // Coroutines.

  private static int length(Yielder<Integer, String> y) {
    return y.yield(5).length();
  }

  private static Coroutine<String, Integer, Integer> ask(String prompt) {
    return Coroutine.of(y -> y.yield(prompt));
  }

  @Test
  void theThreeTypesOfACoroutineComeFromTheTargetTheParameterOrTheMethod() {
    Coroutine<Integer, Integer, String> byTarget = Coroutine.of(y -> "got " + y.yield(1));
    var byMethod = Coroutine.of(InferenceTest::length);
    var byParameter = Coroutine.of((Yielder<Integer, String> y) -> y.yield(5).length());
    Coroutine<?, ?, String> result = Coroutine.of(y -> "x");
    Coroutine<? extends Number, ? super Integer, ? extends CharSequence> wild =
        Coroutine.of(
            y -> {
              y.yield(1);
              return "x";
            });
    Coroutine<Integer, Integer, Void> endless =
        Coroutine.of(
            y -> {
              while (true) {
                y.yield(1);
              }
            });
    assertThat(byTarget.next() && byMethod.next() && byParameter.next()).isTrue();
    assertThat(byTarget.send(2) || byMethod.send("ab") || byParameter.send("abc")).isFalse();
    int two = byMethod.result();
    int three = byParameter.result();
    assertThat(byTarget.result() + two + three).isEqualTo("got 223");
    assertThat(result.next()).isFalse();
    String text = result.result();
    assertThat(text).isEqualTo("x");
    assertThat(wild.next() && endless.next()).isTrue();
    Number number = wild.yielded();
    assertThat(number).isEqualTo(1);
    wild.close();
    endless.close();
  }

  @Test
  void aCoroutineDelegatesToOneWithNarrowerTypes() {
    Coroutine<Object, Integer, Integer> product =
        Coroutine.of(y -> y.yieldFrom(ask("apples?")) * y.yieldFrom(ask("pears?")));
    Coroutine<? super String, Integer, Integer> wild =
        Coroutine.of(y -> y.yieldFrom(ask("plums?")));
    assertThat(product.next() && product.send(2)).isTrue();
    assertThat(product.send(3)).isFalse();
    assertThat(product.result()).isEqualTo(6);
    assertThat(wild.next() && !wild.send(4)).isTrue();
    assertThat(wild.result()).isEqualTo(4);
  }

  // Pools.

  private static String page(String url) throws IOException {
    return "page of " + url;
  }

  @Test
  void resultsOfPoolsHaveTheTypeOfTheirWork() throws Exception {
    List<String> urls = List.of("a", "b");
    List<? extends CharSequence> wildUrls = urls;
    Collection<? extends Callable<String>> wildWorks = List.of(() -> page("a"), () -> page("b"));
    List<Callable<String>> works = new ArrayList<>();
    urls.forEach(url -> works.add(() -> page(url)));
    try (ThreadPool pool = ThreadPool.platform("p", 1)) {
      Scheduler.run(
          () -> {
            ResultIterator<String> ofLambdas = pool.asCompleted(List.of(() -> "a", () -> "b"), 2);
            ResultIterator<String> ofList = pool.asCompleted(works, 2);
            ResultIterator<CharSequence> wider = pool.asCompleted(works, 2);
            ResultIterator<? extends CharSequence> wild = pool.asCompleted(wildWorks, 2);
            ResultIterator<String> ofStream =
                pool.asCompleted(
                    urls.stream().<Callable<String>>map(url -> () -> page(url)).toList(), 2);
            var ofInputs = pool.asCompleted(urls, InferenceTest::page, 2);
            var lengths = pool.asCompleted(wildUrls, url -> url.length(), 2);
            var mapped = pool.map(wildUrls, CharSequence::length, 2);
            ResultIterator<Object> objects = pool.map(urls, InferenceTest::page, 2);
            String text = Task.await(ofList.next()) + Task.await(ofInputs.next());
            int length = Task.await(lengths.next()) + Task.await(mapped.next());
            assertThat(text + length).isEqualTo("page of apage of a2");
            CharSequence first = Task.await(wild.next());
            assertThat(first).isEqualTo(Task.await(wider.next()));
            assertThat(Task.await(objects.next())).isEqualTo(Task.await(ofStream.next()));
            assertThat(Task.await(ofLambdas.next())).isEqualTo("a");

            int now = Task.await(pool.apply(() -> 1));
            Promise<Integer> later = Task.await(pool.submit(() -> 2));
            Promise<? extends Number> wildPromise = Task.await(pool.submit(() -> 3));
            Number third = Task.await(wildPromise);
            assertThat(now + Task.await(later) + third.intValue()).isEqualTo(6);
          });
    }
  }
}
