package dev.heddle.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.net.TcpListener;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskBody;
import dev.heddle.scheduler.Timers;
import dev.heddle.test.Faults;
import dev.heddle.test.Host;
import dev.heddle.test.Simulation;
import dev.heddle.test.TestScheduler;
import dev.heddle.transport.Address;
import dev.heddle.transport.Delivery;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.TransportLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Links over a network that cuts them as a seed says. {@code -Dheddle.link.seeds=100000} for hours
 * of it; one seed is some minutes of virtual time.
 */
@Timeout(value = 10, unit = TimeUnit.HOURS)
class LinkCutsTest {
  private static final int SEEDS = Integer.getInteger("heddle.link.seeds", 25);

  /** For one seed some milliseconds are enough. */
  private static final Duration REAL_LIMIT = Duration.ofMinutes(5).plusMillis(100L * SEEDS);

  private static final int PORT = 7;
  private static final int MESSAGES = 80;
  private static final Address QUEUE = Address.queue("cuts");
  private static final LinkOptions OPTIONS =
      LinkOptions.DEFAULT
          .withLimits(new TransportLimits(2_000, 8, 10, 1_000))
          .withHeartbeat(Duration.ofSeconds(1))
          .withResumeWithin(Duration.ofHours(1));

  private static final List<java.util.logging.Logger> QUIET =
      List.of(
          java.util.logging.Logger.getLogger("dev.heddle.net"),
          java.util.logging.Logger.getLogger("dev.heddle"));

  @BeforeAll
  static void logNothing() {
    QUIET.forEach(logger -> logger.setLevel(java.util.logging.Level.OFF));
  }

  @AfterAll
  static void logAgain() {
    QUIET.forEach(logger -> logger.setLevel(null));
  }

  private static LinkListener listen(Awaiter co) {
    while (true) {
      try {
        TcpListener listener = TcpListener.bind(new InetSocketAddress(PORT));
        return LinkListener.open(Scheduler.current(), listener, OPTIONS);
      } catch (IOException e) {
        co.await(Timers.sleep(Duration.ofMillis(10))); // no descriptor was left
      }
    }
  }

  /** Takes links, and notes what comes over each; acknowledges as many as it may. */
  private static TaskBody receiver(List<String> got, int most) {
    return co -> {
      LinkListener links = listen(co);
      while (true) {
        LinkTransport link = co.await(links.accept());
        Scheduler.current().daemons().spawn("receiver", c -> receive(c, link, got, most));
      }
    };
  }

  private static void receive(Awaiter co, LinkTransport link, List<String> got, int most)
      throws IOException {
    try (MessageReceiver receiver = link.receiver(QUEUE, 4)) {
      while (co.await(receiver.receive()) instanceof Delivery delivery) {
        got.add(new String(delivery.body(), StandardCharsets.UTF_8));
        if (got.size() <= most) {
          delivery.acknowledge();
        }
      }
    }
  }

  private static void put(Awaiter co, LinkTransport link) throws IOException {
    for (String message : messages()) {
      co.await(link.put(QUEUE, message.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static List<String> messages() {
    return IntStream.range(0, MESSAGES).mapToObj(i -> i + "x".repeat(10 * i)).toList();
  }

  /** Cuts hosts off, resets connections and heals, until the task is done. */
  private static void trouble(Awaiter co, Simulation sim, Host server, Task<?> until) {
    while (!until.isDone()) {
      co.await(Timers.sleep(Duration.ofMillis(sim.choices().choose("calm", 400, "network"))));
      switch (sim.choices().choose("trouble", 4, "network")) {
        case 0 -> sim.network().partition(sim.host(), server);
        case 1 -> sim.network().partitionOneWay(server, sim.host());
        case 2 -> sim.network().reset(sim.host(), server);
        default -> {}
      }
      co.await(Timers.sleep(Duration.ofMillis(10L * sim.choices().choose("long", 800, "network"))));
      sim.network().heal();
    }
  }

  @Test
  void nothingIsLostAndTheOrderStaysWhateverIsCut() throws Exception {
    TestScheduler.builder()
        .seeds(SEEDS)
        .virtualLimit(Duration.ofHours(5))
        .realLimit(REAL_LIMIT)
        .run(
            (co, sim) -> {
              List<String> got = new ArrayList<>();
              Host server = sim.network().host("server");
              sim.network().faults(Faults.ROUGH);
              server.start(receiver(got, Integer.MAX_VALUE));
              LinkTransport link =
                  LinkTransport.connect(sim.scheduler(), server.address(PORT), OPTIONS);
              Task<?> putter = sim.scheduler().spawn("putter", c -> put(c, link));
              trouble(co, sim, server, putter);
              sim.network().calm();
              while (got.size() < MESSAGES) {
                co.await(Timers.sleep(Duration.ofMillis(100)));
              }
              assertThat(got).isEqualTo(messages());
              sim.sometimes(link.stats().connections() > 3, "cut several times");
              sim.sometimes(link.stats().repeated() > 0, "frames sent again");
              link.close();
            });
  }

  @Test
  void aReceiverThatStopsLeavesMemoryFlatWhateverIsCut() throws Exception {
    TestScheduler.builder()
        .seeds(SEEDS)
        .virtualLimit(Duration.ofHours(5))
        .realLimit(REAL_LIMIT)
        .run(
            (co, sim) -> {
              List<String> got = new ArrayList<>();
              Host server = sim.network().host("server");
              sim.network().faults(Faults.ROUGH);
              server.start(receiver(got, 3));
              LinkTransport link =
                  LinkTransport.connect(sim.scheduler(), server.address(PORT), OPTIONS);
              Task<?> putter = sim.scheduler().spawn("putter", c -> put(c, link));
              Task<?> some =
                  sim.scheduler()
                      .spawn("some time", c -> c.await(Timers.sleep(Duration.ofMinutes(2))));
              trouble(co, sim, server, some);
              assertThat(putter.isDone()).isFalse();
              assertThat(link.stats().underWay()).isLessThanOrEqualTo(8);
              assertThat(link.stats().kept()).isLessThanOrEqualTo(8);
              assertThat(got).isEqualTo(messages().subList(0, got.size()));
              assertThat(got.size()).isLessThanOrEqualTo(3 + 4);
              putter.cancel("enough");
              link.close();
            });
  }

  @Test
  void whatAHostHadNotAcknowledgedWhenItCrashedComesToItsSuccessor() throws Exception {
    TestScheduler.builder()
        .seeds(SEEDS)
        .virtualLimit(Duration.ofHours(5))
        .realLimit(REAL_LIMIT)
        .run(
            (co, sim) -> {
              List<String> got = new ArrayList<>();
              Host server = sim.network().host("server");
              server.start(receiver(got, Integer.MAX_VALUE));
              LinkTransport link =
                  LinkTransport.connect(sim.scheduler(), server.address(PORT), OPTIONS);
              Task<?> putter = sim.scheduler().spawn("putter", c -> put(c, link));
              for (int crashes = 0; crashes < 3; crashes++) {
                co.await(
                    Timers.sleep(Duration.ofMillis(1 + sim.choices().choose("up", 30, server))));
                server.crash();
                co.await(Timers.sleep(Duration.ofMillis(100)));
                server.start(receiver(got, Integer.MAX_VALUE));
              }
              co.await(putter.join());
              while (!got.containsAll(messages())) {
                co.await(Timers.sleep(Duration.ofMillis(100)));
              }
              assertThat(new LinkedHashSet<>(got)).containsExactlyElementsOf(messages());
              sim.sometimes(got.size() > MESSAGES, "a message came twice");
              link.close();
            });
  }
}
