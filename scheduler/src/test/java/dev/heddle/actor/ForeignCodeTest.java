package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Receivers, handlers and questions are not ours: what they do concerns nobody else. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
@Holds({"A2", "A4", "O6"})
class ForeignCodeTest {
  @Parameter Kind kind;

  private final List<Object> trace = new ArrayList<>();
  private final List<String> reported = new ArrayList<>();

  private Scheduler scheduler() {
    return kind.builder()
        .failureReporter((name, thrown) -> reported.add(name + ": " + thrown.getMessage()))
        .build();
  }

  @Test
  void aFailureHandlerThatThrowsIsReportedAndTheOthersGetTheMessage() {
    Scheduler scheduler = scheduler();
    Exchange<String> news =
        new Exchange<>(
            scheduler,
            "news",
            (receiver, failure) -> {
              throw new AssertionError("a broken handler");
            });
    news.attach(
        message -> {
          throw new StackOverflowError("a broken receiver");
        });
    news.attach(trace::add);
    kind.spawn(
        scheduler,
        "sender",
        co -> {
          news.send("one");
          news.send("two");
        });
    scheduler.run();
    assertThat(trace).containsExactly("one", "two");
    assertThat(reported)
        .containsExactly("the failure handler of exchange 'news': a broken handler");
    assertThat(news.receivers()).isEqualTo(1);
  }

  @Test
  void aReceiverCannotSwallowTheCancellationOfItsSenderAndStaysAttached() {
    Scheduler scheduler = scheduler();
    Exchange<String> news = new Exchange<>(scheduler, "news");
    news.attach(message -> Task.await(Task.sleep(java.time.Duration.ofDays(1))));
    news.attach(trace::add);
    Task<?> sender =
        scheduler.spawn(
            "sender",
            () -> {
              try {
                news.send("one");
              } catch (Cancelled cancelled) {
                trace.add(cancelled.reason());
                throw cancelled;
              }
            });
    scheduler.spawn(
        "canceller",
        () -> {
          Task.await(Task.yield());
          boolean _ = sender.cancel("enough");
        });
    scheduler.run();
    assertThat(trace).containsExactly("one", "enough");
    assertThat(sender.state()).isEqualTo(Task.State.CANCELLED);
    assertThat(news.receivers()).isEqualTo(2);
    assertThat(reported).isEmpty();
  }

  @Test
  void aClosedExchangeGivesUpItsName() {
    Scheduler scheduler = scheduler();
    Exchanges exchanges = new Exchanges(scheduler);
    Exchange<String> first = exchanges.named("news", String.class);
    first.close();
    assertThat(exchanges).hasToString("exchanges []");
    Exchange<Integer> second = exchanges.named("news", Integer.class);
    first.close();
    assertThat(exchanges.named("news", Integer.class)).isSameAs(second).isNotSameAs(first);
    scheduler.close();
  }

  /** Each message would search all receivers for each of them, and copy them at each change. */
  @Test
  void aMessageToTwentyThousandReceiversCostsItsDeliveries() {
    Scheduler scheduler = scheduler();
    Exchange<Integer> news = new Exchange<>(scheduler, "news");
    int[] received = {0};
    List<Exchange.Attachment> attachments = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      attachments.add(news.subscribe(message -> received[0] += message));
    }
    for (int i = 0; i < 300; i++) {
      news.send(1);
    }
    assertThat(received[0]).isEqualTo(300 * 20_000);
    attachments.forEach(Exchange.Attachment::close);
    assertThat(news.receivers()).isZero();
    scheduler.close();
  }

  @Test
  void manyFullSubscriptionsHoldSendersBackUntilTheLastOfThemHasRoom() {
    Scheduler scheduler = scheduler();
    Exchange<Integer> news = new Exchange<>(scheduler, "news");
    List<Subscription<Integer>> all = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      all.add(news.subscribe(1, OverflowPolicy.WAIT));
    }
    kind.spawn(
        scheduler,
        "sender",
        co -> {
          for (int i = 1; i <= 3; i++) {
            co.await(news.put(i));
          }
          news.close();
        });
    int[] sum = {0};
    for (Subscription<Integer> subscription : all) {
      kind.spawn(
          scheduler,
          "receiver",
          co -> {
            for (Integer n = co.await(subscription.receive());
                n != null;
                n = co.await(subscription.receive())) {
              sum[0] += n;
            }
          });
    }
    scheduler.run();
    assertThat(sum[0]).isEqualTo(3_000 * 6);
    assertThat(reported).isEmpty();
  }

  private record Question(Reply<Integer> reply) {}

  @Test
  void aThreadThatAsksAnActorWhichIsNeverStartedIsToldAtTheEndOfTheScheduler() throws Exception {
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    try (Scheduler scheduler = scheduler()) {
      Actor<Question> open = new Actor<>(scheduler, "open");
      Actor<Question> closed = new Actor<>(scheduler, "closed");
      for (Actor<Question> actor : List.of(open, closed)) {
        ActorRef<Question> ref = actor.ref();
        Foreign.run(
            () -> {
              answers.add(ref.ask(Question::new));
            });
      }
      closed.close();
      kind.spawn(scheduler, "other", co -> co.await(Task.yield()));
      scheduler.run();
      assertThat(answers).noneMatch(CompletableFuture::isDone);
    }
    for (CompletableFuture<Integer> answer : answers) {
      assertThatThrownBy(answer::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(ReceiverClosedException.class)
          .hasMessageEndingWith("it was never started");
    }
  }

  @Test
  void anActorThatIsStartedAfterItsClosingAnswersWhatItWasAskedBefore() throws Exception {
    try (Scheduler scheduler = scheduler()) {
      Actor<Question> actor = new Actor<>(scheduler, "late");
      ActorRef<Question> ref = actor.ref();
      CompletableFuture<Integer> answer = ref.ask(Question::new);
      actor.close();
      kind.spawn(scheduler, "other", co -> co.await(Task.yield()));
      scheduler.run();
      Task<?> _ =
          actor.start(
              scheduler,
              kind.body(
                  co -> {
                    while (co.await(actor.receive()) instanceof Question question) {
                      boolean _ = question.reply.complete(42);
                    }
                  }));
      scheduler.run();
      assertThat(answer.get()).isEqualTo(42);
    }
  }

  @Test
  void aQuestionThatCannotBeMadeConcernsOnlyWhoAsks() {
    Scheduler scheduler = scheduler();
    Actor<Question> actor = new Actor<>(scheduler, "actor");
    Task<?> _ =
        actor.start(
            scheduler,
            kind.body(
                co -> {
                  while (co.await(actor.receive()) instanceof Question question) {
                    boolean _ = question.reply.complete(42);
                  }
                }));
    kind.spawn(
        scheduler,
        "asker",
        co -> {
          assertThatThrownBy(
                  () ->
                      co.await(
                          actor.ask(
                              reply -> {
                                throw new AssertionError("a broken question");
                              })))
              .hasMessage("a broken question");
          assertThatThrownBy(() -> co.await(actor.<Integer>ask(reply -> null)))
              .isInstanceOf(NullPointerException.class);
          trace.add(co.await(actor.ask(Question::new)));
          actor.close();
        });
    scheduler.run();
    assertThat(trace).containsExactly(42);
    assertThat(reported).isEmpty();
  }
}
