package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.QueueShutdownException;
import java.io.EOFException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the tests of queues and pipes have children do. */
final class QueueJobs {
  private QueueJobs() {}

  /** Takes all there is, and gives the sum. */
  static final class Sum implements Job<String, Integer> {
    @Override
    public Integer run(String queue) throws Exception {
      ProcessQueue<Integer> numbers = Parent.queue(queue, Integer.class);
      int sum = 0;
      try {
        while (true) {
          sum += await(numbers.get());
          await(numbers.taskDone());
        }
      } catch (QueueShutdownException e) {
        return sum;
      }
    }
  }

  /** Takes until it takes a 0, which it puts back for the others, as the tutorial does. */
  static final class UntilSentinel implements Job<String, List<Integer>> {
    @Override
    public List<Integer> run(String queue) throws Exception {
      ProcessQueue<Integer> numbers = Parent.queue(queue, Integer.class);
      List<Integer> taken = new ArrayList<>();
      for (int n = await(numbers.get()); n != 0; n = await(numbers.get())) {
        taken.add(n);
      }
      await(numbers.put(0));
      return taken;
    }
  }

  static final class Produce implements Job<Integer, Integer> {
    @Override
    public Integer run(Integer count) throws Exception {
      ProcessQueue<Integer> numbers = Parent.queue("numbers", Integer.class);
      for (int i = 1; i <= count; i++) {
        await(numbers.put(i));
      }
      return count;
    }
  }

  /** Sends back what it receives, until there is no more. */
  static final class EchoPipe implements Job<String, String> {
    @Override
    public String run(String name) throws Exception {
      try (Channel<String> pipe = Parent.pipe(name, String.class)) {
        while (true) {
          await(pipe.send("echo " + await(pipe.recv())));
        }
      } catch (EOFException e) {
        return "done";
      }
    }
  }

  /** Polls for a while, says so, polls until something is there, and then once more at the end. */
  static final class PollPipe implements Job<String, List<String>> {
    @Override
    public List<String> run(String name) throws Exception {
      Channel<String> pipe = Parent.pipe(name, String.class);
      List<String> seen = new ArrayList<>();
      seen.add("" + await(pipe.poll(Duration.ZERO)));
      seen.add("" + await(pipe.poll(Duration.ofMillis(1))));
      await(pipe.send("nothing yet"));
      seen.add("" + await(pipe.poll(Duration.ofDays(1_000_000))));
      seen.add("" + await(pipe.poll(Duration.ZERO)));
      seen.add(await(pipe.recv()));
      await(pipe.send("taken"));
      seen.add("" + await(pipe.poll(Duration.ofHours(1))));
      try {
        seen.add(await(pipe.recv()));
      } catch (EOFException e) {
        seen.add("the end");
      }
      return seen;
    }
  }

  /** Cancels a task that waits for an item; then takes one itself. */
  static final class CancelledGet implements Job<String, String> {
    @Override
    public String run(String name) throws Exception {
      ProcessQueue<String> items = Parent.queue(name, String.class);
      ProcessQueue<String> control = Parent.queue("control", String.class);
      Scheduler scheduler = Task.current().scheduler();
      Task<String> waiting = scheduler.submit("waiting", () -> await(items.get()));
      await(Task.yield());
      await(Task.yield());
      waiting.cancel("changed its mind");
      while (!waiting.isDone()) {
        await(Task.yield());
      }
      await(control.put("cancelled"));
      return await(items.get()) + ", not " + waiting.state();
    }
  }

  /** Everything that must be refused, as the error's own words. */
  static final class Misuse implements Job<String, List<String>> {
    @Override
    @SuppressWarnings("unchecked")
    public List<String> run(String nothing) throws Exception {
      List<String> errors = new ArrayList<>();
      ProcessQueue<Integer> numbers = Parent.queue("numbers", Integer.class);
      attempt(errors, () -> await(numbers.taskDone()));
      attempt(errors, () -> await(Parent.queue("nowhere", Integer.class).get()));
      ProcessQueue<Object> others = (ProcessQueue<Object>) (ProcessQueue<?>) numbers;
      attempt(errors, () -> await(others.put("a string")));
      attempt(errors, () -> await(others.put(new Thread())));
      return errors;
    }

    private interface Attempt {
      void run() throws Exception;
    }

    private static void attempt(List<String> errors, Attempt attempt) {
      try {
        attempt.run();
        errors.add("nothing");
      } catch (Exception e) {
        errors.add(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  /** Takes an item, says so, and is never heard of again. */
  static final class TakeAndWait implements Job<String, String> {
    @Override
    public String run(String name) throws Exception {
      ProcessQueue<Integer> numbers = Parent.queue(name, Integer.class);
      await(numbers.get());
      return "" + await(numbers.get());
    }
  }

  /** Says something through a pipe, and then receives nothing and does not end. */
  static final class SayAndSleep implements Job<String, String> {
    @Override
    public String run(String name) throws Exception {
      await(Parent.pipe(name, String.class).send("ready"));
      await(Task.sleep(Duration.ofDays(1)));
      return "awake";
    }
  }
}
