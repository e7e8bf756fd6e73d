package dev.heddle.transport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Fields;
import dev.heddle.transport.Address;
import dev.heddle.transport.link.LinkFrame.Found;
import dev.heddle.transport.link.LinkFrame.Handled;
import dev.heddle.transport.link.LinkFrame.Lost;
import dev.heddle.transport.link.LinkFrame.Numbered;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** What the classes of the link call an invariant, quoted from there, and broken. */
class LinkInvariantsTest {
  private static final Address QUEUE = Address.queue("a");
  private final FrameLog log = new FrameLog();

  /** FrameLog: "The numbers of sent follow each other, and end before the next one." */
  @Test
  void theNumbersOfWhatWasSentFollowEachOther() throws Exception {
    for (int i = 0; i < 3; i++) {
      log.add(new Handled(i));
      assertThat(log.next()).isEqualTo(new Numbered(i + 1, new Handled(i)));
    }
    assertThat(log.receivedBy(2)).hasSize(2);
    Deque<Numbered> sent = Fields.get(log, "sent");
    sent.addFirst(new Numbered(1, new Handled(0)));
    assertThatThrownBy(() -> log.receivedBy(1))
        .isInstanceOf(AssertionError.class)
        .hasMessage("1 sent, 0 unsent, next 4 after 1");
    Fields.set(log, "nextNumber", 9L);
    log.add(new Handled(3));
    assertThatThrownBy(log::next).isInstanceOf(AssertionError.class);
  }

  /** FrameLog: "What is unsent says at most one thing about whether an address has receivers." */
  @Test
  void ofWhatIsSaidAboutAnAddressOnlyTheLastWordIsKept() {
    log.add(new Lost(QUEUE, "it burns"));
    log.add(new Lost(Address.queue("b"), "it burns too"));
    log.add(new Found(QUEUE));
    assertThat(log.kept()).isEqualTo(2);
    assertThat(log.next()).isEqualTo(new Numbered(1, new Lost(Address.queue("b"), "it burns too")));
    assertThat(log.next()).isEqualTo(new Numbered(2, new Found(QUEUE)));
  }
}
