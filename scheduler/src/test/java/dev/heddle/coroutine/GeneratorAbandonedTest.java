package dev.heddle.coroutine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Until;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a generator that nobody closes (N8: there is no finalizer). */
class GeneratorAbandonedTest {

  private static final class Held {}

  /** Stops half-way with an object in hand; gives what tells whether the object still lives. */
  private static WeakReference<Held> abandon(Engine engine) {
    var held = new Held();
    var it =
        Generator.<Integer>of(
                engine,
                y -> {
                  y.yield(1);
                  y.yield(held.hashCode());
                })
            .iterator();
    assertThat(it.next()).isEqualTo(1);
    return new WeakReference<>(held);
  }

  static final class Abandons {
    public static void main(String[] args) {
      Engines.forCoroutines().forEach(GeneratorAbandonedTest::abandon);
      System.out.println("end of main");
    }
  }

  @Test
  void doesNotKeepTheJvmAlive() throws Exception {
    ForkedJvm jvm = ForkedJvm.run(Abandons.class);
    assertThat(jvm.output()).contains("end of main");
    assertThat(jvm.exitCode()).isZero();
  }

  static final class IsCollected {
    public static void main(String[] args) {
      Engine engine = Engine.valueOf(System.getProperty("engine"));
      WeakReference<Held> held = abandon(engine);
      Until.collected("garbage on " + engine, () -> held.get() == null);
      System.out.println("collected");
    }
  }

  @ParameterizedTest
  @MethodSource("dev.heddle.coroutine.Engines#forCoroutines")
  void isGarbageWhereTheJdkDoesNotTrackItsThread(Engine engine) throws Exception {
    ForkedJvm jvm =
        ForkedJvm.run(IsCollected.class, "-Djdk.trackAllThreads=false", "-Dengine=" + engine);
    assertThat(jvm.output()).contains("collected");
  }
}
