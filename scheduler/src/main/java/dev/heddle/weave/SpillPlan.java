package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which field of the machine keeps which value at each suspension.
 *
 * <p>A parameter that a body never assigns has a field of its own, which the constructor writes and
 * nobody writes again. A method that is called gets its machine only when it suspends, so it has no
 * such fields. All other values share fields. A shared field is for one kind of value (reference,
 * int, long, float, double), not for one variable; there are as many as the suspension with the
 * most values needs. A variable keeps its field from one suspension to the next if the field is
 * free.
 *
 * <p>At a suspension each shared reference field holds a value that will still be read, or null.
 * When the method goes on, a field is set to null if the code may give its value up before the next
 * suspension. So the machine keeps no object alive that the method no longer uses.
 */
final class SpillPlan {

  /** A field of the machine. */
  record Cell(String name, ClassDesc type) {
    boolean isReference() {
      return !type.isPrimitive();
    }
  }

  /**
   * A value and the field that keeps it.
   *
   * @param slot the local variable that holds the value; -1 if the operand stack holds it
   * @param cell the field; null if none is needed because the value is known: null, or the
   *     suspender
   * @param fixed whether the field always has the value, so that it is not saved again
   * @param released whether the field is set to null when the value is restored, because the code
   *     may give the value up before the next suspension
   */
  record Move(int slot, FrameValue value, @Nullable Cell cell, boolean fixed, boolean released) {}

  /**
   * What happens to the values at one suspension.
   *
   * @param suspension the suspending call
   * @param locals the live locals
   * @param stack the values under the suspender on the operand stack, from the bottom to the top
   * @param stale the reference fields that the suspension sets to null
   */
  record Stop(Suspension suspension, List<Move> locals, List<Move> stack, List<Cell> stale) {}

  private final MethodCode methodCode;
  private final FrameAnalysis analysis;
  private final Liveness liveness;
  private final AccessCheck access;
  private final Lifetimes lifetimes;

  /** The fields of the parameters that the body never assigns, by slot. */
  private final Map<Integer, Cell> pinned = new HashMap<>();

  /** The shared fields. */
  private final List<Cell> pool = new ArrayList<>();

  /** The shared field that a local had at the last suspension planned, by slot. */
  private final Map<Integer, Cell> lastCellOf = new HashMap<>();

  /** One move for each parameter: the fields that the constructor fills. */
  final List<Move> start = new ArrayList<>();

  /** One stop for each suspension, in the order of the code. */
  final List<Stop> stops = new ArrayList<>();

  SpillPlan(BodySource source, FrameAnalysis analysis, Liveness liveness, AccessCheck access) {
    this.methodCode = source.methodCode();
    this.analysis = analysis;
    this.liveness = liveness;
    this.access = access;
    this.lifetimes = new Lifetimes(methodCode, liveness, analysis.flow.suspensions);
    if (!source.isCallee()) {
      planStart();
    }
    for (Suspension suspension : analysis.flow.suspensions) {
      planStop(suspension);
    }
  }

  /** All fields. */
  List<Cell> cells() {
    List<Cell> cells = new ArrayList<>(pinned.values());
    cells.addAll(pool);
    return cells;
  }

  /** Whether a local may still be read at or after an instruction. */
  boolean isLive(int index, int slot) {
    return liveness.isLive(index, slot);
  }

  private boolean isKnown(FrameValue value) {
    return value.kind() == FrameValue.Kind.NULL || value.isSuspender();
  }

  private void planStart() {
    FrameValue[] locals = analysis.before[0].locals;
    Set<Cell> taken = new HashSet<>();
    BitSet code = lifetimes.fromStart();
    int slot = 0;
    for (ClassDesc type : methodCode.parameterTypes()) {
      FrameValue value = locals[slot];
      if (isKnown(value)) {
        start.add(new Move(slot, value, null, false, false));
      } else if (methodCode.isAssigned(slot)) {
        start.add(moved(slot, value, pooled(slot, value, taken), code));
      } else {
        Cell cell = new Cell("p" + slot, type);
        pinned.put(slot, cell);
        start.add(moved(slot, value, cell, code));
      }
      slot += value.slots();
    }
    assert start.stream().limit(start.size() - 1).noneMatch(move -> move.cell() == null)
        : "only the suspender needs no field";
  }

