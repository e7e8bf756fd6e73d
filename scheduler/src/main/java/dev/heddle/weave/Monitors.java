package dev.heddle.weave;

import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.MonitorInstruction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * How many monitors a method holds before each of its instructions. Each instruction is looked at
 * again whenever a path with fewer monitors leads to it, so that backward jumps count as well: some
 * compilers put a loop's test at the loop's end, and then only a backward jump leads to its start.
 */
final class Monitors {
  private static final int UNKNOWN = Integer.MAX_VALUE;

  private final MethodCode methodCode;

  /** For each instruction, the least number on a path to it that has been followed. */
  private final int[] before;

  private final Deque<Integer> changed = new ArrayDeque<>();

  private Monitors(MethodCode methodCode) {
    this.methodCode = methodCode;
    this.before = new int[methodCode.size()];
    Arrays.fill(before, UNKNOWN);
  }

  /** The number before each instruction; 0 before one that no path leads to. */
  static int[] before(MethodCode methodCode) {
    return new Monitors(methodCode).run();
  }

  private int[] run() {
    reach(0, 0);
    while (!changed.isEmpty()) {
      int index = changed.remove();
      for (MethodCode.Guard guard : methodCode.guards) {
        if (guard.covers(index)) {
          reach(guard.handler(), before[index]);
        }
      }
      int after = Math.max(0, before[index] + change(index));
      next(index).forEach(to -> reach(to, after));
    }
    return Arrays.stream(before).map(held -> held == UNKNOWN ? 0 : held).toArray();
  }

  private void reach(int index, int held) {
    if (held < before[index]) {
      before[index] = held;
      changed.add(index);
    }
  }

  private List<Integer> next(int index) {
    List<Integer> next = new ArrayList<>(methodCode.targets(index));
    if (methodCode.fallsThrough(index) && index + 1 < methodCode.size()) {
      next.add(index + 1);
    }
    return next;
  }

  private int change(int index) {
    return methodCode.instruction(index) instanceof MonitorInstruction monitor
        ? monitor.opcode() == Opcode.MONITORENTER ? 1 : -1
        : 0;
  }
}
