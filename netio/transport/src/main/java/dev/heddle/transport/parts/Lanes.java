package dev.heddle.transport.parts;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.transport.Address;
import dev.heddle.transport.TransportLimits;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a transport has for each address to which it sends, made at the first use. After the end,
 * and when there are as many addresses as may be, puts to another address are refused.
 *
 * @param <L> a {@link PutWindow}, or what has one
 */
public final class Lanes<L> {
  private final Scheduler scheduler;
  private final Object transport;
  private final TransportLimits limits;
  private final Function<Address, L> maker;
  private final Function<L, PutWindow> windows;
  private final Map<Address, L> lanes = new LinkedHashMap<>();

  /** Why nothing can be put any more; null while something can. */
  private @Nullable Supplier<? extends IOException> end;

  /**
   * None yet.
   *
   * @param transport for messages
   * @param maker makes the lane of an address
   * @param windows gives the window of a lane
   */
  public Lanes(
      Scheduler scheduler,
      Object transport,
      TransportLimits limits,
      Function<Address, L> maker,
      Function<L, PutWindow> windows) {
    this.scheduler = scheduler;
    this.transport = transport;
    this.limits = limits;
    this.maker = maker;
    this.windows = windows;
  }

  /** Of windows alone. */
  public static Lanes<PutWindow> ofWindows(
      Scheduler scheduler,
      Object transport,
      TransportLimits limits,
      Function<Address, PutWindow> maker) {
    return new Lanes<>(scheduler, transport, limits, maker, window -> window);
  }

  /** The window of an address. */
  public PutWindow window(Address to) {
    return windows.apply(at(to));
  }

  /** The lane of an address; one that refuses all puts, and is not kept, if there can be none. */
  public L at(Address to) {
    scheduler.checkInside("put");
    L known = lanes.get(to);
    if (known != null) {
      return known;
    }
    L made = maker.apply(to);
    if (end != null) {
      windows.apply(made).refuse(end);
    } else if (isFull()) {
      String why = to + " is one too many for " + transport + ": at most " + limits.maxAddresses();
      windows.apply(made).refuse(() -> new IOException(why));
    } else {
      lanes.put(to, made);
    }
    return made;
  }

  /** The lane of an address that was sent to; else null. */
  public @Nullable L known(Address to) {
    return lanes.get(to);
  }

  /** Whether there are as many as may be. */
  public boolean isFull() {
    return lanes.size() >= limits.maxAddresses();
  }

  /** All that there are. */
  public Collection<L> all() {
    return Collections.unmodifiableCollection(lanes.values());
  }

  /** From now on, puts to all addresses fail with this, those that wait too. */
  public void end(Supplier<? extends IOException> why) {
    end = why;
    lanes.values().forEach(lane -> windows.apply(lane).refuse(why));
  }
}
