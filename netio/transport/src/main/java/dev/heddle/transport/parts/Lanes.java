package dev.heddle.transport.parts;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.transport.Address;
import dev.heddle.transport.TransportLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a transport has for each address to which it sends, made at the first use. When there are as
 * many as may be, those to which nothing is under way are forgotten; those whose receiver was lost
 * only if there are no others, as puts there are then no more refused. After the end, and when
 * something is under way to each of these addresses, puts to another one are refused.
 *
 * @param <L> a {@link PutWindow}, or what has one
 */
public final class Lanes<L> {
  private static final Pattern ID = Pattern.compile("[!-~]{1,100}");

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

  /** {@code Transport.put}. */
  @CheckReturnValue
  public YieldEvent<@Nullable Void, IOException> put(Address to, @Nullable String id, byte[] body) {
    checkBody(body);
    if (id != null && !ID.matcher(id).matches()) {
      throw new IllegalArgumentException("id '" + id + "': must be 1 to 100 visible characters");
    }
    return new Sending.Put(this, Objects.requireNonNull(to, "address"), id, body);
  }

  /** {@code Transport.offer}. */
  @CheckReturnValue
  public boolean offer(Address to, byte[] body) throws IOException {
    checkBody(body);
    scheduler.checkInside("offer");
    return window(to).offer(body);
  }

  /** {@code Transport.request}. */
  @CheckReturnValue
  public YieldEvent<byte[], IOException> request(Address to, byte[] question, Duration deadline) {
    checkBody(question);
    if (to.isTopic()) {
      throw new IllegalArgumentException("cannot ask " + to + ": must be a queue");
    }
    if (!deadline.isPositive()) {
      throw new IllegalArgumentException("deadline " + deadline + ": must be positive");
    }
    return new Sending.Ask(scheduler, this, to, question, deadline);
  }

  private void checkBody(byte[] body) {
    checkBody(body, limits);
  }

  /** Refuses a body that is too long. */
  static void checkBody(byte[] body, TransportLimits limits) {
    Objects.requireNonNull(body, "body");
    if (body.length > limits.maxMessageBytes()) {
      throw new IllegalArgumentException(
          "a message of " + body.length + " bytes: must be 0 to " + limits.maxMessageBytes());
    }
  }

  /** The window of an address. */
  PutWindow window(Address to) {
    return windows.apply(at(to));
  }

  /** The window for a put that is awaited now. */
  PutWindow windowNow(String call, Address to) {
    scheduler.checkInside(call);
    return window(to);
  }

  /** The lane of an address; one that refuses all puts, and is not kept, if there can be none. */
  public L at(Address to) {
    L known = lanes.get(to);
    if (known != null) {
      return known;
    }
    L made = maker.apply(to);
    if (isFull()) {
      lanes
          .values()
          .removeIf(lane -> windows.apply(lane).isIdle() && windows.apply(lane).accepts());
    }
    if (isFull()) {
      lanes.values().removeIf(lane -> windows.apply(lane).isIdle());
    }
    if (end != null) {
      windows.apply(made).refuse(end);
    } else if (isFull()) {
      String why = to + " is one too many for " + transport + ": at most " + limits.maxAddresses();
      windows.apply(made).refuse(() -> new IOException(why));
    } else {
      lanes.put(to, made);
    }
    assert lanes.size() <= limits.maxAddresses() : transport;
    return made;
  }

  /** The lane of an address that was sent to; else null. */
  public @Nullable L known(Address to) {
    return lanes.get(to);
  }

  /** How many messages are under way to all addresses. */
  public int underWay() {
    return lanes.values().stream().mapToInt(lane -> windows.apply(lane).underWay()).sum();
  }

  private boolean isFull() {
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
