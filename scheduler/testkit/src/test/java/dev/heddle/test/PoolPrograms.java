package dev.heddle.test;

import static dev.heddle.test.PrimitivePrograms.check;
import static dev.heddle.test.PrimitivePrograms.each;
import static dev.heddle.test.PrimitivePrograms.spawn;

import dev.heddle.pool.CancelPolicy;
import dev.heddle.pool.PoolClosedException;
import dev.heddle.pool.TaskExecutor;
import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Those of {@link PrimitivePrograms} in which work leaves the loop, or comes to it: executors,
 * pools, queues between schedulers.
 *
 * <p>This file is long because it is a list of programs of one kind.
 */
final class PoolPrograms {
  private PoolPrograms() {}

  static void addTo(Map<String, ExplorerBody> all) {
    all.put("TaskExecutor: shut down", PoolPrograms::executor);
    all.put("TaskExecutor: again and again", PoolPrograms::executorPeriodic);
    all.put("TaskExecutor: a future is cancelled", PoolPrograms::executorCancelled);
    all.put("ThreadPool: two at once", PoolPrograms::poolLimit);
    all.put("ThreadPool: in order", PoolPrograms::poolOrder);
    all.put("ThreadPool: room for the next", PoolPrograms::poolRoom);
    all.put("ThreadPool: callers are cancelled", PoolPrograms::poolCancelled);
    all.put("ThreadPool: a promise is cancelled", PoolPrograms::promiseCancelled);
    all.put("ThreadPool: closed", PoolPrograms::poolClosed);
    all.put("ThreadPool: closed before the end", PoolPrograms::poolClosedBeforeTheEnd);
    all.put("ThreadPool: closed by another scheduler", PoolPrograms::poolClosedByAnother);
    all.put("ThreadPool: shut down", PoolPrograms::poolShutDown);
    all.put("PollableQueue: on two schedulers", PollableQueuePrograms::pollableQueue);
    all.put("PollableQueue: shut down", PollableQueuePrograms::pollableQueueShutDown);
    all.put("PollableQueue: a getter's scheduler ends", PollableQueuePrograms::pollableQueueLeft);
  }

  // Executors.

  private static void executor(Simulation sim) throws Exception {
    TaskExecutor executor = TaskExecutor.on(sim.scheduler());
    int[] ran = new int[1];
    spawn(
        sim,
        "submits",
        co -> {
          for (int i = 0; i < 3; i++) {
            executor.execute(
                () -> {
                  Task.await(Task.yield());
                  check(!executor.isTerminated(), "it has ended before its jobs");
                  ran[0]++;
                });
          }
          co.await(Task.yield());
          executor.shutdown();
        });
    sim.run();
    check(ran[0] == 3, ran[0] + " have run");
    check(executor.isTerminated(), "it has not ended");
  }

  private static void executorCancelled(Simulation sim) throws Exception {
    TaskExecutor executor = TaskExecutor.on(sim.scheduler());
    int[] begun = new int[1];
    int[] ended = new int[1];
    spawn(
        sim,
        "submits",
        co -> {
          Future<?> future =
              executor.submit(
                  () -> {
                    begun[0]++;
                    Task.await(Task.yield());
                    ended[0]++;
                  });
          co.await(Task.yield());
          boolean cancelled = future.cancel(false);
          sim.sometimes(cancelled && begun[0] == 1, "it was cancelled while it ran");
          executor.shutdown();
          check(executor.isTerminated() == (begun[0] == ended[0]), "it ends while its job runs");
        });
    sim.run();
    check(ended[0] == begun[0], "a job that has begun was stopped, and was not to be interrupted");
    check(executor.isTerminated(), "it has not ended");
  }

