package dev.heddle.transport.parts;

import dev.heddle.transport.Address;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages at one address, and who receives them.
 *
 * <p>Invariants: a message that waits is waited for by no receiver that has credit; it is one of
 * those that are held, each of which is over once. Nobody is lost while somebody receives.
 */
public final class AddressQueue {
  private final Mailroom mailroom;
  private final Address address;

  /** Messages of a queue that wait, by their numbers; those of a topic wait in the inboxes. */
  private final NavigableMap<Long, Parcel> ready = new TreeMap<>();

  /** The receivers; the one that is served next comes first. */
  private final List<Inbox> inboxes = new ArrayList<>();

  /** Why the last receiver was lost; null if it was not, or somebody is here. */
  private @Nullable String lost;

  private long numbers;

  /** Messages that wait or are being handled. */
  private int held;

  AddressQueue(Mailroom mailroom, Address address) {
    this.mailroom = mailroom;
    this.address = address;
  }

  /** Its address. */
  public Address address() {
    return address;
  }

  /** Messages that wait or are being handled. */
  public int held() {
    return held;
  }

  /** Whether somebody receives here. */
  public boolean isAttended() {
    return !inboxes.isEmpty();
  }

  /** Why the last receiver was lost; null if it was not, or somebody is here. */
  public @Nullable String lost() {
    return lost;
  }

  /** The credit of all receivers together. */
  public int credit() {
    return inboxes.stream().mapToInt(Inbox::credit).sum();
  }

  /** A message has arrived. Whether there is room for it is the transport's business. */
  public void add(Parcel parcel) {
    parcel.number = numbers++;
    held++;
    if (!address.isTopic()) {
      ready.put(parcel.number, parcel);
      if (lost != null) {
        failQuestions(lost);
      }
      serve();
      return;
    }
    List<Inbox> all = List.copyOf(inboxes);
    parcel.copies = all.size();
    if (all.isEmpty()) {
      over(parcel);
    }
    all.forEach(inbox -> inbox.add(parcel));
    assert valid() : this;
  }

  Inbox receiver(int credit) {
    Inbox made = new Inbox(this, credit);
    inboxes.add(made);
    lost = null;
    assert valid() : this;
    if (inboxes.size() == 1) {
      mailroom.owner.attended(this);
    } else {
      mailroom.owner.creditChanged(this);
    }
    return made;
  }

  /** Gives the messages that wait to receivers that wait, in turn. */
  private void serve() {
    boolean served = true;
    while (served && !ready.isEmpty()) {
      served = false;
      for (Inbox inbox : inboxes) {
        if (inbox.isHungry()) {
          inbox.give();
          inboxes.remove(inbox);
          inboxes.add(inbox); // the others come first now
          served = true;
          break;
        }
      }
    }
    assert valid() : this;
  }

  /** The messages that a receiver takes from. */
  NavigableMap<Long, Parcel> ready() {
    return ready;
  }

  /** A receiver has handled it. */
  void handled(Parcel parcel) {
    assert parcel.copies > 0 : parcel.id() + " at " + this + " is handled once too often";
    if (--parcel.copies == 0) {
      over(parcel);
    }
  }

  private void over(Parcel parcel) {
    held--;
    assert held >= ready.size() : this;
    mailroom.owner.handled(parcel);
  }

  /** Messages of a queue come back, to be delivered again. */
  void back(List<Parcel> parcels) {
    for (Parcel parcel : parcels) {
      assert parcel.copies == 1 : parcel.id() + " comes back to " + this + " although it is over";
      parcel.setRedelivered();
      ready.put(parcel.number, parcel);
    }
    serve();
  }

  /** Takes out what waits: the transport has another place for it. */
  public List<Parcel> drain() {
    List<Parcel> drained = List.copyOf(ready.values());
    held -= drained.size();
    ready.clear();
    assert valid() : this;
    return drained;
  }

  void closed(Inbox inbox, List<Parcel> unhandled, @Nullable String reason) {
    inboxes.remove(inbox);
    if (inboxes.isEmpty() && reason != null) {
      unhandled.forEach(parcel -> ready.put(parcel.number, parcel));
      failQuestions(reason);
      unhandled = unhandled.stream().filter(parcel -> ready.containsKey(parcel.number)).toList();
    }
    back(unhandled);
    if (inboxes.isEmpty()) {
      lost = reason;
      mailroom.owner.unattended(this, reason);
      if (held == 0 && reason == null) {
        mailroom.forget(this);
      }
    } else {
      mailroom.owner.creditChanged(this);
    }
  }

  private void failQuestions(String reason) {
    for (Parcel parcel : List.copyOf(ready.values())) {
      Parcel.Answer answer = parcel.answer();
      if (answer != null && ready.remove(parcel.number) != null) {
        answer.fail(reason, true);
        handled(parcel);
      }
    }
  }

  /** Nothing can be received here: who receives gets this, until the receiver is closed. */
  public void fail(Supplier<? extends IOException> why) {
    List.copyOf(inboxes).forEach(inbox -> inbox.fail(why));
  }

  /** No more messages come. */
  void finish() {
    List.copyOf(inboxes).forEach(Inbox::finish);
  }

  /** The transport was closed. */
  void end() {
    List<Inbox> all = List.copyOf(inboxes);
    inboxes.clear();
    ready.clear();
    held = 0;
    all.forEach(Inbox::end);
  }

  Mailroom mailroom() {
    return mailroom;
  }

  /** The invariants. */
  private boolean valid() {
    return held >= ready.size()
        && (lost == null || inboxes.isEmpty())
        && (ready.isEmpty() || (!address.isTopic() && inboxes.stream().noneMatch(Inbox::isHungry)));
  }

  @Override
  public String toString() {
    return address + " (" + ready.size() + " ready of " + held + ", " + inboxes + ")";
  }
}
