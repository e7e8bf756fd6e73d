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
            // scripts that assert what an await throws
            "CallQueueTest: its Awaiter is captured by an inner lambda",
            "ChannelTest: its Awaiter is captured by an inner lambda",
            "ConnectionEndTest: its Awaiter is captured by an inner lambda",
            "DescriptorsTest: its Awaiter is captured by an inner lambda",
            "EventContract: a part on a stack: play(): its Awaiter is captured by an inner lambda",
            "NetInvariantsTest: its Awaiter is captured by an inner lambda",
            "Play: its Awaiter is passed to the constructor of Player",
            "ProcessInvariantsTest: its Awaiter is captured by an inner lambda",
            "ProcessQueueTest: its Awaiter is captured by an inner lambda",
            "SocketEventAgainTest: its Awaiter is captured by an inner lambda",
            "SocketTest: its Awaiter is captured by an inner lambda",
            "UdpSocketTest: its Awaiter is captured by an inner lambda",
            "UnixSocketTest: its Awaiter is captured by an inner lambda",
            // scripts that are run in any style
            "Kind: its Awaiter is passed to the constructor of Hidden",
            "ScriptStep: its Yielder is passed to the constructor of ByStep");
  }
}
