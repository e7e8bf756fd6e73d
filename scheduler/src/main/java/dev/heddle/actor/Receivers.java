package dev.heddle.actor;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The receivers of one {@link Exchange}, in the order in which they were attached. To add, remove
 * or find one takes the same time however many there are.
 *
 * <p>A receiver that is removed leaves its place empty, so that the places may be gone through
 * while receivers come and go: new ones get places at the end. {@link #sweep} takes the empty
 * places out, and must not be called meanwhile.
 *
 * <p>Invariant: each receiver has one place, and as many places are empty as there are more places
 * than receivers.
 */
final class Receivers<M> {
  /** Where a receiver stands; its place is empty once it was removed. */
  private static final class Place<M> {
    @Nullable Receiver<? super M> receiver;

    Place(Receiver<? super M> receiver) {
      this.receiver = receiver;
    }
  }

  private final IdentityHashMap<Receiver<? super M>, Place<M>> known = new IdentityHashMap<>();
  private final List<Place<M>> places = new ArrayList<>();

  int size() {
    return known.size();
  }

  /** Whether this very object is there. */
  boolean contains(Receiver<? super M> receiver) {
    return known.containsKey(receiver);
  }

  /** Adds a receiver at the end; false if it is there already. */
  boolean add(Receiver<? super M> receiver) {
    Place<M> fresh = new Place<>(receiver);
    if (known.putIfAbsent(receiver, fresh) != null) {
      return false;
    }
    places.add(fresh);
    return true;
  }

  /** Empties the receiver's place; false if it has none. */
  boolean remove(Receiver<? super M> receiver) {
    Place<M> left = known.remove(receiver);
    if (left == null) {
      return false;
    }
    left.receiver = null;
    return true;
  }

  /** Empties all places and gives who stood there, in order. */
  List<Receiver<? super M>> removeAll(boolean sweeps) {
    List<Receiver<? super M>> all = new ArrayList<>();
    for (Place<M> place : places) {
      if (place.receiver != null) {
        all.add(place.receiver);
        place.receiver = null;
      }
    }
    known.clear();
    if (sweeps) {
      sweep();
    }
    return all;
  }

  int places() {
    return places.size();
  }

  /** Who stands at a place; null if it is empty. */
  @Nullable Receiver<? super M> at(int place) {
    return places.get(place).receiver;
  }

  /** Takes the empty places out if more are empty than not: so a removal costs one step of it. */
  void sweep() {
    if (places.size() > 2 * known.size()) {
      places.removeIf(place -> place.receiver == null);
    }
    assert places.size() >= known.size() : known.size() + " receivers at " + places.size();
  }
}
