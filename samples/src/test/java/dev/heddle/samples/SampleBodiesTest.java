package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.CompiledBodies;
import org.junit.jupiter.api.Test;

/** What the samples show needs no stack: newcomers copy it. A refused body runs all the same. */
class SampleBodiesTest {

  @Test
  void allBodiesInTheSamplesAndTheMethodsThatTheyCallAreWoven() {
    CompiledBodies bodies = CompiledBodies.beside(Heddle.class);
    assertThat(bodies.refused()).isEmpty();
    assertThat(bodies.woven()).hasSizeGreaterThan(40);
  }
}
