package dev.heddle.samples.programs;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.CancelScope;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.sync.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Jobs, the most urgent first, done by a few workers. A job that fails or takes too long is tried
 * three times; what fails then is kept with its reason.
 */
final class JobQueue {
  /** A job, and how often it was tried. */
  record Job(String name, int urgency, int tries) {
    Job again() {
      return new Job(name, urgency, tries + 1);
    }
  }

  /** What is done with a job; it may wait by the awaiter. */
  interface Work {
    void run(Awaiter co, Job job) throws Exception;
  }

  private static final int MOST_TRIES = 3;
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final Queue<Job> jobs =
      Queue.priority("jobs", 0, Comparator.comparingInt(Job::urgency).reversed());
  private final Work work;
  final List<String> done = new ArrayList<>();
  final List<String> failed = new ArrayList<>();

  JobQueue(Work work) {
    this.work = work;
  }

  void add(String name, int urgency) {
    boolean _ = jobs.tryPut(new Job(name, urgency, 1)); // there is always room
  }

  /** Waits until all jobs are over, those that are added meanwhile too. */
  void run(Awaiter co, int workers) throws Exception {
    try (var group = TaskGroup.open()) {
      for (int i = 1; i <= workers; i++) {
        group.spawn("worker " + i, this::work);
      }
      co.await(jobs.join());
      group.cancel("all jobs are over");
      co.await(group.join());
    }
  }

  private void work(Awaiter co) throws Exception {
    while (true) {
      Job job = co.await(jobs.get());
      try {
        CancelScope.run(co, LIMIT, c -> work.run(c, job));
        done.add(job.name());
      } catch (Exception e) {
        if (job.tries() < MOST_TRIES) {
          boolean _ = jobs.tryPut(job.again());
        } else {
          failed.add(
              job.name() + ": " + (e instanceof TimeoutException ? "too long" : e.getMessage()));
        }
      }
      jobs.taskDone();
    }
  }
}
