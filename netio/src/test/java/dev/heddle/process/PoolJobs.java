package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** What the tests of pools and single processes have children do. */
final class PoolJobs {
  private PoolJobs() {}

  private static String prepared = "not prepared";

  static String prepare(String with) {
    if (with.isEmpty()) {
      throw new IllegalArgumentException("nothing to prepare with");
    }
    prepared = with;
    return with;
  }

  static String prepared(String suffix) {
    return prepared + suffix;
  }

  static String times(String text, Integer count) {
    return text.repeat(count);
  }

  static int square(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("negative: " + n);
    }
    return n * n;
  }

  static long pid(int anything) {
    return ProcessHandle.current().pid();
  }

  static String waitForEver(String event) throws Exception {
    Parent.event(event).set();
    await(Parent.event("never").await());
    return "";
  }

  static int exit(int code) {
    System.exit(code);
    return code;
  }

  /** Sends on what it receives, and finds out that a one-way pipe goes one way. */
  static String oneWay(String name) throws Exception {
    Channel<byte[]> in = Parent.pipe(name + " in", byte[].class);
    Channel<byte[]> out = Parent.pipe(name + " out", byte[].class);
    await(out.send(await(in.recv())));
    try {
      await(in.send(new byte[0]));
      return "sent the wrong way";
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  static String getWithin(String queue) throws Exception {
    ProcessQueue<Integer> numbers = Parent.queue(queue, Integer.class);
    try {
      return "got " + await(numbers.get().within(Duration.ofMillis(10)));
    } catch (TimeoutException e) {
      Parent.event("timed out").set();
      return "timed out, then " + await(numbers.get());
    }
  }

  static String putWithin(String queue) throws Exception {
    ProcessQueue<Integer> numbers = Parent.queue(queue, Integer.class);
    try {
      await(numbers.put(2).within(Duration.ofMillis(10)));
      return "put";
    } catch (TimeoutException e) {
      Parent.event("timed out").set();
      await(numbers.put(3));
      return "timed out, then put";
    }
  }

  /** Says what a terminal would obey, and too much of it. */
  static int dieLoudly(int code) {
    System.err.println("\u001b[2J\u202e" + "x".repeat(10_000));
    Runtime.getRuntime().halt(code);
    return code;
  }

  static String environment(String name) {
    return System.getenv(name) + " " + System.getenv().size() + " " + System.getProperty(name);
  }

  static boolean assertions(int anything) {
    return PoolJobs.class.desiredAssertionStatus();
  }
}
