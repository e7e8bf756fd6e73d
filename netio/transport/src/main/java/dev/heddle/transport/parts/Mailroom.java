package dev.heddle.transport.parts;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.transport.Address;
import dev.heddle.transport.TransportClosedException;
import dev.heddle.transport.TransportLimits;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The receivers' side of a transport: a queue for each address. */
public final class Mailroom {
  /** The transport, as far as it has to hear of messages and receivers. */
  public interface Owner {
    /** A message is over: all who had to handle it have. */
    void handled(Parcel parcel);

    /** The first receiver has come to an address. */
    default void attended(AddressQueue queue) {}

    /** Another receiver has come to an address, or one of several has gone. */
    default void creditChanged(AddressQueue queue) {}

    /**
     * The last receiver has gone.
     *
     * @param reason what senders are to hear; null if nothing
     */
    default void unattended(AddressQueue queue, @Nullable String reason) {}
  }

  final Scheduler scheduler;
  final Owner owner;
  final String transport;
  final TransportLimits limits;
  private final Map<Address, AddressQueue> queues = new LinkedHashMap<>();
  private boolean closed;

  /** Whether no more messages come. */
  private boolean finished;

  /**
   * An empty one.
   *
   * @param transport its name, for messages
   */
  public Mailroom(Scheduler scheduler, String transport, TransportLimits limits, Owner owner) {
    this.scheduler = scheduler;
    this.transport = transport;
    this.limits = limits;
    this.owner = owner;
  }

  /**
   * The queue of an address, made at the first use. When there are as many as may be, those that
   * hold nothing and that nobody attends are forgotten: topics that were put to, queues whose
   * receiver was lost.
   *
   * @throws IOException if it is closed, or has too many addresses
   */
  public AddressQueue at(Address address) throws IOException {
    scheduler.checkInside("receiver");
    if (closed) {
      throw new TransportClosedException(transport + " is closed");
    }
    AddressQueue known = queues.get(address);
    if (known != null) {
      return known;
    }
    if (queues.size() == limits.maxAddresses()) {
      queues.values().removeIf(queue -> queue.held() == 0 && !queue.isAttended());
    }
    if (queues.size() == limits.maxAddresses()) {
      throw new IOException(
          address + " is one too many for " + transport + ": at most " + limits.maxAddresses());
    }
    AddressQueue made = new AddressQueue(this, address);
    queues.put(address, made);
    assert queues.size() <= limits.maxAddresses() : transport;
    return made;
  }

  /** The queue of an address that is in use; else null. */
  public @Nullable AddressQueue known(Address address) {
    return queues.get(address);
  }

  /** How many messages wait or are being handled at an address. */
  public int held(Address address) {
    AddressQueue queue = queues.get(address);
    return queue == null ? 0 : queue.held();
  }

  /** Begins to receive. */
  public Inbox receiver(Address address, int credit) throws IOException {
    if (credit < 1 || credit > limits.window()) {
      throw new IllegalArgumentException(
          "credit is " + credit + ": must be 1 to " + limits.window());
    }
    return at(address).receiver(credit);
  }

  /** Drops an address that nobody uses. */
  void forget(AddressQueue queue) {
    assert queue.held() == 0 && !queue.isAttended() : queue;
    queues.remove(queue.address(), queue);
  }

  /** Ends all receivers: they give null. */
  public void close() {
    if (!closed) {
      closed = true;
      List.copyOf(queues.values()).forEach(AddressQueue::end);
      assert held() == 0 : transport + " is closed and holds " + held() + " messages";
      queues.clear();
    }
  }

  /** No more messages come: receivers give what is there, and then null. */
  public void finish() {
    finished = true;
    queues.values().forEach(AddressQueue::finish);
  }

  boolean isFinished() {
    return finished;
  }

  /** How many messages wait or are being handled, at all addresses. */
  public int held() {
    return queues.values().stream().mapToInt(AddressQueue::held).sum();
  }

  /** All queues. */
  public List<AddressQueue> queues() {
    return List.copyOf(queues.values());
  }
}
