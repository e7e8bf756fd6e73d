package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.heddle.coroutine.Engines#forCoroutines")
class GeneratorTest {
  @Parameter Engine engine;

  private final List<String> log = new ArrayList<>();

  /** 0, 1, 2, ... and a word in the log for what is done on the way. */
  private Generator<Integer> numbers() {
    return Generator.of(
        engine,
        y -> {
          try {
            for (int i = 0; ; i++) {
              log.add("make " + i);
              y.yield(i);
            }
          } finally {
            log.add("closed");
          }
        });
  }

  private static Generator<String> lines(boolean broken) throws IOException {
    return Generator.of(
        y -> {
          y.yield("first");
          if (broken) {
            throw new IOException("in the middle");
          }
        });
  }

  @Test
  void aCheckedExceptionOfTheBodyComesOutOfTheLoopAsItIs() {
    List<String> seen = new ArrayList<>();
    try {
      for (String line : lines(true)) {
        seen.add(line);
      }
    } catch (IOException e) {
      seen.add(e.getMessage());
    }
    assertThat(seen).containsExactly("first", "in the middle");
  }

  /** Each of these is to compile as it stands. */
  @Test
  void theTypeOfTheItemsIsKnownInTheShapesThatPeopleWrite() {
    List<String> seen = new ArrayList<>();
    for (String item : Generator.of(String.class, y -> y.yield("loop"))) {
      seen.add(item);
    }
    for (String item : Generator.<String>of(y -> y.yield("witness"))) {
      seen.add(item);
    }
    var known = Generator.of(String.class, y -> y.yield("var"));
    for (String item : known) {
      seen.add(item);
    }
    seen.addAll(Generator.of(String.class, y -> y.yield("chain")).stream().toList());
    Generator<String> assigned = Generator.of(y -> y.yield("assigned"));
    assigned.forEach(seen::add);
    assertThat(seen).containsExactly("loop", "witness", "var", "chain", "assigned");
  }

  @Test
  void givesItsItemsToAForLoop() {
    var seen = new ArrayList<Integer>();
    for (int x :
        Generator.<Integer>of(
            engine,
            y -> {
              y.yield(1);
              y.yield(2);
            })) {
      seen.add(x);
    }
    assertThat(seen).containsExactly(1, 2);
  }

  @Test
  void runsOnlyWhileAnItemIsAskedFor() {
    Iterator<Integer> it = numbers().iterator();
    assertThat(log).isEmpty();
    assertThat(it.hasNext()).isTrue();
    assertThat(it.hasNext()).isTrue();
    assertThat(log).containsExactly("make 0");
    assertThat(it.next()).isEqualTo(0);
    assertThat(log).containsExactly("make 0");
    assertThat(it.next()).isEqualTo(1);
    assertThat(log).containsExactly("make 0", "make 1");
  }

