package dev.heddle.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A resource that a task holds, and where the task acquired it.
 *
 * @param resource what the task holds
 * @param acquiredAt the lines of the task's body, innermost first; empty if they were not recorded,
 *     see {@link SchedulerBuilder#recordSites}
 */
public record HeldResource(Resource resource, List<StackTraceElement> acquiredAt) {

  /**
   * What one task holds, longest held first. Mostly that is one thing or two. With many, a table
   * knows the place of each, and a place that becomes free in the middle stays free for a while: so
   * any number of things may be let go in any order, each in constant time.
   */
  static final class Holdings {
    /** Up to this number they are looked through. */
    private static final int FEW = 32;

    /** Null where something was let go, if there are many. */
    private final ArrayList<@Nullable Resource> held = new ArrayList<>(2);

    /** Where each was acquired, if that is recorded: then as long as {@link #held}. */
    private @Nullable ArrayList<List<StackTraceElement>> sites;

    /** The last place of each, if there are many; else null. */
    private @Nullable IdentityHashMap<Resource, Integer> places;

    /** At each place, the highest order up to it, or more; only if there are many. */
    private long[] highest = {};

    /** How many places are not free. */
    private int size;

    void add(Resource resource, @Nullable List<StackTraceElement> site) {
      held.add(resource);
      size++;
      if (site != null) {
        sites = sites == null ? new ArrayList<>(2) : sites;
        sites.add(site);
      }
      if (places != null) {
        index(places, held.size() - 1, resource);
      } else if (size > FEW) {
        indexAll();
      }
    }

    private void indexAll() {
      IdentityHashMap<Resource, Integer> all = new IdentityHashMap<>();
      for (int place = 0; place < held.size(); place++) {
        index(all, place, Objects.requireNonNull(held.get(place)));
      }
      places = all;
    }

    private void index(IdentityHashMap<Resource, Integer> table, int place, Resource resource) {
      if (place >= highest.length) {
        highest = Arrays.copyOf(highest, Math.max(2 * FEW, 2 * place));
      }
      long before = place == 0 ? Resource.UNORDERED : highest[place - 1];
      highest[place] = Math.max(before, resource.order());
      table.put(resource, place);
    }

    /** Of one that is held twice, the last place becomes free; does nothing if it is not held. */
    void remove(Resource resource) {
      int place = places == null ? lastPlace(resource) : places.getOrDefault(resource, -1);
      if (place < 0) {
        return;
      }
      size--;
      if (places == null || place == held.size() - 1) {
        removeAt(place);
      } else {
        held.set(place, null);
        if (sites != null) {
          sites.set(place, List.of());
        }
      }
      if (places != null) {
        forget(places, resource);
      }
      assert size >= 0 && size <= held.size() : size + " of " + held.size();
    }

    private void forget(IdentityHashMap<Resource, Integer> table, Resource resource) {
      table.remove(resource);
      if (table.size() < size) { // something is held twice
        int before = lastPlace(resource);
        if (before >= 0) {
          table.put(resource, before);
        }
      }
      while (!held.isEmpty() && held.getLast() == null) {
        removeAt(held.size() - 1);
      }
      if (held.size() > 2 * size + FEW) {
        closeUp();
      }
    }

    private int lastPlace(Resource resource) {
      int place = held.size() - 1;
      while (place >= 0 && held.get(place) != resource) {
        place--;
      }
      return place;
    }

    private void removeAt(int place) {
      held.remove(place);
      if (sites != null) {
        sites.remove(place);
      }
    }

    /** More than half of the places are free: the others move up. */
    private void closeUp() {
      int to = 0;
      for (int from = 0; from < held.size(); from++) {
        if (held.get(from) != null) {
          held.set(to, held.get(from));
          if (sites != null) {
            sites.set(to, sites.get(from));
          }
          to++;
        }
      }
      held.subList(to, held.size()).clear();
      if (sites != null) {
        sites.subList(to, sites.size()).clear();
      }
      places = null;
      if (size > FEW) {
        indexAll();
      }
    }

    /** Whether something is held whose order is higher. */
    boolean isAbove(long order) {
      int last = held.size() - 1;
      if (places == null) {
        return held.stream().anyMatch(each -> each != null && each.order() > order);
      }
      if (last < 0 || highest[last] <= order) {
        return false;
      }
      indexAgain(); // the highest may have been let go
      return highest[last] > order;
    }

    private void indexAgain() {
      long before = Resource.UNORDERED;
      for (int place = 0; place < held.size(); place++) {
        Resource resource = held.get(place);
        before = resource == null ? before : Math.max(before, resource.order());
        highest[place] = before;
      }
    }

    List<Resource> resources() {
      List<Resource> all = new ArrayList<>(size);
      for (Resource resource : held) {
        if (resource != null) {
          all.add(resource);
        }
      }
      return List.copyOf(all);
    }

    /** What is held for the shortest time, at most so many, longest held first. */
    List<HeldResource> last(int most) {
      List<HeldResource> last = new ArrayList<>();
      for (int place = held.size() - 1; place >= 0 && last.size() < most; place--) {
        Resource resource = held.get(place);
        if (resource != null) {
          last.add(new HeldResource(resource, siteOf(place)));
        }
      }
      return List.copyOf(last.reversed());
    }

    private List<StackTraceElement> siteOf(int place) {
      return sites == null || place >= sites.size() ? List.of() : sites.get(place);
    }
  }
}
