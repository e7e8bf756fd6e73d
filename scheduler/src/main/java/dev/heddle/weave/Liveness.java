package dev.heddle.weave;

import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.util.BitSet;

/**
 * Which locals will still be read, before each instruction. A machine keeps exactly these locals
 * over a suspension, so that it keeps no object alive that the body no longer uses.
 *
 * <p>The analysis walks backwards over the code until nothing changes. A handler may be entered
 * from each instruction that it guards, so the locals that the handler reads are live in all of
 * these.
 */
final class Liveness {
  private final MethodCode methodCode;

  /** The slots that are live before each instruction. The sets only grow. */
  private final BitSet[] live;

  Liveness(MethodCode methodCode) {
    this.methodCode = methodCode;
    this.live = new BitSet[methodCode.size()];
    for (int i = 0; i < live.length; i++) {
      live[i] = new BitSet();
    }
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = live.length - 1; i >= 0; i--) {
        changed |= update(i);
      }
    }
  }

  /** Whether {@code slot} may be read, before it is written, at or after {@code index}. */
  boolean isLive(int index, int slot) {
    return live[index].get(slot);
  }

  private boolean update(int index) {
    BitSet now = after(index);
    switch (methodCode.instruction(index)) {
      case LoadInstruction load -> now.set(load.slot());
      case StoreInstruction store -> now.clear(store.slot());
      case IncrementInstruction increment -> now.set(increment.slot());
      default -> {}
    }
    handlersOf(index, now);
    if (now.equals(live[index])) {
      return false;
    }
    assert now.cardinality() > live[index].cardinality() : "live sets grow, so the analysis ends";
    live[index] = now;
    return true;
  }

  private BitSet after(int index) {
    BitSet after = new BitSet();
    if (methodCode.fallsThrough(index) && index + 1 < live.length) {
      after.or(live[index + 1]);
    }
    for (int target : methodCode.targets(index)) {
      after.or(live[target]);
    }
    return after;
  }

  private void handlersOf(int index, BitSet now) {
    for (MethodCode.Guard guard : methodCode.guards) {
      if (guard.covers(index)) {
        now.or(live[guard.handler()]);
      }
    }
  }
}
