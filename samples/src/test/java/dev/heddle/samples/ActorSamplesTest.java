package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** R15 and R16 print what their headers say; {@link SamplesTest} has R2. */
class ActorSamplesTest {

  @Test
  void anAccountHandlesItsMessagesInOrderAndAWorkerKeepsItsPromises() {
    assertThat(printed(Account::run))
        .isEqualTo(
            """
            deposit of 100
            deposit of 20
            balance: 120
            cannot send to actor 'account': it is closed
            2 + 3 = 5
            2 / 0 failed: / by zero
            """);
  }

  @Test
  void allSubscribersSeeTheNumbersAndASlowOneTheLatest() {
    assertThat(printed(Subscribers::run))
        .isEqualTo(
            """
            msg[1]: 1
            msg[2]: 2
            msg[3]: 3
            msg[4]: 4
            receivers left: 1
            slow: 2
            slow: 3
            slow: 4
            slow: dropped 1
            """);
  }

  private static String printed(Consumer<PrintWriter> sample) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    sample.accept(out);
    out.flush();
    return text.toString();
  }
}
