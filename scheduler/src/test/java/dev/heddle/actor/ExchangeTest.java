package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A2: who is attached, and what becomes of those that fail. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class ExchangeTest {
  @Parameter Kind kind;

  private final List<String> failed = new ArrayList<>();

  private Exchange<String> exchange(Troupe troupe) {
    return new Exchange<>(
        troupe.scheduler, "news", (receiver, failure) -> failed.add(failure.getMessage()));
  }

  @Test
  @Holds("A2")
  void theSameNameGivesTheSameExchange() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchanges exchanges = new Exchanges(troupe.scheduler);
      Exchange<String> news = exchanges.named("news", String.class);
      assertThat(exchanges.named("news", String.class)).isSameAs(news);
      assertThat(exchanges.named("views", String.class)).isNotSameAs(news);
      assertThat(news.name()).isEqualTo("news");
      assertThatThrownBy(() -> exchanges.named("news", Integer.class))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "exchange 'news' has messages of class java.lang.String, not of class"
                  + " java.lang.Integer");
      troupe.task(
          "finder",
          me -> assertThat(me.gets(() -> exchanges.named("news", String.class))).isSameAs(news));
      troupe.run();
    }
  }

  @Test
  void allWhoAreAttachedGetEachMessageInTheOrderOfTheirAttaching() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      Actor<String> actor = troupe.printer("actor");
      news.attach(message -> troupe.said.add("lambda: " + message));
      news.attach(actor);
      news.attach(actor.ref());
      troupe.task(
          "sender",
          me -> {
            me.does(() -> news.send("hello"));
            me.say("sent");
            me.does(actor::close);
          });
      assertThat(troupe.run())
          .containsExactly("lambda: hello", "sender: sent", "actor: hello", "actor: hello");
    }
  }

  @Test
  @Holds("A2")
  void attachingIsIdempotent() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      Receiver<String> receiver = troupe.said::add;
      news.attach(receiver);
      news.attach(receiver);
      news.send("once");
      assertThat(troupe.said).containsExactly("once");
      news.detach(receiver);
      news.send("nobody");
      assertThat(troupe.said).containsExactly("once");
      assertThat(news.receivers()).isZero();
    }
  }

  @Test
  @Holds("A2")
  void detachingAStrangerIsAnError() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      Actor<String> actor = new Actor<>(troupe.scheduler, "actor");
      assertThatThrownBy(() -> news.detach(actor))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("actor 'actor' (0 messages, is open) is not attached to exchange 'news'");
    }
  }

  @Test
  @Holds("A2")
  void subscribingDetachesOnEveryExit() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      Receiver<String> receiver = troupe.said::add;
      troupe.task(
          "in the usual way",
          me -> {
            Exchange.Attachment subscription = me.gets(() -> news.subscribe(receiver));
            assertThat(news.isAttached(receiver)).isTrue();
            me.does(subscription::close);
            assertThat(news.receivers()).isZero();
          });
      troupe.task(
          "by a failure",
          me ->
              assertThatThrownBy(
                      () ->
                          me.does(
                              () -> {
                                try (var _ = news.subscribe(receiver)) {
                                  throw new IllegalStateException("boom");
                                }
                              }))
                  .hasMessage("boom")
                  .hasNoSuppressedExceptions());
      troupe.task(
          "detached before",
          me ->
              me.does(
                  () -> {
                    try (var _ = news.subscribe(receiver)) {
                      news.detach(receiver);
                    }
                  }));
      troupe.run();
      assertThat(news.receivers()).isZero();
    }
  }

  @Test
  void subscribingDetachesWhenTheTaskIsCancelled() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      Task<?> task =
          troupe.task(
              "subscriber",
              me -> {
                Exchange.Attachment subscription = me.gets(() -> news.subscribe(troupe.said::add));
                try {
                  me.yields(100);
                } finally {
                  me.does(subscription::close);
                }
              });
      troupe.task(
          "canceller",
          me -> {
            me.yields(2);
            me.does(() -> news.send("seen"));
            me.does(() -> task.cancel("enough"));
          });
      assertThat(troupe.run()).containsExactly("seen");
      assertThat(news.receivers()).isZero();
    }
  }

  @Test
  @Holds("A2")
  void oneFailingReceiverStopsNoOtherIsDetachedAndVisible() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      Actor<String> ended = new Actor<>(troupe.scheduler, "ended");
      ended.close();
      news.attach(
          message -> {
            throw new IllegalStateException("cannot read");
          });
      news.attach(ended);
      news.attach(
          message -> {
            throw new StackOverflowError("deep");
          });
      news.attach(troupe.said::add);
      news.send("one");
      news.send("two");
      assertThat(troupe.said).containsExactly("one", "two");
      assertThat(failed)
          .containsExactly("cannot read", "cannot send to actor 'ended': it is closed", "deep");
      assertThat(news.receivers()).isEqualTo(1);
    }
  }

  @Test
  void anActorWhoseMailboxIsFullIsDetached() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      Actor<String> slow = new Actor<>(troupe.scheduler, "slow", 2);
      news.attach(slow);
      List.of("a", "b", "c", "d").forEach(news::send);
      assertThat(slow.size()).isEqualTo(2);
      assertThat(news.isAttached(slow)).isFalse();
      assertThat(failed)
          .containsExactly("cannot send to actor 'slow': its mailbox is full (limit 2)");
    }
  }

  @Test
  void whatAReceiverSendsComesAfterTheMessageForAll() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      news.attach(
          message -> {
            if (message.length() < 3) {
              news.send(message + "+");
            }
          });
      news.attach(troupe.said::add);
      news.send("a");
      assertThat(troupe.said).containsExactly("a", "a+", "a++");
    }
  }

  /** As a recursion this would need a stack of some hundred megabytes. */
  @Test
  void aReceiverThatSendsOnNeedsNoStack() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<Integer> hops = new Exchange<>(troupe.scheduler, "hops");
      int[] seen = {0};
      hops.attach(
          n -> {
            seen[0]++;
            if (n > 0) {
              hops.send(n - 1);
            }
          });
      hops.send(100_000);
      assertThat(seen[0]).isEqualTo(100_001);
    }
  }

  @Test
  void aReceiverMayDetachItselfAndOthersWhileAMessageIsOnItsWay() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      Receiver<String> last = message -> troupe.said.add("last: " + message);
      Receiver<String> added = message -> troupe.said.add("added: " + message);
      news.attach(
          new Receiver<>() {
            @Override
            public void send(String message) {
              troupe.said.add("first: " + message);
              news.detach(this);
              news.detach(last);
              news.attach(added);
            }
          });
      news.attach(last);
      news.send("a");
      news.send("b");
      assertThat(troupe.said).containsExactly("first: a", "added: b");
      assertThat(failed).isEmpty();
    }
  }

  @Test
  void aClosedExchangeTakesNothing() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      news.attach(troupe.said::add);
      assertThat(news.isClosed()).isFalse();
      news.close();
      news.close();
      assertThat(news.isClosed()).isTrue();
      assertThatThrownBy(() -> news.send("late"))
          .isInstanceOf(ReceiverClosedException.class)
          .hasMessage("cannot send to exchange 'news': it is closed");
      assertThatThrownBy(() -> news.attach(troupe.said::add))
          .isInstanceOf(ReceiverClosedException.class)
          .hasMessage("cannot attach to exchange 'news': it is closed");
      assertThat(troupe.said).isEmpty();
    }
  }

  @Test
  void aForeignThreadIsRefused() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = exchange(troupe);
      Exchanges exchanges = new Exchanges(troupe.scheduler);
      assertThatThrownBy(() -> Foreign.run(() -> news.send("x")))
          .isInstanceOf(WrongThreadException.class);
      assertThatThrownBy(() -> Foreign.run(() -> exchanges.named("news", String.class)))
          .isInstanceOf(WrongThreadException.class);
    }
  }
}
