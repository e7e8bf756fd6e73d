package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.StoreInstruction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the names of the body's variables for debuggers, with the ranges of the code in which each
 * variable surely has a value.
 *
 * <p>The compiler's ranges are too large for a machine: after a suspension, a machine does not
 * restore a variable that the body never reads again. A debugger that asks the JVM for such a
 * variable gets an error, and then shows no variable at all. So the range of a variable ends at a
 * suspension that does not restore the variable, and begins again at the next store.
 *
 * <p>The analysis walks forward over the code until nothing changes. Where paths meet, a variable
 * has a value only if the variable has a value on each path.
 */
final class DebugVariables {
  private final MethodCode methodCode;
  private final CodeBuilder code;

  /** The compiler's table; empty if the body was compiled without {@code -g}. */
  private final List<LocalVariable> table = new ArrayList<>();

  /** The slots that are restored at each suspension, by the index of the suspending call. */
  private final Map<Integer, BitSet> restored = new HashMap<>();

  /**
   * The slots that surely have a value before each instruction. The sets only shrink. Null if the
   * analysis has not reached the instruction yet, and if {@link #table} is empty.
   */
  private final @Nullable BitSet[] held;

  /** Where the range began that is not written yet, by the variable's place in {@link #table}. */
  private final @Nullable Label[] begun;

  DebugVariables(WeaveUnit unit, CodeBuilder code) {
    this.methodCode = unit.source().methodCode();
    this.code = code;
    this.held = new @Nullable BitSet[methodCode.size()];
    methodCode.code.forEach(
        element -> {
          if (element instanceof LocalVariable variable) {
            table.add(variable);
          }
        });
    this.begun = new @Nullable Label[table.size()];
    for (SpillPlan.Stop stop : unit.plan().stops) {
      restored.put(stop.suspension().index(), slots(stop.locals()));
    }
    if (!table.isEmpty()) {
      analyze(parameters(unit.analysis().before[0]));
    }
  }

  private static BitSet slots(List<SpillPlan.Move> moves) {
    BitSet slots = new BitSet();
    moves.forEach(move -> slots.set(move.slot()));
    return slots;
  }

  private static BitSet parameters(Frame start) {
    BitSet slots = new BitSet();
    for (int slot = 0; slot < start.locals.length; slot++) {
      slots.set(slot, start.locals[slot].kind() != FrameValue.Kind.TOP);
    }
    return slots;
  }

  private void analyze(BitSet start) {
    held[0] = start;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = 0; i < held.length; i++) {
        BitSet before = held[i];
        if (before != null) {
          changed |= leave(i, before);
        }
      }
    }
  }

  /** Tells the successors of the instruction what has a value; returns whether one changed. */
  private boolean leave(int index, BitSet before) {
    BitSet after = after(index, before);
    boolean changed = false;
    if (methodCode.fallsThrough(index) && index + 1 < held.length) {
      changed = meet(index + 1, after);
    }
    for (int target : methodCode.targets(index)) {
      changed |= meet(target, after);
    }
    for (MethodCode.Guard guard : methodCode.guards) {
      if (guard.covers(index)) {
        changed |= meet(guard.handler(), before);
        if (restored.containsKey(index)) { // a suspension throws what is raised after the resume
          changed |= meet(guard.handler(), after);
        }
      }
    }
    return changed;
  }

  private BitSet after(int index, BitSet before) {
    BitSet kept = restored.get(index);
    if (kept != null) {
      return kept;
    }
    if (methodCode.instruction(index) instanceof StoreInstruction store) {
      BitSet after = (BitSet) before.clone();
      after.set(store.slot());
      return after;
    }
    return before;
  }

  private boolean meet(int index, BitSet arriving) {
    BitSet known = held[index];
    if (known == null) {
      held[index] = (BitSet) arriving.clone();
      return true;
    }
    int size = known.cardinality();
    known.and(arriving);
    return known.cardinality() < size;
  }

  /**
   * Begins and ends ranges. Called before the code of each instruction is written, and with the
   * number of instructions when all code is written.
   */
  void write(int index) {
    for (int i = 0; i < begun.length; i++) {
      LocalVariable variable = table.get(i);
      boolean shown = isShown(variable, index);
      Label start = begun[i];
      if (shown && start == null) {
        begun[i] = code.newBoundLabel();
      } else if (!shown && start != null) {
        int slot = variable.slot();
        code.localVariable(slot, variable.name(), variable.type(), start, code.newBoundLabel());
        begun[i] = null;
      }
    }
  }

  /**
   * Whether the variable is in scope and surely has a value before the instruction, and still has
   * the value while the instruction runs.
   */
  private boolean isShown(LocalVariable variable, int index) {
    if (index == held.length
        || index < methodCode.indexOf(variable.startScope())
        || index >= methodCode.indexOf(variable.endScope())) {
      return false;
    }
    BitSet before = held[index];
    BitSet kept = restored.get(index);
    return before != null
        && before.get(variable.slot())
        && (kept == null || kept.get(variable.slot()));
  }
}
