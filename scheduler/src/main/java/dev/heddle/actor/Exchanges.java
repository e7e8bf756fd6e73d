package dev.heddle.actor;

import dev.heddle.scheduler.Scheduler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Exchanges by name. The first caller that asks for a name makes the exchange; later callers get
 * the same one.
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
  private record TypedExchange<M>(Class<M> type, Exchange<M> exchange) {}

  private final Scheduler scheduler;
  private final Map<String, TypedExchange<?>> byName = new LinkedHashMap<>();

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
    TypedExchange<?> entry =
        byName.computeIfAbsent(name, n -> new TypedExchange<>(type, new Exchange<M>(scheduler, n)));
    if (entry.type != type) {
      throw new IllegalArgumentException(
          entry.exchange.describe() + " has messages of " + entry.type + ", not of " + type);
    }
    return (Exchange<M>) entry.exchange;
  }

  @Override
  public String toString() {
    return "exchanges " + byName.keySet();
  }
}