  private void planStop(Suspension suspension) {
    assert suspension.number() == stops.size() + 1 : "suspensions are planned in their order";
    Set<Cell> taken = new HashSet<>();
    BitSet code = lifetimes.behind(suspension.index());
    List<Move> locals = new ArrayList<>();
    for (int slot = 0; slot < suspension.locals().size(); slot++) {
      FrameValue value = analysis.newExpressions.inMachine(suspension.locals().get(slot));
      if (value.kind() != FrameValue.Kind.TOP && liveness.isLive(suspension.index(), slot)) {
        locals.add(move(slot, value, taken, code));
      }
    }
    List<Move> stack = new ArrayList<>();
    for (FrameValue value : analysis.newExpressions.existing(suspension.below())) {
      stack.add(move(-1, value, taken, code));
    }
    stops.add(new Stop(suspension, locals, stack, stale(taken)));
  }

  private List<Cell> stale(Set<Cell> taken) {
    return cells().stream().filter(c -> c.isReference() && !taken.contains(c)).toList();
  }

  private Move move(int slot, FrameValue value, Set<Cell> taken, BitSet code) {
    if (isKnown(value)) {
      return new Move(slot, value, null, false, false);
    }
    Cell own = pinned.get(slot);
    if (own == null) {
      return moved(slot, value, pooled(slot, value, taken), code);
    }
    assert !taken.contains(own) : own + " is taken twice";
    taken.add(own);
    return moved(slot, value, own, code);
  }

  /**
   * A value that is restored before this code runs. A field that nobody writes again is released
   * only if no path needs it.
   */
  private Move moved(int slot, FrameValue value, Cell cell, BitSet code) {
    boolean fixed = pinned.containsValue(cell);
    boolean kept =
        slot >= 0 && (fixed ? !lifetimes.isGivenUp(code, slot) : lifetimes.isKept(code, slot));
    return new Move(slot, value, cell, fixed, cell.isReference() && !kept);
  }

  private Cell pooled(int slot, FrameValue value, Set<Cell> taken) {
    ClassDesc type = cellType(value);
    Cell last = lastCellOf.get(slot);
    Cell cell = last != null && isFree(last, type, taken) ? last : firstFree(type, taken);
    assert !taken.contains(cell) : cell + " is taken twice";
    taken.add(cell);
    if (slot >= 0) {
      lastCellOf.put(slot, cell);
    }
    return cell;
  }

  private Cell firstFree(ClassDesc type, Set<Cell> taken) {
    for (Cell cell : pool) {
      if (isFree(cell, type, taken)) {
        return cell;
      }
    }
    Cell added = new Cell("v" + pool.size(), type);
    pool.add(added);
    return added;
  }

  private static boolean isFree(Cell cell, ClassDesc type, Set<Cell> taken) {
    return cell.type().equals(type) && !taken.contains(cell);
  }

  /**
   * The type of a field for this value. References share fields of type Object, except where the
   * machine may not name the value's class and so could not cast the field's value.
   */
  private ClassDesc cellType(FrameValue value) {
    return switch (value.kind()) {
      case INT -> ConstantDescs.CD_int;
      case LONG -> ConstantDescs.CD_long;
      case FLOAT -> ConstantDescs.CD_float;
      case DOUBLE -> ConstantDescs.CD_double;
      case REF -> access.canName(value.reference()) ? ConstantDescs.CD_Object : value.reference();
      case NULL, TOP, NEW -> throw new AssertionError(value + " is not kept");
    };
  }
}
