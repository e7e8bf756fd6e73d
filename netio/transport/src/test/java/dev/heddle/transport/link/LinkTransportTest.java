package dev.heddle.transport.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.net.TcpListener;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportContract;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The contract, kept by two ends of a link over real sockets. */
class LinkTransportTest extends TransportContract {
  private static final Address QUEUE = Address.queue("links");
  private static final LinkOptions OPTIONS = LinkOptions.DEFAULT.withLimits(LIMITS);

  private LinkListener links;

  @Override
  protected Ends open(Awaiter co) throws Exception {
    links =
        LinkListener.open(
            scheduler, TcpListener.bind(new InetSocketAddress("127.0.0.1", 0)), OPTIONS);
    LinkTransport here = LinkTransport.connect(scheduler, links.localAddress(), OPTIONS);
    LinkTransport there = co.await(links.accept());
    return new Ends(here, there, here::cut);
  }

  @Override
  protected void settled(Awaiter co, Ends ends) throws Exception {
    while (((LinkTransport) ends.receiver()).stats().kept() > 0) {
      co.await(Task.sleep(Duration.ofMillis(1)));
    }
  }

  @Override
  protected void closed(Awaiter co) {
    links.close();
  }

  @Test
  void theSideThatListensPutsAndAsksAsWell() {
    play(
        (co, ends) -> {
          try (MessageReceiver receiver = ends.sender().receiver(QUEUE, 4)) {
            Task<?> putter = putting(ends.receiver(), QUEUE, 40);
            assertThat(take(co, receiver, 20)).hasSize(20);
            ((LinkTransport) ends.receiver()).cut();
            assertThat(take(co, receiver, 20)).last().isEqualTo("m39");
            co.await(putter.join());
          }
        });
  }

  @Test
  void aLinkThatIsClosedOnOneSideGivesWhatHasComeAndThenNullOnTheOther() {
    play(
        (co, ends) -> {
          co.await(ends.sender().put(QUEUE, bytes("m0")));
          co.await(ends.sender().put(QUEUE, bytes("m1")));
          ends.sender().close();
          MessageReceiver receiver;
          try (MessageReceiver early = ends.receiver().receiver(QUEUE, 1)) {
            receiver = early;
            assertThat(take(co, receiver, 2)).containsExactly("m0", "m1");
            assertThat(co.await(receiver.receive())).isNull();
          }
          assertThatThrownBy(() -> co.await(ends.receiver().put(QUEUE, bytes("m"))))
              .isInstanceOf(TransportClosedException.class)
              .hasMessageContaining("closed");
        });
  }

  @Test
  void withoutAConnectionForTooLongItIsClosedWithTheLastFailure() {
    play(
        (co, ends) -> {
          LinkTransport link =
              LinkTransport.connect(
                  scheduler,
                  new InetSocketAddress("127.0.0.1", 1),
                  OPTIONS.withResumeWithin(Duration.ofMillis(30)));
          MessageReceiver receiver = link.receiver(QUEUE, 1);
          assertThatThrownBy(() -> co.await(link.put(QUEUE, bytes("m"))))
              .isInstanceOf(TransportClosedException.class)
              .hasMessageContaining("for PT0.03S")
              .hasMessageContaining("refused");
          assertThat(co.await(receiver.receive())).isNull();
          link.close();
        });
  }

  @Test
  void aPeerThatComesAgainWithoutMemoryGetsWhatItHadNotAcknowledged() {
    play(
        (co, ends) -> {
          co.await(ends.sender().put(QUEUE, bytes("m0")));
          co.await(ends.sender().put(QUEUE, bytes("m1")));
          try (MessageReceiver receiver = ends.receiver().receiver(QUEUE, 2)) {
            assertThat(take(co, receiver, 1)).containsExactly("m0");
            settled(co, ends);
            LinkTransport here = (LinkTransport) ends.sender();
            while (here.stats().underWay() > 1) {
              co.await(Task.sleep(Duration.ofMillis(1)));
            }
            InetSocketAddress address = links.localAddress();
            links.forget(); // as a process that is killed does
            here.cut();
            LinkTransport successor = co.await(links.accept());
            assertThat(address).isEqualTo(links.localAddress());
            try (MessageReceiver next = successor.receiver(QUEUE, 2)) {
              Delivery again = next(co, next);
              assertThat(text(again)).isEqualTo("m1");
              assertThat(again.isRedelivered()).isTrue();
              again.acknowledge();
              co.await(here.put(QUEUE, bytes("m2")));
              assertThat(take(co, next, 1)).containsExactly("m2");
            }
          }
        });
  }

  @Test
  void whatIsKeptAndHeldForAReceiverThatStopsIsNoMoreThanTheWindowHoweverOftenItIsCut() {
    play(
        (co, ends) -> {
          LinkTransport here = (LinkTransport) ends.sender();
          LinkTransport there = (LinkTransport) ends.receiver();
          try (MessageReceiver receiver = there.receiver(QUEUE, 4)) {
            co.await(here.put(QUEUE, bytes("first")));
            assertThat(text(next(co, receiver))).isEqualTo("first"); // and then no more
            Task<?> putter = putting(here, QUEUE, 100);
            for (int i = 0; i < 20; i++) {
              here.cut();
              long before = here.stats().connections();
              while (here.stats().connections() == before || !here.stats().isConnected()) {
                co.await(Task.sleep(Duration.ofMillis(1)));
              }
              assertThat(here.stats().kept()).isLessThanOrEqualTo(LIMITS.window() + 2);
              assertThat(here.stats().underWay()).isLessThanOrEqualTo(LIMITS.window());
              assertThat(there.stats().held()).isLessThanOrEqualTo(LIMITS.window());
            }
            putter.cancel("enough");
          }
        });
  }
}
