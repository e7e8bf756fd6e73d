package dev.heddle.scheduler;

import static dev.heddle.fixtures.EventContract.Second.NEVER_WAITS;
import static dev.heddle.fixtures.EventContract.Second.REFUSED;
import static dev.heddle.fixtures.EventContract.Second.WAITS_TOO;
import static dev.heddle.scheduler.EventAgainTest.add;
import static dev.heddle.scheduler.EventAgainTest.here;
import static dev.heddle.scheduler.EventAgainTest.inside;
import static dev.heddle.scheduler.EventAgainTest.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.actor.Actor;
import dev.heddle.actor.ActorScheduler;
import dev.heddle.actor.Exchange;
import dev.heddle.actor.OverflowPolicy;
import dev.heddle.actor.Reply;
import dev.heddle.actor.Subscription;
import dev.heddle.actor.Worker;
import dev.heddle.fixtures.EventContract.Scene;
import dev.heddle.pool.CancelPolicy;
import dev.heddle.pool.PollableQueue;
import dev.heddle.pool.ResultIterator;
import dev.heddle.pool.ThreadPool;
import dev.heddle.sync.Queue;
import java.util.List;
import java.util.concurrent.Callable;

/** The scenes of {@link EventAgainTest} in the rooms of queues, pools and actors. */
final class EventScenes {
  private EventScenes() {}

  static void queues() {
    add(
        "Queue.get()",
        WAITS_TOO,
        co -> {
          Queue<String> queue = Queue.fifo();
          return new Scene(queue.get(), t -> put(t, queue));
        });
    add(
        "Queue.put(Object)",
        WAITS_TOO,
        co -> {
          Queue<String> queue = Queue.fifo("full", 1);
          put(co, queue);
          return new Scene(
              queue.put("x"),
              t -> {
                Object _ = queue.tryGet();
              });
        });
    add(
        "Queue.join()",
        WAITS_TOO,
        co -> {
          Queue<String> queue = Queue.fifo();
          put(co, queue);
          return new Scene(
              queue.join(),
              t -> {
                String _ = t.await(queue.get());
                queue.taskDone();
              });
        });
    add(
        "PollableQueue.get()",
        REFUSED,
        co -> {
          PollableQueue<String> queue = new PollableQueue<>();
          return new Scene(queue.get(), t -> queue.put("x"));
        });
    add(
        "PollableQueue.join()",
        REFUSED,
        co -> {
          PollableQueue<String> queue = new PollableQueue<>();
          queue.put("x");
          return new Scene(
              queue.join(),
              t -> {
                String _ = t.await(queue.get());
                queue.taskDone();
              });
        });
  }

  static void pools() {
    add("ThreadPool.apply(Callable)", REFUSED, co -> work((pool, work) -> pool.apply(work)));
    add(
        "ThreadPool.apply(Callable, CancelPolicy)",
        REFUSED,
        co -> work((pool, work) -> pool.apply(work, CancelPolicy.INTERRUPT)));
    add(
        "ThreadPool.submit(Callable)",
        NEVER_WAITS,
        co -> {
          ThreadPool pool = ThreadPool.virtual("events", 2);
          return new Scene(pool.submit(() -> "x"), t -> {});
        });
    add(
        "ThreadPool.trySubmit(Callable)",
        WAITS_TOO,
        co -> work((pool, work) -> pool.trySubmit(work)));
    add(
        "ThreadPool.join()",
        REFUSED,
        co -> {
          java.util.concurrent.Semaphore gate = new java.util.concurrent.Semaphore(0);
          ThreadPool pool = ThreadPool.virtual("events", 2);
          Promise<?> _ =
              inside(
                  co,
                  () ->
                      pool.trySubmit(
                          () -> {
                            gate.acquire();
                            return "x";
                          }));
          pool.shutdown();
          return new Scene(pool.join(), t -> gate.release());
        });
    add(
        "ResultIterator.next()",
        REFUSED,
        co -> {
          java.util.concurrent.Semaphore gate = new java.util.concurrent.Semaphore(0);
          ThreadPool pool = ThreadPool.virtual("events", 2);
          ResultIterator<String> results =
              pool.map(
                  List.of("x", "x"),
                  item -> {
                    gate.acquire();
                    return item;
                  },
                  1);
          return new Scene(results.next(), t -> gate.release());
        });
  }

  private interface Work {
    YieldEvent<String, ?> of(ThreadPool pool, Callable<String> work) throws Exception;
  }

  /** Work that ends when it is let through. */
  private static Scene work(Work made) throws Exception {
    java.util.concurrent.Semaphore gate = new java.util.concurrent.Semaphore(0);
    ThreadPool pool = ThreadPool.virtual("events", 4);
    return new Scene(
        made.of(
            pool,
            () -> {
              gate.acquire();
              return "x";
            }),
        t -> gate.release(4));
  }

  static void actors() {
    actorsMessages();
    actorsAnswers();
    exchanges();
  }

