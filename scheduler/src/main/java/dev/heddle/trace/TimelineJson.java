package dev.heddle.trace;

import dev.heddle.trace.Timeline.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Timelines in the trace event format of Chrome, which Perfetto reads, too. A process for each
 * scheduler, a thread for each task, times in microseconds.
 *
 * <p>An arrow is written only if both slices that it connects are there.
 */
final class TimelineJson {
  private final JsonWriter json = new JsonWriter();
  private final long zero;

  /** Arrows so far: each has a number. */
  private int arrows;

  private TimelineJson(long zero) {
    this.zero = zero;
  }

  static String of(List<Timeline> timelines) {
    long zero = timelines.stream().mapToLong(Timeline::startedAt).min().orElse(0);
    TimelineJson made = new TimelineJson(zero);
    made.all(timelines);
    return made.json.toString();
  }

  private void all(List<Timeline> timelines) {
    json.beginObject().name("displayTimeUnit").value("ns");
    json.name("traceEvents").beginArray();
    for (int i = 0; i < timelines.size(); i++) {
      timeline(i + 1, timelines.get(i));
    }
    json.endArray();
    json.name("otherData").beginObject();
    json.name("dropped").value("" + timelines.stream().mapToLong(Timeline::dropped).sum());
    json.endObject().endObject();
  }

  private void timeline(int process, Timeline timeline) {
    List<Slice> slices = timeline.slices();
    String dropped = timeline.dropped() == 0 ? "" : ", " + timeline.dropped() + " slices dropped";
    name("process_name", process, 0, "scheduler '" + timeline.title() + "'" + dropped);
    name("thread_name", process, Timeline.LOOP, "the loop");
    Map<Long, String> tasks = new TreeMap<>();
    Map<Long, TreeMap<Long, Slice>> wakers = new HashMap<>();
    for (Slice slice : slices) {
      if (slice.track() != Timeline.LOOP) {
        tasks.putIfAbsent(slice.track(), slice.task());
      }
      switch (slice.shows()) {
        case TURN, LOOK, SLEEP ->
            wakers.computeIfAbsent(slice.track(), _ -> new TreeMap<>()).put(slice.from(), slice);
        default -> {} // wakes nobody
      }
    }
    tasks.forEach((track, task) -> name("thread_name", process, track, task + " #" + track));
    for (Slice slice : inOrder(slices)) {
      slice(process, slice);
      if (slice.wakerTrack() >= 0 && isIn(wakers.get(slice.wakerTrack()), slice.wokenAt())) {
        arrow(process, slice);
      }
    }
  }

  /** By their beginnings, the longer one of two first: so what is inside comes after. */
  private static List<Slice> inOrder(List<Slice> slices) {
    List<Slice> ordered = new ArrayList<>(slices);
    ordered.sort(
        (a, b) ->
            a.from() == b.from()
                ? Long.compare(b.to() - b.from(), a.to() - a.from())
                : Long.compare(a.from(), b.from())); // nanoTime does not wrap within a timeline
    return ordered;
  }

  private static boolean isIn(@Nullable NavigableMap<Long, Slice> track, long at) {
    Map.Entry<Long, Slice> before = track == null ? null : track.floorEntry(at);
    return before != null && at <= before.getValue().to();
  }

  private void name(String what, int process, long track, String name) {
    json.beginObject().name("ph").value("M").name("name").value(what);
    place(process, track);
    json.name("args").beginObject().name("name").value(name).endObject().endObject();
  }

  private void place(int process, long track) {
    json.name("pid").value(process).name("tid").value(track);
  }

  private void slice(int process, Slice slice) {
    json.beginObject().name("ph").value("X");
    json.name("name").value(title(slice));
    json.name("cat").value(slice.shows().name().toLowerCase(Locale.ROOT));
    place(process, slice.track());
    json.name("ts").micros(slice.from() - zero).name("dur").micros(slice.to() - slice.from());
    switch (slice.shows()) {
      case STALL -> json.name("cname").value("terrible"); // red
      case READY -> json.name("cname").value("thread_state_runnable");
      case WAIT, SLEEP -> json.name("cname").value("thread_state_sleeping");
      case TURN, LOOK -> {}
    }
    if (!slice.text().isEmpty()) {
      json.name("args").beginObject().name("what").value(slice.text()).endObject();
    }
    json.endObject();
  }

  private static String title(Slice slice) {
    return switch (slice.shows()) {
      case TURN -> slice.task();
      case WAIT -> "waits for " + slice.text();
      case READY -> "ready";
      case LOOK -> "look";
      case SLEEP -> "sleep";
      case STALL -> "STALL by task '" + slice.task() + "'";
    };
  }

  /** From who has made the task ready to the task's turn. */
  private void arrow(int process, Slice turn) {
    arrows++;
    end("s", process, turn.wakerTrack(), turn.wokenAt());
    json.endObject();
    end("f", process, turn.track(), turn.from());
    json.name("bp").value("e").endObject();
  }

  private void end(String phase, int process, long track, long at) {
    json.beginObject().name("ph").value(phase).name("id").value(arrows);
    json.name("name").value("wakes").name("cat").value("wake");
    place(process, track);
    json.name("ts").micros(at - zero);
  }
}
