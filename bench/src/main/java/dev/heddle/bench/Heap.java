package dev.heddle.bench;

import java.lang.management.ManagementFactory;

/** What is alive in the heap. */
final class Heap {
  private Heap() {}

  /** How many bytes are left when the garbage collector has run. */
  static long liveBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
