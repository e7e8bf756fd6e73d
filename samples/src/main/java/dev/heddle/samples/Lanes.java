package dev.heddle.samples;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.pool.ThreadPool;
import dev.heddle.process.JobMethod;
import dev.heddle.process.JobType;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.List;

/** Three ways to do a job for each of many inputs; the results are in their order. */
record Lanes(ThreadPool threads, ProcessPool processes) implements AutoCloseable {

  static Lanes open(Scheduler scheduler) {
    return new Lanes(ThreadPool.platform("lane", 2), ProcessPool.open(scheduler, 2));
  }

  <A, R> List<R> inTurn(JobMethod<A, R> job, List<A> inputs) throws Exception {
    List<R> results = new ArrayList<>();
    for (A input : inputs) {
      results.add(job.run(input));
    }
    return results;
  }

  <A, R> List<R> byThreads(JobMethod<A, R> job, List<A> inputs) throws Exception {
    List<R> results = new ArrayList<>();
    try (var coming = threads.map(inputs, job::run, 4)) {
      while (coming.hasNext()) {
        results.add(await(coming.next()));
      }
    }
    return results;
  }

  <A, R> List<R> byProcesses(JobMethod<A, R> job, List<A> inputs) throws Exception {
    return await(processes.map(JobType.of(job), inputs));
  }

  @Override
  public void close() {
    threads.close();
    processes.close();
  }
}
