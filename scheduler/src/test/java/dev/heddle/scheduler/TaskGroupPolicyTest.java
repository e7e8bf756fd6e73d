package dev.heddle.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.fixtures.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link TaskGroup}: promises G7 and G8. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class TaskGroupPolicyTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  @Parameter Kind kind;

  private final VirtualTime time = new VirtualTime();
  private final List<Object> trace = new ArrayList<>();

  private Children children;

  @BeforeEach
  void children() {
    children = new Children(kind, trace);
  }

  @Test
  @Holds("G7")
  void startReturnsWhenTheChildIsReady() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              int port =
                  co.await(
                      group.start(
                          "server",
                          ready ->
                              Body.coroutine(
                                  server -> {
                                    server.await(Timers.sleep(SECOND));
                                    ready.ready(16000);
                                    server.await(Timers.sleep(SECOND));
                                    trace.add("server is through");
                                  })));
              trace.add(port);
              co.await(group.join());
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly(16000, "server is through");
  }

  @Test
  @Holds("G7")
  void aFailureBeforeReadinessReachesTheStarterAndNotTheGroup() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              assertThatThrownBy(
                      () ->
                          co.await(
                              group.start(
                                  "server",
                                  ready ->
                                      Body.coroutine(
                                          server -> {
                                            server.await(Timers.sleep(SECOND));
                                            throw new IOException("in use");
                                          }))))
                  .isInstanceOf(IOException.class)
                  .hasMessage("in use");
              assertThatThrownBy(
                      () -> co.await(group.start("ends", ready -> Body.coroutine(server -> {}))))
                  .hasMessageContaining("ended before it was ready");
              co.await(group.join());
              trace.add("joined");
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("joined");
  }

  @Test
  void aFailureThatASiblingHasJoinedFailsTheGroupAllTheSame() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              Task<?> fails = children.failing(group, "child", SECOND);
              kind.spawn(
                  group,
                  "joins",
                  sibling ->
                      assertThatThrownBy(() -> sibling.await(fails.join()))
                          .hasMessage("child failed"));
              children.sleeper(group, "sleeps", HOUR);
              assertThatThrownBy(() -> co.await(group.join())).hasMessage("child failed");
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("sleeps is cancelled");
  }

  @Test
  void whoNoLongerWaitsForReadinessCancelsTheChild() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              assertThatThrownBy(
                      () ->
                          co.await(
                              group
                                  .start(
                                      "server",
                                      ready ->
                                          Body.coroutine(
                                              server -> server.await(Timers.sleep(HOUR))))
                                  .within(SECOND)))
                  .isInstanceOf(TimeoutException.class);
              co.await(group.join());
              trace.add("joined");
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("joined");
  }

  @Test
  @Holds("G8")
  void ofAnyTheFirstSuccessCancelsTheRest() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.any()) {
              children.failing(group, "fails", SECOND.dividedBy(2));
              children.sleeper(group, "slow", HOUR);
              children.sleeper(group, "fast", SECOND);
              trace.add(co.await(group.join()).name());
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("fast is through", "slow is cancelled", "fast");
  }

  @Test
  void ifAllOfAnyFailTheFirstFailureIsThrown() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.any()) {
              children.failing(group, "late", SECOND.multipliedBy(2));
              children.failing(group, "early", SECOND);
              assertThatThrownBy(() -> co.await(group.join()))
                  .hasMessage("early failed")
                  .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
            }
          });
      scheduler.run();
    }
  }

  @Test
  @Holds("G8")
  void settleCollectsResultsAndFailuresInCompletionOrder() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.settle()) {
              children.sleeper(group, "slow", SECOND.multipliedBy(2));
              children.failing(group, "fails", SECOND);
              for (Task<?> task : co.await(group.join())) {
                trace.add(task.name() + " " + task.state());
              }
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("slow is through", "fails FAILED", "slow SUCCEEDED");
  }

  @Test
  @Holds("G8")
  void nextGivesEachChildWhenItHasEnded() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.all()) {
              children.sleeper(group, "b", SECOND.multipliedBy(2));
              children.sleeper(group, "a", SECOND);
              for (Task<?> t = co.await(group.next()); t != null; t = co.await(group.next())) {
                trace.add(t.name());
              }
              co.await(group.join());
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("a is through", "a", "b is through", "b");
  }

  @Test
  void theNextEndAndTheJoinOfAGroupMayBeArmsOfOneSelect() {
    try (Scheduler scheduler = kind.scheduler(time)) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.all()) {
              children.sleeper(group, "short", SECOND);
              children.sleeper(group, "long", SECOND.multipliedBy(2));
              trace.add(co.await(Select.any(group.next(), group.join())).index());
              trace.add(co.await(Select.any(group.join(), group.next())).index());
              co.await(group.join());
            }
          });
      scheduler.run();
    }
    assertThat(trace).containsExactly("short is through", 0, "long is through", 0);
  }

  @Test
  void readyBeforeTheChildIsStartedIsRefusedInWords() {
    try (Scheduler scheduler = kind.scheduler()) {
      kind.spawn(
          scheduler,
          "owner",
          co -> {
            try (var group = TaskGroup.open()) {
              assertThatThrownBy(
                      () ->
                          co.await(
                              group.start(
                                  "hasty",
                                  ready -> {
                                    ready.ready("too early");
                                    return Body.callable(() -> "never");
                                  })))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("before task 'hasty' was started");
              co.await(group.join());
            }
          });
      scheduler.run();
    }
  }
}
