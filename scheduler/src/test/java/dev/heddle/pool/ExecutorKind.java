package dev.heddle.pool;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/** The executors that {@link ExecutorContractTest} holds to the contract; the JDK's checks it. */
record ExecutorKind(String name, Callable<Running> maker) {

  /** An executor, and what is to be done when the test is over. */
  record Running(ScheduledExecutorService executor, Foreign.Action end) {}

  static Stream<ExecutorKind> all() {
    List<ExecutorKind> kinds = new ArrayList<>();
    kinds.add(
        new ExecutorKind(
            "the JDK's", () -> new Running(Executors.newScheduledThreadPool(8), () -> {})));
    kinds.add(
        new ExecutorKind("own loop", () -> new Running(TaskExecutor.create("contract"), () -> {})));
    for (Engine engine : Kind.engines()) {
      kinds.add(new ExecutorKind("on a scheduler, " + engine, () -> onScheduler(engine)));
    }
    return kinds.stream();
  }

  private static Running onScheduler(Engine engine) throws Exception {
    Promise<Void> end = new Promise<>();
    FutureTask<Scheduler> maker =
        new FutureTask<>(
            () -> {
              Scheduler scheduler =
                  Scheduler.builder().engine(engine).failureReporter((_, _) -> {}).build();
              scheduler.spawn("keeper", co -> co.await(end));
              return scheduler;
            });
    FutureTask<Void> loop =
        Foreign.start(
            "loop",
            () -> {
              maker.run();
              try (Scheduler scheduler = maker.get()) {
                scheduler.run();
              }
            });
    return new Running(
        TaskExecutor.on(Foreign.get(maker)),
        () -> {
          var _ = end.complete(null);
          var _ = Foreign.get(loop);
        });
  }

  @Override
  public String toString() {
    return name;
  }
}
