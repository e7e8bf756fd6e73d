package dev.heddle.group;

import static dev.heddle.fixtures.EventContract.Second.REFUSED;
import static dev.heddle.group.TestGroup.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.actor.Actor;
import dev.heddle.actor.ActorRef;
import dev.heddle.actor.GroupExchange;
import dev.heddle.actor.OverflowPolicy;
import dev.heddle.actor.Reply;
import dev.heddle.actor.Subscription;
import dev.heddle.fixtures.EventContract;
import dev.heddle.fixtures.EventContract.Case;
import dev.heddle.fixtures.EventContract.Scene;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.Script;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Queue;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Promise Y1 for the events of what belongs to another loop. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
public class EventAgainAcrossLoopsTest {
  /** What is awaited across loops; its name stands in {@code EventAgainTest}, too. */
  public static final Set<String> EVENTS =
      Set.of(
          "ActorRef.put(Object)",
          "ActorRef.request(Function)",
          "ForeignEvent.on(Scheduler, Supplier)",
          "GroupExchange.put(Object)",
          "GroupLoop.event(Supplier)",
          "GroupTask.join()");

  @Parameter Kind kind;

  private final Map<String, Case> cases = new TreeMap<>();

  /** Does something on the home loop, and waits for it. */
  private static <T> T there(TestGroup g, Callable<T> work) throws Exception {
    return g.submit(0, "there", _ -> work.call()).get(LONG);
  }

  private static boolean put(TestGroup g, Queue<String> queue) throws Exception {
    return there(g, () -> queue.tryPut("item"));
  }

  private static void foreignEvents(TestGroup g, Map<String, Case> cases) {
    cases.put(
        "GroupLoop.event(Supplier)",
        new Case(
            REFUSED,
            _ -> {
              Queue<String> queue = there(g, Queue::fifo);
              return new Scene(g.loop(0).event(queue::get), _ -> put(g, queue));
            }));
    cases.put(
        "ForeignEvent.on(Scheduler, Supplier)",
        new Case(
            REFUSED,
            _ -> {
              Queue<String> queue = there(g, Queue::fifo);
              YieldEvent<String, ?> get = ForeignEvent.on(g.loop(0).scheduler(), queue::get);
              return new Scene(get, _ -> put(g, queue));
            }));
    cases.put(
        "GroupTask.join()",
        new Case(
            REFUSED,
            _ -> {
              Promise<String> promise = new Promise<>();
              GroupTask<String> task = g.submit(0, "joined", co -> co.await(promise));
              return new Scene(task.join(), _ -> promise.complete("x"));
            }));
  }

  /** An actor that takes a message when it is told to, and whose mailbox is full. */
  private void puts(TestGroup g, Map<String, Case> cases) {
    cases.put(
        "ActorRef.put(Object)",
        new Case(
            REFUSED,
            _ -> {
              Queue<String> permits = there(g, Queue::fifo);
              Actor<String> actor = there(g, () -> new Actor<>(g.loop(0).scheduler(), "full", 1));
              start(
                  g,
                  actor,
                  me -> {
                    while (me.await(permits.get()) != null) {
                      String _ = me.await(actor.receive());
                    }
                  });
              there(g, () -> actor.offer("first"));
              ActorRef<String> ref = there(g, actor::ref);
              return new Scene(ref.put("next"), _ -> put(g, permits));
            }));
  }

  /** An actor that keeps what it is asked. */
  private void requests(TestGroup g, Map<String, Case> cases) {
    cases.put(
        "ActorRef.request(Function)",
        new Case(
            REFUSED,
            _ -> {
              Actor<Reply<String>> actor =
                  there(g, () -> new Actor<>(g.loop(0).scheduler(), "keeps", 0));
              ArrayDeque<Reply<String>> asked = new ArrayDeque<>(); // the home loop's
              start(
                  g,
                  actor,
                  me -> {
                    while (me.await(actor.receive()) instanceof Reply<String> reply) {
                      asked.add(reply);
                    }
                  });
              ActorRef<Reply<String>> ref = there(g, actor::ref);
              return new Scene(ref.<String>request(reply -> reply), _ -> answer(g, asked));
            }));
  }

  /** Answers the asker who still waits. */
  private static void answer(TestGroup g, ArrayDeque<Reply<String>> asked) throws Exception {
    boolean _ =
        g.submit(
                0,
                "answers",
                co -> {
                  while (asked.isEmpty() || !asked.remove().complete("answer")) {
                    co.await(Task.yield());
                  }
                  return true;
                })
            .get(LONG);
  }

  private <M> void start(TestGroup g, Actor<M> actor, Script script) throws Exception {
    Scheduler home = g.loop(0).scheduler();
    Task<?> _ = there(g, () -> actor.start(home.daemons(), kind.body(script)));
  }

  private static void exchanges(TestGroup g, Map<String, Case> cases) {
    cases.put(
        "GroupExchange.put(Object)",
        new Case(
            REFUSED,
            _ -> {
              GroupExchange<String> exchange = new GroupExchange<>(g.group, "full", 1);
              Subscription<String> slow =
                  there(g, () -> exchange.subscribe(1, OverflowPolicy.WAIT));
              while (exchange.offer("before")) {
                var _ = there(g, () -> "it has arrived");
              }
              return new Scene(
                  exchange.put("next"),
                  _ -> {
                    var _ = g.submit(0, "takes", co -> co.await(slow.receive())).get(LONG);
                  });
            }));
  }

  @Holds("Y1")
  @Test
  void eachEventMeansItsOperationHoweverOftenItIsAwaited() {
    try (TestGroup g = new TestGroup(kind, 1)) {
      foreignEvents(g, cases);
      puts(g, cases);
      requests(g, cases);
      exchanges(g, cases);
      assertThat(new TreeSet<>(cases.keySet())).isEqualTo(new TreeSet<>(EVENTS));
      EventContract.checkAll(kind, cases);
    }
  }
}
