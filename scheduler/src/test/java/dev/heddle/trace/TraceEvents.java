package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A file in the trace event format, as a viewer reads it. */
final class TraceEvents {
  private final List<Map<String, Object>> events = new ArrayList<>();

  /** The names of the tracks, by process and thread. */
  private final Map<String, String> names = new HashMap<>();

  @SuppressWarnings("unchecked") // it is an array of objects, or the test fails
  static TraceEvents parse(String json) {
    Map<String, Object> whole = (Map<String, Object>) JsonReader.parse(json);
    TraceEvents parsed = new TraceEvents();
    for (Object each : (List<Object>) whole.get("traceEvents")) {
      Map<String, Object> event = (Map<String, Object>) each;
      parsed.events.add(event);
      if (event.get("name").equals("thread_name")) {
        parsed.names.put(place(event), "" + ((Map<?, ?>) event.get("args")).get("name"));
      }
    }
    return parsed;
  }

  private static String place(Map<String, Object> event) {
    return event.get("pid") + "/" + event.get("tid");
  }

  private static double at(Map<String, Object> event) {
    return ((Number) event.get("ts")).doubleValue();
  }

  private static double end(Map<String, Object> event) {
    return at(event) + ((Number) event.get("dur")).doubleValue();
  }

  private List<Map<String, Object>> of(String phase) {
    return events.stream().filter(event -> event.get("ph").equals(phase)).toList();
  }

  int slices() {
    return of("X").size();
  }

  /**
   * Each track has a name; slices of a track nest; stalls alone are red; each arrow has two ends,
   * each in a slice.
   */
  void checkForm() {
    Map<String, Deque<Map<String, Object>>> around = new HashMap<>();
    for (Map<String, Object> slice : of("X")) {
      assertThat(names).containsKey(place(slice));
      assertThat(at(slice)).isNotNegative();
      assertThat(end(slice)).isGreaterThanOrEqualTo(at(slice));
      assertThat("terrible".equals(slice.get("cname")))
          .as("red: %s", slice)
          .isEqualTo(slice.get("cat").equals("stall"));
      Deque<Map<String, Object>> open =
          around.computeIfAbsent(place(slice), _ -> new ArrayDeque<>());
      while (!open.isEmpty() && end(open.peek()) <= at(slice) + 1e-6) {
        open.pop();
      }
      if (!open.isEmpty()) {
        assertThat(end(slice))
            .as("%s in %s", slice, open.peek())
            .isLessThanOrEqualTo(end(open.peek()) + 1e-6);
      }
      open.push(slice);
    }
    assertThat(of("f")).hasSameSizeAs(of("s"));
    for (List<Map<String, Object>> ends : flows().values()) {
      assertThat(ends).hasSize(2);
      assertThat(at(ends.getFirst())).isLessThanOrEqualTo(at(ends.getLast()));
      assertThat(ends).allMatch(this::isInASlice);
    }
  }

  private Map<Object, List<Map<String, Object>>> flows() {
    Map<Object, List<Map<String, Object>>> flows = new TreeMap<>();
    of("s")
        .forEach(
            event -> flows.computeIfAbsent(event.get("id"), _ -> new ArrayList<>()).add(event));
    of("f")
        .forEach(
            event -> flows.computeIfAbsent(event.get("id"), _ -> new ArrayList<>()).add(event));
    return flows;
  }

  private boolean isInASlice(Map<String, Object> end) {
    return of("X").stream()
        .filter(slice -> place(slice).equals(place(end)))
        .anyMatch(slice -> at(slice) - 1e-6 <= at(end) && at(end) <= end(slice) + 1e-6);
  }

  /** From which track to which there are arrows. */
  List<String> arrows() {
    return flows().values().stream()
        .map(ends -> names.get(place(ends.getFirst())) + " -> " + names.get(place(ends.getLast())))
        .toList();
  }

  /** The slices of a track; of a turn or a stall, also how it ended. */
  List<String> track(String name) {
    return of("X").stream()
        .filter(slice -> names.get(place(slice)).equals(name))
        .map(TraceEvents::title)
        .toList();
  }

  private static String title(Map<String, Object> slice) {
    Map<?, ?> what = (Map<?, ?>) slice.getOrDefault("args", Map.of());
    boolean isTold = List.of("turn", "stall").contains(slice.get("cat"));
    return slice.get("name") + (isTold ? " (" + what.get("what") + ")" : "");
  }
}
