package dev.heddle.scheduler;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Failures of tasks that nobody has joined yet. Each is reported once: when its task has become
 * unreachable, so that nobody can join it any more, and at the latest at the end of the run.
 */
final class Failures {
  /** In the order in which they happened. */
  final Set<Failure> undelivered = new LinkedHashSet<>();

  /** Filled by the garbage collector. */
  final ReferenceQueue<Task<?>> collected = new ReferenceQueue<>();

  private final BiConsumer<String, Throwable> reporter;

  Failures(BiConsumer<String, Throwable> reporter) {
    this.reporter = reporter;
  }

  /** The loop, now and then: those whose tasks are gone. */
  void reportCollected() {
    if (undelivered.isEmpty()) {
      return;
    }
    for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
      if (undelivered.remove(gone)) {
        report((Failure) gone);
      }
    }
  }

  /** The end of the run: those that nobody has joined. */
  void reportAll() {
    List<Failure> last = List.copyOf(undelivered);
    undelivered.clear();
    last.forEach(this::report);
  }

  private void report(Failure failure) {
    reporter.accept(failure.taskName(), failure.thrown());
  }
}
