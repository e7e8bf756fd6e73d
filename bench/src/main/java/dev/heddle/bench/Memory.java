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
  private static final Path SUMS = Path.of("/proc/self/smaps_rollup");
  private static final String RESIDENT = "Rss:";

  /** Of this process, after a garbage collection. */
  static Memory now() throws IOException {
    long heap = Heap.liveBytes();
    return new Memory(residentNow(), heap);
  }

  /** From Linux: {@code Rss: 51234 kB}. */
  private static long residentNow() throws IOException {
    for (String line : Files.readAllLines(SUMS)) {
      if (line.startsWith(RESIDENT)) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("there is no line " + RESIDENT + " in " + SUMS);
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