  @Test
  void nextNeedsNoHasNextAndEndsLikeAnyIterator() {
    Iterator<Integer> it = Generator.<Integer>of(engine, y -> y.yield(7)).iterator();
    assertThat(it.next()).isEqualTo(7);
    assertThatThrownBy(it::next).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(it::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void nullIsAnItem() {
    Iterator<Integer> it = Generator.<Integer>of(engine, y -> y.yield(null)).iterator();
    assertThat(it.hasNext()).isTrue();
    assertThat(it.next()).isNull();
    assertThat(it.hasNext()).isFalse();
  }

  @Test
  void aCheckedExceptionComesOutAsItIs() {
    Iterator<Integer> it =
        Generator.<Integer>of(
                engine,
                y -> {
                  y.yield(1);
                  throw new IOException("disk");
                })
            .iterator();
    assertThat(it.next()).isEqualTo(1);
    assertThatThrownBy(it::hasNext).isInstanceOf(IOException.class).hasMessage("disk");
    assertThat(it.hasNext()).isFalse();
  }

  // One run.

  @Test
  void isIteratedOnce() {
    Generator<Integer> generator = numbers();
    assertThat(generator.iterator().next()).isEqualTo(0);
    assertThatIllegalStateException()
        .isThrownBy(generator::iterator)
        .withMessageContaining("one run");
    assertThatIllegalStateException().isThrownBy(generator::stream);
    assertThatIllegalStateException().isThrownBy(() -> generator.limit(1));
    generator.close();
  }

  @Test
  void isNotIteratedOnceClosed() {
    Generator<Integer> generator = numbers();
    generator.close();
    assertThatIllegalStateException()
        .isThrownBy(generator::iterator)
        .withMessageContaining("closed");
    assertThat(log).isEmpty();
  }

  // Closing.

  @Test
  @Holds("N8")
  void tryWithResourcesClosesAfterABreak() {
    try (Generator<Integer> generator = numbers()) {
      for (int x : generator) {
        if (x == 1) {
          break;
        }
      }
      log.add("left the loop");
    }
    assertThat(log).containsExactly("make 0", "make 1", "left the loop", "closed");
  }

  @Test
  void anIteratorOfAClosedGeneratorHasNoMore() {
    Generator<Integer> generator = numbers();
    Iterator<Integer> it = generator.iterator();
    assertThat(it.hasNext()).isTrue();
    generator.close();
    assertThat(it.hasNext()).as("the item fetched went with the close").isFalse();
    assertThatThrownBy(it::next).isInstanceOf(NoSuchElementException.class);
  }

  // limit

  @Test
  void theTenLineExample() {
    var seen = new ArrayList<Integer>();
    for (int x :
        Generator.<Integer>of(
                engine,
                y -> {
                  for (int i = 0; ; i++) {
                    y.yield(i * i);
                  }
                })
            .limit(5)) {
      seen.add(x);
    }
    assertThat(seen).containsExactly(0, 1, 4, 9, 16);
  }

  @Test
  void limitClosesWhenAnItemBeyondIsAskedFor() {
    Iterator<Integer> it = numbers().limit(2).iterator();
    assertThat(it.next()).isEqualTo(0);
    assertThat(it.next()).isEqualTo(1);
    assertThat(log).as("the last item may need the body's resources").doesNotContain("closed");
    assertThat(it.hasNext()).isFalse();
    assertThat(log).containsExactly("make 0", "make 1", "closed");
  }

  @Test
  void limitOfNothingNeverRunsTheBody() {
    assertThat(numbers().limit(0)).isEmpty();
    assertThat(log).isEmpty();
  }

  @Test
  void limitBeyondTheEndIsTheEnd() {
    assertThat(Generator.<Integer>of(engine, y -> y.yield(1)).limit(9)).containsExactly(1);
  }

  @Test
  void closingALimitedOneClosesItsSource() {
    try (Generator<Integer> limited = numbers().limit(9)) {
      assertThat(limited.iterator().next()).isEqualTo(0);
    }
    assertThat(log).containsExactly("make 0", "closed");
  }

  @Test
  void aLimitOfALimitIsTheSmaller() {
    assertThat(numbers().limit(5).limit(2)).containsExactly(0, 1);
    assertThat(numbers().limit(2).limit(5)).containsExactly(0, 1);
    assertThat(log).filteredOn("closed"::equals).hasSize(2);
  }

  @Test
  void aNegativeLimitIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> numbers().limit(-1));
  }

  // stream

  @Test
  void aStreamAsksForOneItemAtATime() {
    try (Stream<Integer> stream = numbers().stream()) {
      assertThat(log).isEmpty();
      assertThat(stream.map(x -> x * 10).filter(x -> x > 0).findFirst()).contains(10);
    }
    assertThat(log).containsExactly("make 0", "make 1", "closed");
  }

  @Test
  void aParallelStreamSeesEachItemOnce() {
    try (Stream<Integer> stream = numbers().limit(2000).stream()) {
      assertThat(stream.parallel().mapToInt(x -> x).sum()).isEqualTo(1999 * 2000 / 2);
    }
  }

  // Generators of generators.

  private static Generator<Integer> evens(Engine engine, Generator<Integer> source) {
    return Generator.of(
        engine,
        y -> {
          try (source) {
            for (int x : source) {
              if (x % 2 == 0) {
                y.yield(x);
              }
            }
          }
        });
  }

  @Test
  void aGeneratorOverAGeneratorIsAPipeline() {
    assertThat(evens(engine, evens(engine, numbers())).limit(3)).containsExactly(0, 2, 4);
    assertThat(log).endsWith("make 4", "closed");
  }

  @Test
  void aBodyMayYieldFromAnyCallDepth() {
    assertThat(Generator.<Integer>of(Engine.HANDOFF, y -> hanoi(3, y))).hasSize(7);
  }

  private static void hanoi(int discs, Yielder<Integer, Void> y) {
    if (discs > 0) {
      hanoi(discs - 1, y);
      y.yield(discs);
      hanoi(discs - 1, y);
    }
  }

  @Test
  void saysWhereItStands() {
    Generator<Integer> generator = numbers();
    assertThat(generator).hasToString("generator (CREATED)");
    generator.close();
    assertThat(generator.toString()).isEqualTo("generator (ENDED)");
  }
}
