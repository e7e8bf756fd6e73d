package dev.heddle.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.net.TcpListener;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.TransportLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A link over real sockets, cut from both sides as a seed says, while messages go both ways:
 * nothing is lost or doubled, the order stays, and what is held is no more than the window. A
 * second or so by default; {@code -Dheddle.link.minutes=10} for long, {@code -Dheddle.link.seed=7}
 * for another seed.
 */
class LinkSoakTest {
  private static final int MINUTES = Integer.getInteger("heddle.link.minutes", 0);
  private static final long SEED = Long.getLong("heddle.link.seed", 1);
  private static final long MESSAGES = 400;
  private static final int WINDOW = 16;
  private static final Address THERE = Address.queue("there");
  private static final Address BACK = Address.queue("back");
  private static final LinkOptions OPTIONS =
      LinkOptions.DEFAULT.withLimits(new TransportLimits(4_000, WINDOW, 10, 1_000));

  /** So much may the heap grow between the first tenth and the end. */
  private static final long GROWTH_BYTES = 16 << 20;

  private final long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
  private final Random random = new Random(SEED);
  private LinkTransport here;
  private LinkTransport there;

  /** How many messages were put by both sides, and how many have come. */
  private long put;

  private long received;

  /** How many messages may come before the next cut. */
  private int untilCut = 1;

  private boolean isOver(long number) {
    return MINUTES == 0 ? number >= MESSAGES : System.nanoTime() > end;
  }

  /** Puts numbers, and -1 as the last. */
  private void putAll(Awaiter co, LinkTransport link, Address to) throws IOException {
    for (long n = 0; !isOver(n); n++) {
      co.await(link.put(to, message(n)));
      put++;
    }
    co.await(link.put(to, message(-1)));
  }

  private byte[] message(long number) {
    return ByteBuffer.allocate(8 + random.nextInt(1_000)).putLong(number).array();
  }

  private void receiveAll(Awaiter co, LinkTransport link, Address at) throws IOException {
    try (MessageReceiver receiver = link.receiver(at, WINDOW)) {
      for (long expected = 0; ; expected++) {
        Delivery delivery = co.await(receiver.receive());
        long number = ByteBuffer.wrap(delivery.body()).getLong();
        delivery.acknowledge();
        if (number == -1) {
          return;
        }
        assertThat(number).as("seed %d, at %s", SEED, at).isEqualTo(expected);
        received++;
        cutNowAndThen();
      }
    }
  }

  private void cutNowAndThen() {
    assertIsBounded(here);
    assertIsBounded(there);
    if (--untilCut == 0) {
      untilCut = 1 + random.nextInt(MINUTES == 0 ? 40 : 400);
      (random.nextBoolean() ? here : there).cut();
    }
  }

  /** Two queues and their acknowledgements. */
  private static void assertIsBounded(LinkTransport link) {
    LinkStats stats = link.stats();
    assertThat(stats.kept()).isLessThanOrEqualTo(4 * WINDOW);
    assertThat(stats.underWay()).isLessThanOrEqualTo(WINDOW);
    assertThat(stats.held()).isLessThanOrEqualTo(WINDOW);
  }

  /** Bytes in use after a collection, at each tenth of the time. */
  private void watchHeap(Awaiter co) {
    long first = -1;
    for (int tenth = 1; tenth < 10; tenth++) {
      co.await(Task.sleep(Duration.ofMinutes(MINUTES).dividedBy(10)));
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      long used = runtime.totalMemory() - runtime.freeMemory();
      first = first < 0 ? used : first;
      System.out.println(tenth + "/10: " + received + " received, heap " + used / 1024 + " KiB");
      assertThat(used).as("heap, seed %d", SEED).isLessThan(first + GROWTH_BYTES);
    }
  }

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS) // as long as it was told
  void nothingIsLostAndMemoryIsFlatHoweverOftenRealConnectionsAreCut() throws Exception {
    Scheduler.run(
        co -> {
          Scheduler scheduler = Scheduler.current();
          TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
          try (LinkListener links = LinkListener.open(scheduler, listener, OPTIONS)) {
            here = LinkTransport.connect(scheduler, links.localAddress(), OPTIONS);
            there = co.await(links.accept());
            Task<?> to = scheduler.spawn("there", c -> putAll(c, here, THERE));
            Task<?> from = scheduler.spawn("back", c -> putAll(c, there, BACK));
            if (MINUTES > 0) {
              scheduler.spawn("heap", this::watchHeap);
            }
            Task<?> back = scheduler.spawn("received here", c -> receiveAll(c, here, BACK));
            receiveAll(co, there, THERE);
            co.await(back.join());
            co.await(to.join());
            co.await(from.join());
            assertThat(here.stats().connections()).isGreaterThan(5);
            System.out.println(
                "seed "
                    + SEED
                    + ": "
                    + put
                    + " put, "
                    + received
                    + " received, "
                    + (here.stats().connections() - 1)
                    + " cuts, "
                    + (here.stats().repeated() + there.stats().repeated())
                    + " frames sent again");
            assertThat(received).isEqualTo(put);
            here.close();
          }
        });
  }
}
