package dev.heddle.transport;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the suites of transports have in common: how two ends are opened, and a test is run. */
@ParameterizedClass
@MethodSource("dev.heddle.transport.TransportKit#kinds")
public abstract class TransportKit {
  /** Two ends of a transport, that may be one object. */
  public record Ends(Transport sender, Transport receiver, Runnable cut) {}

  /** Each style once. */
  static Stream<Kind> kinds() {
    return Kind.eachOnce();
  }

  /** A test, in a task. */
  @FunctionalInterface
  protected interface Play {
    void run(Awaiter co, Ends ends) throws Exception;
  }

  protected static final TransportLimits LIMITS = new TransportLimits(10_000, 16, 50, 1_000);
  protected static final Address KIT_QUEUE = Address.queue("kit.queue");
  protected static final Address KIT_TOPIC = Address.topic("kit.topic");
  protected static final Duration LONG = Duration.ofSeconds(50);
  protected static final Duration SHORT = Duration.ofMillis(50);

  @Parameter protected Kind kind;
  protected Scheduler scheduler;

  /** Opens two ends, ready for messages from the one to the other. */
  protected abstract Ends open(Awaiter co) throws Exception;

  /** Called after the test, when the ends are closed. */
  protected void closed(Awaiter co) throws Exception {}

  /** Runs a test that needs these promises. */
  protected final void play(Play play, Guarantee... needed) {
    play(kind.scheduler(), play, needed);
  }

  /** The same in a scheduler of the test's own, which is closed then. */
  protected final void play(Scheduler own, Play play, Guarantee... needed) {
    AtomicReference<Throwable> failure =
        new AtomicReference<>(); // a skipped test is none to report
    try (Scheduler made = own) {
      scheduler = made;
      kind.spawn(
          made,
          "test",
          co -> {
            try {
              play(co, play, needed);
            } catch (Exception | AssertionError e) {
              failure.set(e);
            }
          });
      made.run();
    }
    if (failure.get() != null) {
      throw TransportKit.<RuntimeException>sneaky(failure.get());
    }
  }

  private void play(Awaiter co, Play play, Guarantee... needed) throws Exception {
    Ends ends = open(co);
    try {
      for (Guarantee promise : needed) {
        assumeTrue(
            ends.sender().guarantees().contains(promise),
            ends.sender().name() + " does not promise " + promise);
      }
      play.run(co, ends);
    } finally {
      ends.sender().close();
      ends.receiver().close();
      closed(co);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  protected static String text(Delivery delivery) {
    return new String(delivery.body(), StandardCharsets.UTF_8);
  }

  protected static Delivery next(Awaiter co, MessageReceiver receiver) throws Exception {
    return co.await(receiver.receive().within(LONG));
  }

  protected static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
  }

  /** Receives and acknowledges so many. */
  protected static List<String> take(Awaiter co, MessageReceiver receiver, int count)
      throws Exception {
    List<String> got = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Delivery delivery = next(co, receiver);
      got.add(text(delivery));
      delivery.acknowledge();
    }
    return got;
  }

  /** Whether a message could be put, if it must be within a moment. */
  protected static boolean putsSoon(Awaiter co, Transport sender, Address to) throws Exception {
    try {
      co.await(sender.put(to, bytes("more")).within(Duration.ofMillis(300)));
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** A task that puts so many, {@code m0} first. */
  protected final Task<?> putting(Transport sender, Address to, int count) {
    return kind.submit(
        scheduler,
        "putter",
        co -> {
          for (String message : numbered(count)) {
            co.await(sender.put(to, bytes(message)).within(LONG));
          }
          return null;
        });
  }

  /** Waits until what was asked for at the receiver's end is known at the sender's. */
  protected void settled(Awaiter co, Ends ends) throws Exception {}
}
