package dev.heddle.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What the locals and the operand stack hold at one point of a method. Mutable while simulated. */
final class Frame {
  /** One entry per slot; the second slot of a long or double is {@code TOP}. */
  final FrameValue[] locals;

  /** One entry per value, whatever its width; the last is the top. */
  final ArrayList<FrameValue> stack;

  /** How many monitors are held. */
  int monitors;

  Frame(FrameValue[] locals, List<FrameValue> stack, int monitors) {
    this.locals = locals;
    this.stack = new ArrayList<>(stack);
    this.monitors = monitors;
  }

  Frame copy() {
    return new Frame(locals.clone(), stack, monitors);
  }

  void push(FrameValue value) {
    stack.add(value);
  }

  FrameValue pop() {
    return stack.removeLast();
  }

  void store(int slot, FrameValue value) {
    if (slot > 0 && locals[slot - 1].isWide()) {
      locals[slot - 1] = FrameValue.TOP; // its second half is overwritten
    }
    locals[slot] = value;
    if (value.isWide()) {
      locals[slot + 1] = FrameValue.TOP;
    }
  }

  /** Takes values of {@code slots} slots from the top; the list is in the order of the stack. */
  List<FrameValue> take(int slots) {
    List<FrameValue> taken = new ArrayList<>();
    for (int n = 0; n < slots; ) {
      FrameValue value = pop();
      taken.add(value);
      n += value.slots();
    }
    Collections.reverse(taken);
    return taken;
  }

  /** After the constructor: all copies of the new object become objects. */
  void initialize(int site, FrameValue object) {
    for (int i = 0; i < locals.length; i++) {
      if (locals[i].kind() == FrameValue.Kind.NEW && locals[i].site() == site) {
        locals[i] = object;
      }
    }
    stack.replaceAll(v -> v.kind() == FrameValue.Kind.NEW && v.site() == site ? object : v);
  }

  /** This frame with what {@code other} knows of the suspender: where the two disagree, MAYBE. */
  void meet(Frame other) {
    monitors = Math.min(monitors, other.monitors);
    for (int i = 0; i < locals.length; i++) {
      locals[i] = meet(locals[i], other.locals[i]);
    }
    for (int i = 0; i < stack.size(); i++) {
      stack.set(i, meet(stack.get(i), other.stack.get(i)));
    }
  }

  private static FrameValue meet(FrameValue one, FrameValue other) {
    return one.mark() == other.mark() ? one : one.marked(FrameValue.Mark.MAYBE);
  }

  @Override
  public String toString() {
    return Arrays.toString(locals) + stack;
  }
}
