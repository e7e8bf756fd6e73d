package dev.heddle.transport.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.transport.Address;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.TransportContract;
import dev.heddle.transport.TransportLimits;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The contract, kept in one process. */
class LocalTransportTest extends TransportContract {
  @Override
  protected Ends open(Awaiter co) {
    LocalTransport transport = LocalTransport.open(scheduler, "local", LIMITS);
    return new Ends(transport, transport, () -> {});
  }

  @Test
  void moreAddressesThanAllowedAreRefused() {
    play(
        (co, ends) -> {
          LocalTransport small =
              LocalTransport.open(scheduler, "small", LIMITS.withMaxAddresses(1));
          co.await(small.put(Address.queue("a"), bytes("m")));
          assertThatThrownBy(() -> co.await(small.put(Address.queue("b"), bytes("m"))))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("queue 'b' is one too many");
          assertThatThrownBy(() -> small.receiver(Address.queue("c"), 1))
              .hasMessageContaining("at most 1");
          small.close();
        });
  }

  @Test
  void aPutThatWasMadeBeforeItsAddressWasForgottenIsOneOfItsPresentWindow() {
    play(
        (co, ends) -> {
          LocalTransport small =
              LocalTransport.open(scheduler, "small", LIMITS.withMaxAddresses(1).withWindow(1));
          YieldEvent<?, IOException> again = small.put(Address.queue("a"), bytes("m"));
          try (MessageReceiver receiver = small.receiver(Address.queue("a"), 1)) {
            co.await(again);
            assertThat(take(co, receiver, 1)).containsExactly("m");
          }
          try (MessageReceiver receiver = small.receiver(Address.queue("b"), 1)) {
            co.await(small.put(Address.queue("b"), bytes("m")));
            assertThatThrownBy(() -> co.await(again)).hasMessageContaining("one too many");
            assertThat(take(co, receiver, 1)).containsExactly("m");
          }
          try (MessageReceiver receiver = small.receiver(Address.queue("a"), 1)) {
            co.await(again);
            assertThat(small.offer(Address.queue("a"), bytes("more"))).isFalse();
            assertThat(take(co, receiver, 1)).containsExactly("m");
            assertThat(small.offer(Address.queue("a"), bytes("more"))).isTrue();
          }
          small.close();
        });
  }

  @Test
  void anAddressWhoseReceiverWasLostMakesRoomForOneThatIsUsed() {
    play(
        (co, ends) -> {
          LocalTransport small =
              LocalTransport.open(scheduler, "small", LIMITS.withMaxAddresses(1));
          MessageReceiver first = small.receiver(Address.queue("a"), 1);
          co.await(small.put(Address.queue("a"), bytes("m")));
          assertThat(take(co, first, 1)).containsExactly("m");
          first.close("it burns");
          assertThatThrownBy(() -> co.await(small.put(Address.queue("a"), bytes("m"))))
              .hasMessageContaining("it burns");
          try (MessageReceiver receiver = small.receiver(Address.queue("b"), 1)) {
            co.await(small.put(Address.queue("b"), bytes("m")));
            assertThat(take(co, receiver, 1)).containsExactly("m");
          }
          small.close();
        });
  }

  @Test
  void aTopicThatNobodyHearsTakesNoRoom() {
    play(
        (co, ends) -> {
          LocalTransport small =
              LocalTransport.open(scheduler, "small", LIMITS.withMaxAddresses(1));
          for (int i = 0; i < 3; i++) {
            co.await(small.put(Address.topic("t" + i), bytes("m")));
          }
          try (MessageReceiver receiver = small.receiver(Address.topic("t"), 1)) {
            co.await(small.put(Address.topic("t"), bytes("m")));
            assertThat(take(co, receiver, 1)).containsExactly("m");
          }
          small.close();
        });
  }

  @Test
  void aCallFromOutsideIsNamed() {
    play(
        (co, ends) -> {
          var outside =
              Foreign.start(
                  "outside",
                  () ->
                      assertThatThrownBy(() -> ends.sender().offer(KIT_QUEUE, bytes("m")))
                          .isInstanceOf(WrongThreadException.class)
                          .hasMessageStartingWith("offer on "));
          Foreign.get(outside);
        });
  }

  @Test
  void whatIsHeldIsNoMoreThanTheWindow() {
    play(
        (co, ends) -> {
          Address queue = Address.queue("full");
          LocalTransport transport = (LocalTransport) ends.sender();
          int put = 0;
          while (transport.offer(queue, bytes("m"))) {
            put++;
          }
          assertThat(put).isEqualTo(LIMITS.window()).isEqualTo(transport.held());
          try (MessageReceiver receiver = transport.receiver(queue, 16)) {
            assertThat(take(co, receiver, put)).hasSize(put);
          }
          assertThat(transport.held()).isZero();
        });
  }

  @Test
  void limitsAndAddressesOutOfRangeAreRefusedWithTheirRange() {
    assertThatThrownBy(() -> TransportLimits.DEFAULT.withWindow(0))
        .hasMessage("window is 0: must be 1 to 100000");
    assertThatThrownBy(() -> Address.queue("a..b")).hasMessageContaining("address 'a..b': must be");
    assertThatThrownBy(() -> Address.topic("x".repeat(201)))
        .hasMessage("an address of 201 characters: must be 1 to 200");
  }
}
