package dev.heddle.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of a process.
 *
 * @param resident bytes of it that are in the machine's memory
 * @param heap bytes that are alive in the Java heap
 */
record Memory(long resident, long heap) {
  private static final String RESIDENT = "Rss:";

  /** Of this process, after a garbage collection. */
  static Memory now() throws IOException {
    long heap = Heap.liveBytes();
    return new Memory(resident("self"), heap);
  }

  /** Of another process, whose heap is not known. */
  static Memory residentOf(long pid) throws IOException {
    return new Memory(resident(Long.toString(pid)), 0);
  }

  /** From Linux: {@code Rss: 51234 kB}. */
  private static long resident(String process) throws IOException {
    Path sums = Path.of("/proc", process, "smaps_rollup");
    for (String line : Files.readAllLines(sums)) {
      if (line.startsWith(RESIDENT)) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("there is no line " + RESIDENT + " in " + sums);
  }

  Memory minus(Memory other) {
    return new Memory(resident - other.resident, heap - other.heap);
  }

  /** For another process, which reads it by {@link #parse}. */
  @Override
  public String toString() {
    return resident + " " + heap;
  }

  static Memory parse(String text) {
    String[] numbers = text.split(" ", -1);
    return new Memory(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
  }
}
