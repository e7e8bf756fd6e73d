package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.process.codec.Drawings.Drawing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which classes may be jobs, and what their declarations tell of the argument and the result. */
class JobClassTest {

  @Test
  void aJobMustBeAClassThatAnotherProcessCanFindAndMake() {
    Job<String, String> lambda = s -> s;
    assertThat(JobType.of(Jobs.SameDrawing.class).argument).isEqualTo(Drawing.class);
    assertThatThrownBy(() -> JobClass.ofClass(lambda.getClass()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot run in a process: it has no name by which");
    assertThatThrownBy(() -> JobClass.ofClass(Inner.class)).hasMessageContaining("make it static");
    assertThatThrownBy(() -> JobType.of(Needy.class)).hasMessageContaining("constructor without");
    assertThatThrownBy(() -> JobClass.ofClass(Job.class)).hasMessageContaining("it is abstract");
    assertThat(JobType.of(Indirect.class).argument).isEqualTo(Integer.class);
    assertThat(JobType.of(Indirect.class).result).hasToString("java.util.List<java.lang.Long>");
  }

  @SuppressWarnings("ClassCanBeStatic") // that it is not is the point
  final class Inner implements Job<String, String> {
    @Override
    public String run(String argument) {
      return argument;
    }
  }

  static final class Needy implements Job<String, String> {
    Needy(int n) {}

    @Override
    public String run(String argument) {
      return argument;
    }
  }

  interface Swapped<X, Y> extends Job<Y, X> {}

  abstract static class Base<T> implements Swapped<List<Long>, T> {}

  static final class Indirect extends Base<Integer> {
    @Override
    public List<Long> run(Integer argument) {
      return List.of();
    }
  }
}