  private static void executorPeriodic(Simulation sim) throws Exception {
    TaskExecutor executor = TaskExecutor.on(sim.scheduler());
    int[] ran = new int[1];
    Future<?>[] last = new Future<?>[1];
    spawn(
        sim,
        "schedules",
        co -> {
          var future =
              executor.scheduleAtFixedRate(
                  () -> {
                    ran[0]++;
                    if (ran[0] == 3) {
                      executor.shutdown();
                    }
                  },
                  1,
                  1,
                  TimeUnit.SECONDS);
          last[0] = future;
          co.await(Timers.sleep(Duration.ofMillis(1_500)));
          check(ran[0] <= 1 || sim.clock().elapsed().toSeconds() >= 2, "it ran early");
          check(!future.isDone() || ran[0] == 3, "it has ended early");
        });
    sim.run();
    check(ran[0] == 3, ran[0] + " runs");
    check(sim.clock().elapsed().toSeconds() == 3, "it ended after " + sim.clock().elapsed());
    check(last[0] != null && last[0].isCancelled(), "who waits for its future waits for ever");
    check(executor.isTerminated(), "it has not ended");
  }

  // Pools.

  /**
   * A pool whose threads are tasks of another host: the explorer chooses when each of them goes on,
   * and what they say to the test's tasks goes through the inbox, as a thread's word does. A thread
   * of this pool ends when there is no work for it; idle ones, which park, cannot be had like that.
   */
  private static ThreadPool pool(Simulation sim, int threads, int queued) throws Exception {
    Machine machine = new Machine();
    sim.network().host("machine").start(machine::run);
    Constructor<ThreadPool> made =
        ThreadPool.class.getDeclaredConstructor(
            String.class, ThreadFactory.class, boolean.class, int.class, int.class);
    made.setAccessible(true);
    ThreadFactory factory = work -> new TaskThread(machine, work);
    return made.newInstance("p", factory, false, threads, queued);
  }

  /** Where the threads of a pool run; all of a simulation take turns, so it needs no lock. */
  private static final class Machine {
    private final List<Runnable> early = new ArrayList<>();
    private @Nullable Scheduler scheduler;

    void run(Awaiter co) {
      scheduler = Scheduler.current();
      early.forEach(this::start);
      co.await(new Event("the end of the run").await());
    }

    void start(Runnable thread) {
      Scheduler mine = scheduler;
      if (mine == null) {
        early.add(thread);
      } else {
        boolean _ = mine.runInside(() -> mine.spawn("thread", () -> thread.run()));
      }
    }
  }

  private static final class TaskThread extends Thread {
    private final Machine machine;
    private final Runnable work;

    TaskThread(Machine machine, Runnable work) {
      this.machine = machine;
      this.work = work;
    }

    @Override
    public void start() {
      machine.start(work);
    }
  }

  /** Work that others can come between. */
  private static <T> Callable<T> work(Runnable begins, T result) {
    return () -> {
      begins.run();
      Task.await(Task.yield());
      return result;
    };
  }

  private static void poolLimit(Simulation sim) throws Exception {
    ThreadPool pool = pool(sim, 2, 1);
    int[] inside = new int[1];
    each(
        sim,
        List.of("A", "B", "C", "D"),
        (co, name) -> {
          String result =
              co.await(
                  pool.apply(
                      () -> {
                        inside[0]++;
                        check(inside[0] <= 2, inside[0] + " run at once");
                        Task.await(Task.yield());
                        inside[0]--;
                        return name;
                      }));
          check(result.equals(name), name + " got the result of " + result);
        });
    spawn(
        sim,
        "looks",
        co -> {
          co.await(Task.yield());
          check(pool.toString().matches(".*\\([012] running, [01] queued.*"), pool.toString());
        });
    sim.run();
    spawn(sim, "joins", co -> co.await(pool.join()));
    sim.run();
    check(pool.toString().contains("(0 running, 0 queued, 0 waiting"), pool + " at the end");
  }

  private static void poolOrder(Simulation sim) throws Exception {
    ThreadPool pool = pool(sim, 1, 2);
    List<String> asked = new ArrayList<>();
    List<String> begun = new ArrayList<>();
    each(
        sim,
        List.of("A", "B", "C", "D"),
        (co, name) -> {
          asked.add(name);
          Promise<String> promise = co.await(pool.submit(work(() -> begun.add(name), name)));
          check(asked.size() - begun.size() <= 4, "more wait than there is room for");
          check(co.await(promise).equals(name), "it is the result of another one");
        });
    sim.run();
    check(begun.equals(asked), "asked by " + asked + ", begun by " + begun);
  }

