package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row and heap against a sorted list, on random operations; the seed is in the test's name. */
class DeadlinesTest {

  private static final class Entry extends Timed {
    private final int number;

    Entry(int number) {
      this.number = number;
    }

    @Override
    public String toString() {
      return "entry " + number;
    }
  }

  private record Set(Entry entry, long at, long order) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 42, 20261120})
  void theHeapGivesWhatASortedListGives(long seed) {
    compare(seed, 1_000, random -> random.nextInt(40) - 5);
  }

  /** Almost all stand in the row, and some of those that are taken out in its middle. */
  @ParameterizedTest
  @ValueSource(longs = {8, 9, 10, 11, 12})
  void sleepsOfOneLengthAmongFewOthersPassInOrder(long seed) {
    compare(seed, 1_000, random -> random.nextInt(12) > 0 ? 30 : random.nextInt(60) - 5);
  }

  /** Each length by turns: the one that does not fit in the row moves into the heap. */
  @ParameterizedTest
  @ValueSource(longs = {13, 14, 15})
  void sleepsOfTwoLengthsPassInOrder(long seed) {
    compare(seed, Long.MAX_VALUE - 500, random -> random.nextBoolean() ? 3 : 90);
  }

  /** Invariant: a number that wraps around in the middle of the test changes nothing. */
  @ParameterizedTest
  @ValueSource(longs = {5, 6, 7})
  void theNumberMayWrapAround(long seed) {
    compare(seed, Long.MAX_VALUE - 500, random -> random.nextInt(40) - 5);
  }

  private static void compare(long seed, long start, ToIntFunction<Random> length) {
    Random random = new Random(seed);
    Deadlines heap = new Deadlines();
    List<Set> model = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      entries.add(new Entry(i));
    }
    long now = start;
    long order = 0;
    boolean looked = false;
    for (int step = 0; step < 20_000; step++) {
      Entry entry = entries.get(random.nextInt(entries.size()));
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          long wanted = now + length.applyAsInt(random);
          heap.set(entry, wanted);
          // One before the last look is due at the look, behind those that were due before it.
          long at = looked && wanted - now < 0 ? now : wanted;
          model.removeIf(set -> set.entry == entry);
          model.add(new Set(entry, at, order++));
        }
        case 2 -> {
          heap.clear(entry);
          model.removeIf(set -> set.entry == entry);
        }
        default -> {
          now += random.nextInt(3);
          looked = true;
          heap.beginLook(now);
          for (int n = random.nextInt(3); n >= 0; n--) {
            assertThat(heap.pollExpired()).as("step %d", step).isSameAs(pollModel(model, now));
          }
        }
      }
      assertThat(heap.size()).isEqualTo(model.size());
      assertThat(heap.isEmpty()).isEqualTo(model.isEmpty());
      assertThat(entry.hasDeadline()).isEqualTo(model.stream().anyMatch(s -> s.entry == entry));
      assertThat(heap.nanosUntilNext(now)).isEqualTo(untilNext(model, now));
    }
  }

  private static Entry pollModel(List<Set> model, long now) {
    Set first = first(model, now);
    if (first == null || first.at - now > 0) {
      return null;
    }
    model.remove(first);
    return first.entry;
  }

  private static long untilNext(List<Set> model, long now) {
    Set first = first(model, now);
    return first == null ? Deadlines.NONE : Math.max(0, first.at - now);
  }

  private static Set first(List<Set> model, long now) {
    return model.stream()
        .min(Comparator.<Set>comparingLong(set -> set.at - now).thenComparingLong(Set::order))
        .orElse(null);
  }

  @Test
  void deadlinesInTheBackgroundKeepNoRunGoing() {
    Deadlines heap = new Deadlines();
    assertThat(heap.keepRunGoing()).isFalse();
    heap.set(new Background(), 100);
    heap.set(new Background(), 300);
    assertThat(heap.keepRunGoing()).isFalse();
    Entry entry = new Entry(1);
    heap.set(entry, 200);
    assertThat(heap.keepRunGoing()).isTrue();
    heap.clear(entry);
    assertThat(heap.keepRunGoing()).isFalse();
    heap.set(entry, 400); // behind those in the row, not in the heap
    assertThat(heap.keepRunGoing()).isTrue();
    heap.clear(entry);
    assertThat(heap.keepRunGoing()).isFalse();
  }

  @Test
  void whatIsTakenOutOfTheMiddleLeavesNoRoomBehind() throws ReflectiveOperationException {
    Deadlines deadlines = new Deadlines();
    Entry first =
        new Entry(-1); // it stays, so that the places behind it are not free by themselves
    deadlines.set(first, 0);
    List<Entry> kept = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      Entry gone = new Entry(i);
      deadlines.set(gone, i);
      Entry last = new Entry(i);
      deadlines.set(last, i);
      deadlines.clear(gone);
      if (kept.size() < 100) {
        kept.add(last);
      } else {
        deadlines.clear(kept.set(i % 100, last));
      }
    }
    assertThat(deadlines.size()).isEqualTo(101);
    assertThat(placesOf(deadlines)).isLessThan(300);
    deadlines.beginLook(100_000);
    assertThat(deadlines.pollExpired()).isSameAs(first);
    for (int i = 0; i < 100; i++) {
      assertThat(deadlines.pollExpired()).isSameAs(kept.get(i));
    }
    assertThat(deadlines.isEmpty()).isTrue();
  }

  /** Both those in the row and those in the heap. */
  private static int placesOf(Deadlines deadlines) throws ReflectiveOperationException {
    Object row = field(deadlines, "row");
    return ((Timed[]) field(row, "what")).length + ((Timed[]) field(deadlines, "what")).length;
  }

  private static Object field(Object of, String name) throws ReflectiveOperationException {
    var field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }

  private static final class Background extends Timed {
    @Override
    protected boolean isBackground() {
      return true;
    }
  }

  @Test
  void whatIsSetDuringALookIsForTheNext() {
    Deadlines heap = new Deadlines();
    Entry first = new Entry(1);
    Entry second = new Entry(2);
    Entry late = new Entry(3);
    heap.set(first, 100);
    heap.set(second, 110);
    heap.beginLook(120);
    assertThat(heap.pollExpired()).isSameAs(first);
    heap.set(late, 90);
    heap.set(first, 120);
    assertThat(heap.pollExpired()).isSameAs(second);
    assertThat(heap.pollExpired()).isNull();
    assertThat(heap.nanosUntilNext(120)).isZero();
    heap.beginLook(120);
    assertThat(heap.pollExpired()).isSameAs(late);
    assertThat(heap.pollExpired()).isSameAs(first);
    assertThat(heap.isEmpty()).isTrue();
  }
}
