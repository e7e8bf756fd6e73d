package dev.heddle.actor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What happens when an actor crashes, which is when its body throws: it is restarted, stopped, or
 * the crash is left to the owner of its task. After the supervisors of Erlang and Akka.
 *
 * <pre>{@code
 * Supervision supervision =
 *     Supervision.restart()
 *         .withLimit(5, Duration.ofMinutes(1))
 *         .withBackOff(Duration.ofMillis(100), Duration.ofSeconds(10))
 *         .when(IllegalStateException.class, Supervision.Directive.STOP);
 * account.start(
 *     co -> {
 *       while (co.await(account.receive()) instanceof Command command) {
 *         System.out.println(command); // what this throws, the supervision decides about
 *       }
 *     },
 *     supervision);
 * }</pre>
 *
 * <p>A restart runs the body from its beginning, in the same task: local variables are as new, the
 * mailbox keeps its messages, the actor its name and references, and who joins it waits on. The
 * message that it was handling is not handled again, and its asker gets a {@link
 * ReceiverClosedException} with the crash as its cause; so does each asker whose question the actor
 * has received and not answered.
 *
 * <p>Each crash that the owner does not get is reported to the {@link
 * dev.heddle.scheduler.SchedulerBuilder#failureReporter}. A cancellation is no crash. Supervisions
 * never change, and may be used for any number of actors.
 */
public final class Supervision {
  private static final int DEFAULT_RESTARTS = 10;
  private static final Duration DEFAULT_WINDOW = Duration.ofMinutes(1);

  /** What to do about a crash. */
  public enum Directive {
    /** Run the body again, from its beginning. */
    RESTART,
    /** End the actor as if its body had returned. */
    STOP,
    /**
     * Let the actor's task fail with the crash, as without supervision: a task group is told, and
     * {@link Actor#join} throws it.
     */
    ESCALATE
  }

  private record Rule(Class<? extends Throwable> crash, Directive directive) {}

  private final Directive otherwise;
  private final List<Rule> rules;
  private final int maxRestarts;
  private final Duration window;
  private final Duration firstPause;
  private final Duration longestPause;

  private Supervision(
      Directive otherwise,
      List<Rule> rules,
      int maxRestarts,
      Duration window,
      Duration firstPause,
      Duration longestPause) {
    this.otherwise = otherwise;
    this.rules = rules;
    this.maxRestarts = maxRestarts;
    this.window = window;
    this.firstPause = firstPause;
    this.longestPause = longestPause;
  }

  private static Supervision of(Directive otherwise) {
    return new Supervision(
        otherwise, List.of(), DEFAULT_RESTARTS, DEFAULT_WINDOW, Duration.ZERO, Duration.ZERO);
  }

  /** Restarts after a crash, at once, at most 10 times a minute. */
  public static Supervision restart() {
    return of(Directive.RESTART);
  }

  /** Stops the actor at a crash. */
  public static Supervision stop() {
    return of(Directive.STOP);
  }

  /** Leaves a crash to the owner of the actor's task. */
  public static Supervision escalate() {
    return of(Directive.ESCALATE);
  }

  /**
   * How often the actor may be restarted. One crash more within the time is escalated. Default: 10
   * times a minute.
   *
   * @param restarts 0 or more
   * @param within how long a restart counts; positive
   * @throws IllegalArgumentException if an argument is out of its range
   */
  public Supervision withLimit(int restarts, Duration within) {
    check(restarts >= 0, "restarts", restarts, "0 or more");
    check(within.isPositive(), "within", within, "positive");
    return new Supervision(otherwise, rules, restarts, within, firstPause, longestPause);
  }

  /**
   * Waits before each restart: the first time in the window of the {@link #withLimit limit} so
   * long, and each further time twice as long. Messages wait in the mailbox. Default: no wait.
   *
   * @param first positive
   * @param longest no wait is longer; not less than the first
   * @throws IllegalArgumentException if an argument is out of its range
   */
  public Supervision withBackOff(Duration first, Duration longest) {
    check(first.isPositive(), "first", first, "positive");
    check(longest.compareTo(first) >= 0, "longest", longest, "at least " + first);
    return new Supervision(otherwise, rules, maxRestarts, window, first, longest);
  }

  /**
   * Makes an exception from the rule. Of several exceptions that fit a crash, the one that was
   * added first decides.
   *
   * @param crash the class of the crash, which includes its subclasses
   */
  public Supervision when(Class<? extends Throwable> crash, Directive directive) {
    Objects.requireNonNull(crash, "crash");
    Objects.requireNonNull(directive, "directive");
    List<Rule> more = new ArrayList<>(rules);
    more.add(new Rule(crash, directive));
    return new Supervision(
        otherwise, List.copyOf(more), maxRestarts, window, firstPause, longestPause);
  }

  private static void check(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
    }
  }

  Directive directiveFor(Throwable crash) {
    for (Rule rule : rules) {
      if (rule.crash.isInstance(crash)) {
        return rule.directive;
      }
    }
    return otherwise;
  }

  int maxRestarts() {
    return maxRestarts;
  }

  Duration window() {
    return window;
  }

  /** How long to wait before a restart, when there were so many in the window before. */
  Duration pauseAfter(int restarts) {
    Duration pause = firstPause;
    for (int i = 0; i < restarts; i++) {
      if (pause.compareTo(longestPause.minus(pause)) >= 0) {
        return longestPause; // twice the pause might be more than a Duration can be
      }
      pause = pause.plus(pause);
    }
    return pause;
  }

  @Override
  public String toString() {
    return "supervision: "
        + otherwise
        + (rules.isEmpty() ? "" : " but " + rules)
        + ", at most "
        + maxRestarts
        + " restarts in "
        + window;
  }
}