  /** Work that runs as long as others have no room shows that they get room. */
  private static void poolRoom(Simulation sim) throws Exception {
    ThreadPool pool = pool(sim, 1, 1);
    Promise<Boolean> stop = new Promise<>();
    List<String> begun = new ArrayList<>();
    spawn(sim, "A", co -> co.await(pool.apply(() -> Task.await(stop))));
    Event runs = new Event("A runs");
    Task<?> b =
        sim.scheduler()
            .spawn(
                "B",
                co -> {
                  co.await(Task.yield());
                  runs.set();
                  String _ = co.await(pool.apply(work(() -> begun.add("B"), "B")));
                });
    Task<?> d =
        sim.scheduler()
            .spawn(
                "D",
                co -> {
                  co.await(runs.await());
                  String _ = co.await(pool.apply(work(() -> begun.add("D"), "D")));
                });
    spawn(
        sim,
        "C",
        co -> {
          co.await(runs.await());
          Promise<String> promise = co.await(pool.submit(work(() -> begun.add("C"), "C")));
          boolean _ = stop.complete(true); // so A runs until C has room
          check(co.await(promise).equals("C"), "not the result of C");
        });
    spawn(
        sim,
        "cancels both",
        co -> {
          co.await(runs.await());
          co.await(Task.yield());
          boolean _ = d.cancel("not needed");
          boolean _ = b.cancel("C needs the room");
        });
    sim.run();
    spawn(sim, "joins", co -> co.await(pool.join()));
    sim.run();
    check(begun.contains("C"), "begun: " + begun);
    check(b.state() != Task.State.CANCELLED || !begun.contains("B"), "B was cancelled, and begins");
  }

  private static void poolCancelled(Simulation sim) throws Exception {
    ThreadPool pool = pool(sim, 1, 1);
    List<String> begun = new ArrayList<>();
    List<String> got = new ArrayList<>();
    boolean[] interrupted = new boolean[1];
    for (String name : List.of("A", "B", "C")) {
      CancelPolicy policy = name.equals("A") ? CancelPolicy.INTERRUPT : CancelPolicy.ABANDON;
      Task<?> task =
          sim.scheduler()
              .spawn(
                  name,
                  co -> {
                    boolean[] over = new boolean[1];
                    try {
                      got.add(
                          co.await(
                              pool.apply(
                                  () -> {
                                    check(!over[0], name + " begins after its cancellation");
                                    begun.add(name);
                                    for (int turn = 0; turn < 2; turn++) {
                                      Task.await(Task.yield());
                                      if (Thread.interrupted()) {
                                        interrupted[0] = true;
                                        throw new InterruptedException();
                                      }
                                    }
                                    check(
                                        !over[0] || policy == CancelPolicy.ABANDON,
                                        name + " goes on after its cancellation");
                                    return name;
                                  },
                                  policy)));
                    } catch (InterruptedException e) {
                      throw new AssertionError("it hears of the interrupt of its work", e);
                    } finally {
                      over[0] = true;
                    }
                    co.await(Task.yield());
                  });
      if (!name.equals("C")) {
        sim.mayCancel(task);
      }
    }
    sim.run();
    spawn(sim, "joins", co -> co.await(pool.join()));
    sim.run();
    sim.sometimes(interrupted[0], "the work of A is interrupted");
    check(got.contains("C"), "C has no result: " + got);
    check(begun.containsAll(got), "results of what has not begun");
  }

  private static void promiseCancelled(Simulation sim) throws Exception {
    ThreadPool pool = pool(sim, 1, 2);
    List<String> begun = new ArrayList<>();
    Task<?> b =
        sim.scheduler()
            .spawn(
                "B",
                co -> {
                  Promise<String> promise = co.await(pool.submit(work(() -> begun.add("B"), "B")));
                  boolean unbegun = !begun.contains("B");
                  boolean cancelled = promise.cancel();
                  co.await(pool.join());
                  check(!cancelled || !unbegun || !begun.contains("B"), "begins all the same");
                });
    sim.mayCancel(b);
    each(
        sim,
        List.of("A", "C"),
        (co, name) -> {
          Promise<String> promise = co.await(pool.submit(work(() -> begun.add(name), name)));
          check(co.await(promise).equals(name), "it is the result of another one");
        });
    sim.run();
    check(begun.containsAll(List.of("A", "C")), "begun: " + begun);
  }

