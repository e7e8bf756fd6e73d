package dev.heddle.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The echo servers that are no Java of ours, in processes of their own. */
class ServersTest {
  private static final int CONNECTIONS = 5;
  private static final int PIPELINING = 4;

  @ParameterizedTest
  @EnumSource(names = {"VERTX", "C_EPOLL", "GO", "ASYNCIO", "COOKBOOK"})
  void aPeerAnswersEachLineAndEndsWithItsInput(Server server) throws Exception {
    assumeTrue(server.isAvailable(), server + " needs " + server.missing());
    try (ServerProcess process = ServerProcess.start(server, Cores.NOT_PINNED)) {
      for (int line : new int[] {Client.SHORTEST_LINE, 1000, EchoPlan.LONGEST_LINE}) {
        try (LoadGenerator load =
            new LoadGenerator(process.address(), CONNECTIONS, PIPELINING, line, false)) {
          assertThat(load.exchange()).as("lines of %d bytes", line).isZero();
        }
      }
    }
  }

  @Test
  void aPoolServesNoMoreClientsThanItHasThreads() {
    assertThat(Server.POOL_128.serves(128)).isTrue();
    assertThat(Server.POOL_128.serves(129)).isFalse();
  }

  @Test
  void aServerThatTakesWhatComesForOneLineHasNoLongerLineAndNoneBehindIt() {
    assertThat(Server.HEDDLE_SOCKETS.serves(4092, 1)).isTrue();
    assertThat(Server.HEDDLE_SOCKETS.serves(4093, 1)).isFalse();
    assertThat(Server.HEDDLE_SOCKETS.serves(64, 2)).isFalse();
    assertThat(Server.HEDDLE_LINES.serves(EchoPlan.LONGEST_LINE, 64)).isTrue();
  }

  @Test
  void theSystemCallsOfAServerAreCounted() throws Exception {
    assumeTrue(SystemCalls.canBeCounted(), "needs strace");
    try (ServerProcess process = ServerProcess.start(Server.PLATFORM, Cores.NOT_PINNED);
        LoadGenerator load = new LoadGenerator(process.address(), 1, 1);
        SystemCalls calls = SystemCalls.of(process.pid())) {
      for (int line = 0; line < 1000; line++) {
        assertThat(load.exchange()).isZero();
      }
      assertThat(calls.stop()).isBetween(2000L, 20_000L); // each is read and written at the least
    }
  }

  @Test
  void theNumberOfCallsIsReadFromTheLastLineOfTheTable() throws Exception {
    assertThat(
            SystemCalls.total(
                List.of(
                    "% time     seconds  usecs/call     calls    errors syscall",
                    " 99.18    0.010000           3      3001         1 read",
                    "------ ----------- ----------- --------- --------- ----------------",
                    "100.00    0.012345           4      3045         1 total")))
        .isEqualTo(3045);
    assertThatThrownBy(() -> SystemCalls.total(List.of())).hasMessage("strace has counted nothing");
  }

  @Test
  void selectHasAnEndAndSoHasTheCookbooksServer() {
    assertThat(Server.COOKBOOK.serves(1000)).isTrue();
    assertThat(Server.COOKBOOK.serves(1001)).isFalse();
    assertThat(Server.C_EPOLL.serves(9000)).isTrue();
  }

  @Test
  void aLineThatHasNoRoomForItsNumbersIsRefused() {
    StringWriter err = new StringWriter();
    PrintWriter out = new PrintWriter(new StringWriter());
    assertThat(Bench.run(out, new PrintWriter(err), "echo", "--line-bytes=33")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--line-bytes: '33' is not a whole number from 34 to 65536");
  }
}
