package dev.heddle.transport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.transport.Address;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.link.LinkFrame.Numbered;
import java.net.ProtocolException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Frames as bytes, and bytes that are no frames. */
class LinkFrameTest {
  private static final TransportLimits LIMITS = TransportLimits.DEFAULT.withMaxMessageBytes(50);
  private static final Address QUEUE = Address.queue("a.b");
  private static final List<LinkFrame> FRAMES =
      List.of(
          new LinkFrame.Hello(UUID.randomUUID(), UUID.randomUUID(), new UUID(0, 0), 7, 64, 50),
          new LinkFrame.Received(Long.MAX_VALUE),
          new LinkFrame.Refused("because"),
          new LinkFrame.Bye(),
          new Numbered(1, new LinkFrame.Message(3, QUEUE, "id-1", true, 99, new byte[] {1, 2})),
          new Numbered(2, new LinkFrame.Handled(3)),
          new Numbered(3, new LinkFrame.Answer(4, LinkFrame.Status.FAILED, new byte[] {9})),
          new Numbered(4, new LinkFrame.Lost(Address.topic("t"), "it burns")),
          new Numbered(5, new LinkFrame.Found(QUEUE)));

  private static byte[] body(LinkFrame frame) {
    byte[] bytes = LinkFrame.encode(frame);
    return Arrays.copyOfRange(bytes, 4, bytes.length);
  }

  @Test
  void eachFrameIsReadAsItWasWritten() throws Exception {
    for (LinkFrame frame : FRAMES) {
      LinkFrame read = LinkFrame.decode(body(frame), LIMITS);
      assertThat(read).usingRecursiveComparison().isEqualTo(frame);
    }
  }

  @Test
  void eachFrameThatIsCutShortOrHasAByteTooMuchIsRefusedOrIsAnother() {
    for (LinkFrame frame : FRAMES) {
      byte[] whole = body(frame);
      for (int length = 0; length < whole.length; length++) {
        tryDecode(Arrays.copyOf(whole, length));
      }
      tryDecode(Arrays.copyOf(whole, whole.length + 1));
    }
  }

  @Test
  void bytesAtRandomAndChangedFramesAreRefusedInOneLineOrReadAndNothingElseIsThrown() {
    Random random = new Random(19);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = body(FRAMES.get(random.nextInt(FRAMES.size())));
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      tryDecode(bytes);
      byte[] any = new byte[random.nextInt(80)];
      random.nextBytes(any);
      tryDecode(any);
    }
  }

  private static void tryDecode(byte[] bytes) {
    try {
      assertThat(LinkFrame.decode(bytes, LIMITS)).isNotNull();
    } catch (ProtocolException e) {
      assertThat(e.getMessage()).startsWith("a malformed frame of a link: ").doesNotContain("\n");
    }
  }

  @Test
  void whatIsWrongIsNamedWithItsValueAndItsRange() {
    assertThatThrownBy(() -> LinkFrame.decode(new byte[] {9}, LIMITS))
        .hasMessage("a malformed frame of a link: type is 9: must be 1 to 5");
    byte[] hello = body(FRAMES.getFirst());
    hello[1] = 'X';
    assertThatThrownBy(() -> LinkFrame.decode(hello, LIMITS))
        .hasMessageContaining("magic is 0x58444c31: must be 0x48444c31, the peer is no link");
    byte[] message =
        body(new Numbered(1, new LinkFrame.Message(3, QUEUE, "id", false, 0, new byte[51])));
    assertThatThrownBy(() -> LinkFrame.decode(message, LIMITS))
        .hasMessageContaining("body length is 51: must be 0 to 50");
  }

  @Test
  void ofWhatIsSaidAboutAnAddressOnlyTheLastWordIsKept() {
    FrameLog log = new FrameLog();
    for (int i = 0; i < 1000; i++) {
      log.add(new LinkFrame.Lost(QUEUE, "again"));
      log.add(new LinkFrame.Found(QUEUE));
    }
    assertThat(log.kept()).isEqualTo(1);
  }

  @Test
  void countsOfReceivedFramesThatCannotBeAreRefused() {
    FrameLog log = new FrameLog();
    log.add(new LinkFrame.Found(QUEUE));
    assertThat(log.next()).isNotNull();
    assertThatThrownBy(() -> log.receivedBy(2))
        .hasMessage("a count of received frames is 2: must be 0 to 1");
    assertThatThrownBy(() -> log.receive(2))
        .hasMessage("a frame has the number 2: must be 1 or less");
  }
}