  private static void actorsMessages() {
    add(
        "Actor.receive()",
        NEVER_WAITS,
        co -> {
          Actor<String> actor =
              inside(
                  co,
                  () -> {
                    Actor<String> made = new Actor<>(here(co), "a");
                    Task<?> _ = made.start(t -> twice(t, made.receive()));
                    return made;
                  });
          co.await(actor.put("x"));
          co.await(actor.put("x"));
          co.await(actor.join());
          return new Scene(Task.yield(), t -> {});
        });
    add(
        "ActorScheduler.receive(String)",
        NEVER_WAITS,
        co -> {
          ActorScheduler<String> actors = new ActorScheduler<>(here(co));
          Actor<String> actor =
              inside(co, () -> actors.start("a", t -> twice(t, actors.receive("a"))));
          co.await(actor.put("x"));
          co.await(actor.put("x"));
          co.await(actor.join());
          return new Scene(Task.yield(), t -> {});
        });
    add(
        "Actor.put(Object)",
        REFUSED,
        co -> {
          Queue<String> taken = Queue.fifo();
          Actor<String> actor = inside(co, () -> held(co, new Actor<>(here(co), "a", 1), taken));
          co.await(actor.put("first"));
          return new Scene(actor.put("x"), t -> put(t, taken));
        });
  }

  private static void actorsAnswers() {
    add(
        "Actor.ask(Function)",
        REFUSED,
        co -> {
          Queue<Reply<String>> asked = Queue.fifo();
          Actor<Reply<String>> actor = inside(co, () -> new Actor<>(here(co), "a"));
          Task<?> _ =
              inside(
                  co,
                  () ->
                      actor.start(
                          here(co).daemons(),
                          Body.coroutine(
                              t -> {
                                while (true) {
                                  t.await(asked.put(t.await(actor.receive())));
                                }
                              })));
          return new Scene(
              actor.<String>ask(reply -> reply),
              t -> {
                Reply<String> reply = t.await(asked.get());
                while (!reply.isWanted()) {
                  reply = t.await(asked.get());
                }
                Reply<String> wanted = reply;
                boolean _ = wanted.complete("x");
              });
        });
    add(
        "Actor.join()",
        WAITS_TOO,
        co -> {
          Actor<String> actor =
              inside(
                  co,
                  () -> {
                    Actor<String> made = new Actor<>(here(co), "a");
                    Task<?> _ = made.start(t -> assertThat(t.await(made.receive())).isNull());
                    return made;
                  });
          return new Scene(
              actor.join(),
              t -> {
                actor.close();
              });
        });
    add(
        "ActorScheduler.quiet()",
        WAITS_TOO,
        co -> {
          ActorScheduler<String> actors = new ActorScheduler<>(here(co));
          Queue<String> gate = Queue.fifo();
          Actor<String> actor =
              inside(
                  co,
                  () ->
                      actors.start(
                          "a",
                          t -> {
                            String _ = t.await(gate.get());
                            String _ = t.await(actors.receive("a"));
                          }));
          co.await(actor.put("x"));
          return new Scene(actors.quiet(), t -> put(t, gate));
        });
  }

  private static void exchanges() {
    add(
        "Exchange.put(Object)",
        REFUSED,
        co -> {
          Exchange<String> exchange = inside(co, () -> new Exchange<>(here(co), "e"));
          Subscription<String> full = inside(co, () -> exchange.subscribe(1, OverflowPolicy.WAIT));
          co.await(exchange.put("first"));
          return new Scene(
              exchange.put("x"),
              t -> {
                String _ = t.await(full.receive());
              });
        });
    add(
        "Subscription.receive()",
        REFUSED,
        co -> {
          Exchange<String> exchange = inside(co, () -> new Exchange<>(here(co), "e"));
          Subscription<String> subscription =
              inside(co, () -> exchange.subscribe(5, OverflowPolicy.WAIT));
          return new Scene(subscription.receive(), t -> t.await(exchange.put("x")));
        });
    add(
        "Worker.submit(Callable)",
        NEVER_WAITS,
        co -> {
          Worker worker = inside(co, () -> new Worker(here(co), "w"));
          Promise<String> job = inside(co, () -> worker.submit(() -> "x"));
          return new Scene(job, t -> {});
        });
    add(
        "Worker.join()",
        WAITS_TOO,
        co -> {
          Worker worker = inside(co, () -> new Worker(here(co), "w"));
          return new Scene(
              worker.join(),
              t -> {
                worker.close();
              });
        });
  }

  private static void twice(Awaiter co, YieldEvent<String, RuntimeException> receive) {
    assertThat(co.await(receive)).isEqualTo("x");
    assertThat(co.await(receive)).isEqualTo("x");
  }

  /** An actor that takes a message whenever it is let, or the end at once. */
  private static Actor<String> held(Awaiter co, Actor<String> actor, Queue<String> gate) {
    Task<?> _ =
        actor.start(
            here(co).daemons(),
            Body.coroutine(
                t -> {
                  while (true) {
                    String _ = t.await(gate.get());
                    String _ = t.await(actor.receive());
                  }
                }));
    return actor;
  }
}
