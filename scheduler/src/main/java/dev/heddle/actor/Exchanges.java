package dev.heddle.actor;

import dev.heddle.scheduler.Scheduler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Exchanges by name: who asks for a name first makes the exchange, all others get the same one.
 *
 * <pre>{@code
 * Exchanges exchanges = new Exchanges(scheduler);
 * Exchange<String> events = exchanges.named("events", String.class);
 * }</pre>
 *
 * <p>An object of its own and not a static table, so that two programs in one JVM, or two tests, do
 * not meet in it. Threads: as {@link Actor}.
 */
public final class Exchanges {
  private record TypedExchange<M>(Class<M> type, Exchange<M> exchange) {}

  private final Scheduler scheduler;
  private final Map<String, TypedExchange<?>> byName = new LinkedHashMap<>();

  /** No exchanges yet. */
  public Exchanges(Scheduler scheduler) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
  }

  /**
   * The exchange of this name.
   *
   * @param type of its messages; for a sealed type, the type itself
   * @throws IllegalArgumentException if the exchange of this name has messages of another type
   */
  @SuppressWarnings("unchecked") // the entry's type says so
  public <M> Exchange<M> named(String name, Class<M> type) {
    scheduler.checkInside("named");
    Objects.requireNonNull(type, "type");
    TypedExchange<?> entry =
        byName.computeIfAbsent(name, n -> new TypedExchange<>(type, new Exchange<M>(scheduler, n)));
    if (entry.type != type) {
      throw new IllegalArgumentException(
          entry.exchange.describe() + " is one of " + entry.type + ", not of " + type);
    }
    return (Exchange<M>) entry.exchange;
  }

  @Override
  public String toString() {
    return "exchanges " + byName.keySet();
  }
}
