package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.CompiledBodies;
import org.junit.jupiter.api.Test;

/** Which bodies of the net room are woven: a refused one costs a thread and ten times the turn. */
class NetBodiesTest {

  @Test
  void allBodiesInTheLibraryAndTheMethodsThatTheyCallAreWoven() {
    CompiledBodies bodies = CompiledBodies.beside(TcpSocket.class);
    assertThat(bodies.woven()).isNotEmpty();
    assertThat(bodies.refused()).isEmpty();
  }

  @Test
  void allBodiesInTheTestsAreWovenButThoseNamedHere() {
    assertThat(CompiledBodies.beside(NetBodiesTest.class).refused())
        .isSubsetOf(
            // scripts that are run in any style
            "Kind: its Awaiter is passed to the constructor of Hidden",
            "ScriptStep: its Yielder is passed to the constructor of ByStep");
  }
}
