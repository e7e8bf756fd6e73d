package dev.heddle.transport.parts;

import java.util.LinkedHashSet;
import java.util.Set;

/** The ids that came last. */
public final class DuplicateWindow {
  private final Set<String> ids = new LinkedHashSet<>();
  private final int most;

  /** Remembers so many. */
  public DuplicateWindow(int most) {
    this.most = most;
  }

  /** Notes an id; false if it is among those that came last. */
  public boolean isNew(String id) {
    if (!ids.add(id)) {
      return false;
    }
    if (ids.size() > most) {
      var oldest = ids.iterator();
      oldest.next();
      oldest.remove();
    }
    assert ids.size() <= most : ids.size();
    return true;
  }

  /** Whether an id is among those that came last. */
  public boolean has(String id) {
    return ids.contains(id);
  }
}
