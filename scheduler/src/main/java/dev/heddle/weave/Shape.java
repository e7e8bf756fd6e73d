package dev.heddle.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What the locals and the operand stack hold at one point of a method. Mutable while simulated. */
final class Shape {
  /** One entry per slot; the second slot of a long or double is {@code TOP}. */
  final Value[] locals;

  /** One entry per value, whatever its width; the last is the top. */
  final ArrayList<Value> stack;

  /** How many monitors are held. */
  int monitors;

  Shape(Value[] locals, List<Value> stack, int monitors) {
    this.locals = locals;
    this.stack = new ArrayList<>(stack);
    this.monitors = monitors;
  }

  Shape copy() {
    return new Shape(locals.clone(), stack, monitors);
  }

  void push(Value value) {
    stack.add(value);
  }

  Value pop() {
    return stack.removeLast();
  }

  void store(int slot, Value value) {
    if (slot > 0 && locals[slot - 1].isWide()) {
      locals[slot - 1] = Value.TOP; // its second half is overwritten
    }
    locals[slot] = value;
    if (value.isWide()) {
      locals[slot + 1] = Value.TOP;
    }
  }

  /** Takes values of {@code slots} slots from the top; the list is in the order of the stack. */
  List<Value> take(int slots) {
    List<Value> taken = new ArrayList<>();
    for (int n = 0; n < slots; ) {
      Value value = pop();
      taken.add(value);
      n += value.slots();
    }
    Collections.reverse(taken);
    return taken;
  }

  /** After the constructor: all copies of the new object become objects. */
  void initialize(int site, Value object) {
    for (int i = 0; i < locals.length; i++) {
      if (locals[i].kind() == Value.Kind.NEW && locals[i].site() == site) {
        locals[i] = object;
      }
    }
    stack.replaceAll(v -> v.kind() == Value.Kind.NEW && v.site() == site ? object : v);
  }

  /** This shape with what {@code other} knows of the suspender: where the two disagree, MAYBE. */
  void meet(Shape other) {
    monitors = Math.min(monitors, other.monitors);
    for (int i = 0; i < locals.length; i++) {
      locals[i] = meet(locals[i], other.locals[i]);
    }
    for (int i = 0; i < stack.size(); i++) {
      stack.set(i, meet(stack.get(i), other.stack.get(i)));
    }
  }

  private static Value meet(Value one, Value other) {
    return one.mark() == other.mark() ? one : one.marked(Value.Mark.MAYBE);
  }

  @Override
  public String toString() {
    return Arrays.toString(locals) + stack;
  }
}
