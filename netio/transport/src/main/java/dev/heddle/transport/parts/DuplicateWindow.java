package dev.heddle.transport.parts;

import java.util.LinkedHashSet;
import java.util.Set;

/** The ids that came last. */
public final class DuplicateWindow {
  private final Set<String> ids = new LinkedHashSet<>();
  private final int most;

  /** How many came again. */
  private long duplicates;

  /** Remembers so many. */
  public DuplicateWindow(int most) {
    this.most = most;
  }

  /** Notes an id; false if it is among those that came last. */
  public boolean isNew(String id) {
    if (!ids.add(id)) {
      duplicates++;
      return false;
    }
    if (ids.size() > most) {
      var oldest = ids.iterator();
      oldest.next();
      oldest.remove();
    }
    return true;
  }

  /** Whether an id is among those that came last; counts it as one that came again. */
  public boolean isKnown(String id) {
    boolean known = ids.contains(id);
    duplicates += known ? 1 : 0;
    return known;
  }

  /** Whether an id is among those that came last. */
  public boolean has(String id) {
    return ids.contains(id);
  }

  /** How many were not new. */
  public long duplicates() {
    return duplicates;
  }
}