  private static void poolClosed(Simulation sim) throws Exception {
    ThreadPool pool = pool(sim, 1, 1);
    Promise<Boolean> never = new Promise<>();
    int[] refused = new int[1];
    boolean[] closed = new boolean[1];
    each(
        sim,
        List.of("A", "B", "C", "D"),
        (co, name) -> {
          try {
            if (name.equals("D")) {
              boolean _ = co.await(co.await(pool.submit(() -> Task.await(never))));
            } else {
              boolean _ =
                  co.await(
                      pool.apply(
                          () -> {
                            check(!closed[0], "work begins in a closed pool");
                            return Task.await(never);
                          }));
            }
          } catch (PoolClosedException e) {
            refused[0]++;
          }
        });
    spawn(
        sim,
        "closes",
        co -> {
          co.await(Task.yield());
          pool.close();
          closed[0] = true;
          try {
            boolean _ = co.await(pool.apply(() -> true));
            throw new AssertionError("a closed pool has taken work");
          } catch (PoolClosedException expected) {
            refused[0]++;
          }
        });
    sim.run();
    check(refused[0] == 5, refused[0] + " have heard of it");
    boolean _ = never.complete(true); // it does not heed the interrupt
    spawn(sim, "joins", co -> co.await(pool.join()));
    sim.run();
  }

  private static void poolClosedBeforeTheEnd(Simulation sim) throws Exception {
    ThreadPool pool = pool(sim, 1, 1);
    boolean[] closed = new boolean[1];
    each(
        sim,
        List.of("A", "B"),
        (co, name) -> {
          boolean[] late = new boolean[1];
          try {
            int _ =
                co.await(
                    pool.apply(
                        () -> {
                          try {
                            Task.await(Task.yield());
                          } finally {
                            late[0] = closed[0];
                          }
                          return 1;
                        }));
            check(!late[0], "a result of work that has ended after the pool was closed");
          } catch (PoolClosedException e) {
            check(closed[0], "refused too early");
          }
        });
    spawn(
        sim,
        "closes",
        co -> {
          co.await(Task.yield());
          closed[0] = true;
          pool.close();
          co.await(pool.join());
        });
    sim.run();
  }

  /** The work may end after the pool was closed and before its caller hears of that. */
  private static void poolClosedByAnother(Simulation sim) throws Exception {
    ThreadPool pool = pool(sim, 1, 1);
    boolean[] closed = new boolean[1];
    boolean[] late = new boolean[1];
    spawn(
        sim,
        "A",
        co -> {
          try {
            int _ =
                co.await(
                    pool.apply(
                        () -> {
                          for (int turn = 0; turn < 2; turn++) {
                            Task.await(Task.yield());
                          }
                          late[0] = closed[0];
                          return 1;
                        }));
            check(!late[0], "a result of work that has ended after the pool was closed");
          } catch (PoolClosedException e) {
            check(closed[0], "refused too early");
          }
        });
    sim.network()
        .host("closes")
        .start(
            co -> {
              co.await(Task.yield());
              closed[0] = true;
              pool.close();
            });
    sim.run();
  }

  private static void poolShutDown(Simulation sim) throws Exception {
    ThreadPool pool = pool(sim, 1, 1);
    int[] done = new int[1];
    int[] refused = new int[1];
    each(
        sim,
        List.of("A", "B", "C"),
        (co, name) -> {
          try {
            int one = co.await(pool.apply(work(() -> {}, 1)));
            done[0] += one;
          } catch (PoolClosedException e) {
            check(pool.isShutdown(), "refused too early");
            refused[0]++;
          }
        });
    spawn(
        sim,
        "shuts down",
        co -> {
          co.await(Task.yield());
          pool.shutdown();
          int before = done[0] + refused[0];
          co.await(pool.join());
          check(done[0] + refused[0] >= before, "a result is lost");
          try {
            Promise<Boolean> _ = pool.trySubmit(() -> true);
            throw new AssertionError("it has taken work after that");
          } catch (PoolClosedException expected) {
            refused[0]++;
          }
        });
    sim.run();
    check(done[0] + refused[0] == 4, done[0] + " done, " + refused[0] + " refused");
  }
}
