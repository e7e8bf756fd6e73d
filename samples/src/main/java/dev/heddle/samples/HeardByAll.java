package dev.heddle.samples;

import dev.heddle.process.ProcessEvent;
import dev.heddle.process.ProcessQueue;
import dev.heddle.process.Shareable;
import dev.heddle.scheduler.Awaiter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What subscribers in other processes tell of themselves. */
final class HeardByAll {
  /** What a subscriber says: that it is here, what it has heard, that it has heard all. */
  record Said(String name, String line) {}

  static final String HERE = "here";
  static final String ALL = "all";

  private final ProcessQueue<Said> said = ProcessQueue.open("said", Said.class, 100);

  /** Set when the subscribers may go: until then what they were sent can be acknowledged. */
  private final ProcessEvent end = ProcessEvent.open("end");

  private final Map<String, List<String>> lines = new LinkedHashMap<>();
  private final Set<String> here = new HashSet<>();
  private int ended;

  HeardByAll(List<String> names) {
    names.forEach(name -> lines.put(name, new ArrayList<>()));
  }

  Set<String> names() {
    return lines.keySet();
  }

  Shareable[] shared() {
    return new Shareable[] {said, end};
  }

  ProcessQueue<Said> said() {
    return said;
  }

  ProcessEvent end() {
    return end;
  }

  boolean allAreHere() {
    return here.size() == lines.size();
  }

  boolean allHaveEnded() {
    return ended == lines.size();
  }

  /** Hears until all have ended. */
  void listen(Awaiter co) throws IOException {
    while (!allHaveEnded()) {
      Said next = co.await(said.get());
      switch (next.line()) {
        case HERE -> here.add(next.name());
        case ALL -> ended++;
        default -> Objects.requireNonNull(lines.get(next.name()), next.name()).add(next.line());
      }
    }
  }

  /** Prints what they have heard, one after the other. */
  void say(Terminal terminal, int sent) {
    lines.forEach(
        (name, heard) -> {
          heard.subList(0, heard.size() - 1).forEach(line -> terminal.say(name + ": " + line));
          terminal.say(name + ": " + heard.getLast() + " of " + sent + " numbers");
        });
    end.set();
  }
}
