package dev.heddle.actor;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Exchanges by name. The first caller that asks for a name makes the exchange; later callers get
 * the same one. An exchange that is closed gives up its name: who asks next makes a new one.
 *
 * <pre>{@code
 * Exchanges exchanges = new Exchanges(scheduler);
 * Exchange<String> events = exchanges.named("events", String.class);
 * }</pre>
 *
 * <p>This is an object and not a static table, so that two programs in one JVM, or two tests, do
 * not share exchanges by accident. Threads: as {@link Actor}.
 */
public final class Exchanges {
  private record TypedExchange<M>(Class<M> type, Exchange<M> exchange) {
    void meets(NamePattern<?> pattern) {
      if (!exchange.isClosed()) {
        pattern.meet(exchange, type);
      }
    }
  }

  private final Scheduler scheduler;
  private final Map<String, TypedExchange<?>> byName = new LinkedHashMap<>();

  /** Those who receive by name, in the order in which they subscribed. */
  private final Set<NamePattern<?>> patterns = new LinkedHashSet<>();

  /** Makes one without exchanges. */
  public Exchanges(Scheduler scheduler) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
  }

  /**
   * The exchange of this name.
   *
   * @param type the class of its messages; for a sealed type, the type itself
   * @throws IllegalArgumentException if the exchange of this name has messages of another type
   */
  @SuppressWarnings("unchecked") // the type was compared
  public <M> Exchange<M> named(String name, Class<M> type) {
    scheduler.checkInside("named");
    Objects.requireNonNull(type, "type");
    boolean isNew = !byName.containsKey(name);
    TypedExchange<?> entry =
        byName.computeIfAbsent(
            name,
            n ->
                new TypedExchange<>(
                    type, new Exchange<M>(scheduler, n, () -> byName.remove(name))));
    if (entry.type != type) {
      throw new IllegalArgumentException(
          entry.exchange.describe() + " has messages of " + entry.type + ", not of " + type);
    }
    if (isNew) {
      new ArrayList<>(patterns).forEach(entry::meets);
    }
    return (Exchange<M>) entry.exchange;
  }

  /**
   * Attaches a receiver to all exchanges whose names match, until the result is closed: to those
   * that are there, and to each that is made later. It gets the name of the exchange with each
   * message, which is what one needs for diagnosis.
   *
   * <pre>{@code
   * try (var _ =
   *     exchanges.subscribe(
   *         "orders.*", String.class, (name, order) -> System.out.println(name + ": " + order))) {
   *   exchanges.named("orders.paid", String.class).send("no 1");
   * }
   * }</pre>
   *
   * <p>It is served in its turn, as any receiver. If it throws, it is detached from that one
   * exchange.
   *
   * @param pattern a name, in which {@code *} stands for any characters, dots too, and {@code ?}
   *     for one; {@code "*"} is all exchanges
   * @param type the class of the messages; exchanges with other messages are left out, those of its
   *     subclasses are not
   * @param receiver gets the name of the exchange and the message
   */
  @CheckReturnValue
  public <T> Exchange.Attachment subscribe(
      String pattern, Class<T> type, BiConsumer<String, ? super T> receiver) {
    scheduler.checkInside("subscribe");
    NamePattern<T> wanted = new NamePattern<>(pattern, type, receiver);
    byName.values().forEach(entry -> entry.meets(wanted));
    patterns.add(wanted);
    return () -> {
      scheduler.checkInside("close");
      if (patterns.remove(wanted)) {
        wanted.leaveAll();
      }
    };
  }

  @Override
  public String toString() {
    return "exchanges " + byName.keySet();
  }
}
