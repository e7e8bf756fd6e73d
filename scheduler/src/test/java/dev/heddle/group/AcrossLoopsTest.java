package dev.heddle.group;

import static dev.heddle.group.TestGroup.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.actor.Actor;
import dev.heddle.actor.ActorRef;
import dev.heddle.actor.GroupExchange;
import dev.heddle.actor.OverflowPolicy;
import dev.heddle.actor.ReceiverClosedException;
import dev.heddle.actor.ReceiverFullException;
import dev.heddle.actor.Reply;
import dev.heddle.actor.Subscription;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Until;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Promises, events, actors and exchanges between the loops of a group. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class AcrossLoopsTest {
  @Parameter Kind kind;

  /** What the actor of these tests understands. */
  private sealed interface Message {}

  private record Add(int n) implements Message {}

  private record Sum(Reply<Integer> reply) implements Message {}

  private record Never(Reply<Integer> reply) implements Message {}

  /** An actor on a loop that adds up; holds the replies of {@link Never}. */
  private ActorRef<Message> adder(TestGroup g, int loop, int limit, Promise<?> go)
      throws Exception {
    return g.submit(
            loop,
            "make",
            co -> {
              Actor<Message> actor = new Actor<>(co.task().scheduler(), "adder", limit);
              actor.start(
                  co.task().scheduler(),
                  kind.body(
                      me -> {
                        me.await(go);
                        int sum = 0;
                        while (me.await(actor.receive()) instanceof Message message) {
                          switch (message) {
                            case Add(int n) -> sum += n;
                            case Sum(Reply<Integer> reply) -> {
                              int now = sum;
                              reply.complete(now);
                            }
                            case Never _ -> {}
                          }
                        }
                      }));
              return actor.ref();
            })
        .get(LONG);
  }

  private static Promise<Void> done() {
    Promise<Void> done = new Promise<>();
    done.complete(null);
    return done;
  }

  @Test
  void tasksOfAllLoopsAwaitOnePromise() throws Exception {
    Promise<String> promise = new Promise<>();
    CountDownLatch waiting = new CountDownLatch(6);
    try (TestGroup g = new TestGroup(kind, 3)) {
      List<GroupTask<String>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(
            g.submit(
                i % 3,
                "waits",
                co -> {
                  waiting.countDown();
                  return co.await(promise);
                }));
      }
      Until.down(waiting);
      g.spawn(2, "completes", _ -> promise.complete("now"));
      for (GroupTask<String> each : all) {
        assertThat(each.get(LONG)).isEqualTo("now");
      }
    }
  }

  @Test
  void anActorIsToldAndAskedByTasksOfOtherLoops() throws Exception {
    try (TestGroup g = new TestGroup(kind, 3)) {
      ActorRef<Message> adder = adder(g, 0, 0, done());
      List<GroupTask<Integer>> senders = new ArrayList<>();
      for (int loop = 1; loop <= 2; loop++) {
        senders.add(
            g.submit(
                loop,
                "sender",
                co -> {
                  for (int i = 0; i < 1_000; i++) {
                    adder.send(new Add(1));
                  }
                  return co.await(adder.request(Sum::new)); // behind its own messages
                }));
      }
      for (GroupTask<Integer> each : senders) {
        assertThat(each.get(LONG)).isBetween(1_000, 2_000);
      }
      GroupTask<Integer> both =
          g.submit(0, "asks at home", co -> co.await(adder.request(Sum::new)));
      assertThat(both.get(LONG)).isEqualTo(2_000);
      adder.close();
    }
  }

  @Test
  void aFullMailboxHoldsTheSenderOfAnotherLoopBack() throws Exception {
    Promise<Void> go = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 2)) {
      ActorRef<Message> adder = adder(g, 0, 2, go);
      GroupTask<Integer> sender =
          g.submit(
              1,
              "sender",
              co -> {
                co.await(adder.put(new Add(1)));
                co.await(adder.put(new Add(2)));
                assertThatThrownBy(() -> adder.send(new Add(0)))
                    .isInstanceOf(ReceiverFullException.class);
                assertThatThrownBy(
                        () -> co.await(adder.put(new Add(100)).within(Duration.ofMillis(1))))
                    .isInstanceOf(TimeoutException.class);
                go.complete(null);
                for (int i = 0; i < 100; i++) {
                  co.await(adder.put(new Add(1)));
                }
                return co.await(adder.request(Sum::new));
              });
      assertThat(sender.get(LONG)).as("without the one whose time was over").isEqualTo(103);
      adder.close();
    }
  }

  @Test
  void anAskerOfAnotherLoopHearsOfTheActorsEndAndACancelledOneIsGone() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      ActorRef<Message> adder = adder(g, 0, 0, done());
      CountDownLatch asks = new CountDownLatch(1);
      GroupTask<Integer> cancelled =
          g.submit(
              1,
              "cancelled",
              co -> {
                asks.countDown();
                return co.await(adder.request(Never::new));
              });
      GroupTask<Integer> asker = g.submit(1, "asker", co -> co.await(adder.request(Never::new)));
      Until.down(asks);
      cancelled.cancel("enough");
      assertThatThrownBy(() -> cancelled.get(LONG))
          .isInstanceOf(CancellationException.class)
          .hasMessageContaining("enough");
      adder.close();
      assertThatThrownBy(() -> asker.get(LONG))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(ReceiverClosedException.class);
    }
  }

  @Holds("H4")
  @Test
  void anEventOfAnotherLoopIsAwaitedAndTakenBackWhenItsTimeIsOver() throws Exception {
    try (TestGroup g = new TestGroup(kind, 2)) {
      Queue<Integer> queue = g.submit(0, "make", co -> Queue.<Integer>fifo("q", 1)).get(LONG);
      GroupTask<Integer> user =
          g.submit(
              1,
              "user",
              co -> {
                GroupLoop home = g.loop(0);
                assertThatThrownBy(
                        () -> co.await(home.event(queue::get).within(Duration.ofMillis(1))))
                    .isInstanceOf(TimeoutException.class);
                co.await(home.event(() -> queue.put(7)));
                return co.await(home.event(queue::get)); // the one before has taken nothing
              });
      assertThat(user.get(LONG)).isEqualTo(7);
    }
  }

  @Holds("H4")
  @Test
  void anEventOfAnotherLoopThatIsCancelledAndDoneAtOneTimeIsNeverLost() throws Exception {
    int rounds = 300;
    try (TestGroup g = new TestGroup(kind, 2)) {
      Queue<Integer> queue = g.submit(0, "make", co -> Queue.<Integer>fifo("q", 0)).get(LONG);
      GroupTask<?> giver =
          g.spawn(
              0,
              "giver",
              co -> {
                for (int i = 0; i < rounds; i++) {
                  co.await(queue.put(i));
                  co.await(Task.yield());
                }
              });
      GroupTask<List<Integer>> taker =
          g.submit(
              1,
              "taker",
              co -> {
                List<Integer> taken = new ArrayList<>();
                while (taken.size() < rounds) {
                  try {
                    taken.add(
                        co.await(g.loop(0).event(queue::get).within(Duration.ofNanos(30_000))));
                  } catch (TimeoutException e) {
                    // then it has taken nothing
                  }
                }
                return taken;
              });
      assertThat(taker.get(LONG)).isSorted().hasSize(rounds);
      giver.get(LONG);
    }
  }

  @Holds("H5")
  @Test
  void whatIsSentToAnExchangeReachesTheReceiversOfAllLoopsInOneOrder() throws Exception {
    int count = 500;
    try (TestGroup g = new TestGroup(kind, 3)) {
      GroupExchange<Integer> exchange = new GroupExchange<>(g.group, "events", 20);
      CountDownLatch subscribed = new CountDownLatch(3);
      List<GroupTask<List<Integer>>> receivers = new ArrayList<>();
      for (int loop = 0; loop < 3; loop++) {
        receivers.add(
            g.submit(
                loop,
                "receives",
                co -> {
                  List<Integer> seen = new ArrayList<>();
                  Subscription<Integer> mine = exchange.subscribe(3, OverflowPolicy.WAIT);
                  subscribed.countDown();
                  while (co.await(mine.receive()) instanceof Integer n) {
                    seen.add(n);
                  }
                  return seen;
                }));
      }
      Until.down(subscribed);
      List<GroupTask<?>> senders = new ArrayList<>();
      for (int loop = 0; loop < 3; loop++) {
        int from = loop;
        senders.add(
            g.spawn(
                loop,
                "sends",
                co -> {
                  for (int i = 0; i < count; i++) {
                    co.await(exchange.put(from * count + i));
                  }
                }));
      }
      for (GroupTask<?> each : senders) {
        each.get(LONG);
      }
      exchange.close();
      List<Integer> first = receivers.getFirst().get(LONG);
      assertThat(first).hasSize(3 * count).doesNotHaveDuplicates();
      for (int from = 0; from < 3; from++) {
        int sender = from;
        assertThat(first.stream().filter(n -> n / count == sender)).isSorted();
      }
      for (GroupTask<List<Integer>> each : receivers) {
        assertThat(each.get(LONG)).isEqualTo(first);
      }
      assertThatThrownBy(() -> exchange.send(1)).isInstanceOf(ReceiverClosedException.class);
    }
  }

  @Holds("H5")
  @Test
  void aSlowSubscriptionOfOneLoopHoldsTheSendersOfAllLoopsBack() throws Exception {
    Promise<Void> go = new Promise<>();
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupExchange<Integer> exchange = new GroupExchange<>(g.group, "events", 4);
      CountDownLatch subscribed = new CountDownLatch(1);
      GroupTask<Integer> slow =
          g.submit(
              0,
              "slow",
              co -> {
                Subscription<Integer> mine = exchange.subscribe(1, OverflowPolicy.WAIT);
                subscribed.countDown();
                co.await(go);
                int received = 0;
                while (co.await(mine.receive()) != null) {
                  received++;
                }
                return received;
              });
      Until.down(subscribed);
      int[] accepted = new int[1];
      Until.true_(
          "one is received, four are under way",
          () -> {
            while (exchange.offer(accepted[0])) {
              accepted[0]++;
            }
            return accepted[0] >= 5;
          });
      assertThat(accepted[0]).isEqualTo(5);
      GroupTask<?> waits = g.spawn(1, "waits", co -> co.await(exchange.put(-1)));
      GroupTask<?> gone = g.spawn(1, "gone", co -> co.await(exchange.put(-2)));
      Until.true_(
          "both wait",
          () ->
              waits.task() != null
                  && gone.task() != null
                  && waits.task().state() == Task.State.WAITING
                  && gone.task().state() == Task.State.WAITING);
      gone.cancel("not this one");
      assertThatThrownBy(() -> gone.get(LONG)).isInstanceOf(CancellationException.class);
      go.complete(null);
      waits.get(LONG);
      exchange.close();
      assertThat(slow.get(LONG)).isEqualTo(accepted[0] + 1);
    }
  }

  @Holds("H5")
  @Test
  void receiversAreCalledOnTheLoopOnWhichTheyWereAttached() throws Exception {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch arrived = new CountDownLatch(2);
    try (TestGroup g = new TestGroup(kind, 2)) {
      GroupExchange<String> exchange = new GroupExchange<>(g.group, "events", 4);
      for (int loop = 0; loop < 2; loop++) {
        g.submit(
                loop,
                "attaches",
                co -> {
                  exchange.attach(
                      message -> {
                        seen.add(message + g.group.current().name());
                        arrived.countDown();
                      });
                  return 1;
                })
            .get(LONG);
      }
      exchange.send("on ");
      Until.down(arrived);
      assertThat(seen).containsExactlyInAnyOrder("on g-0", "on g-1");
    }
  }
}
