package dev.heddle.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What the locals and the operand stack hold at one point of a method. {@link FrameAnalysis}
 * changes its current frame; nobody changes a frame that is stored in {@link FrameAnalysis#before}.
 */
final class Frame {
  /** One entry per slot; the entry after a long or double is {@code TOP}. */
  final FrameValue[] locals;

  /** One entry per value, also for a long or double; the last entry is the top. */
  final ArrayList<FrameValue> stack;

  /** How many monitors the body holds; where paths with different counts meet, the least. */
  int monitors;

  Frame(FrameValue[] locals, List<FrameValue> stack, int monitors) {
    this.locals = locals;
    this.stack = new ArrayList<>(stack);
    this.monitors = monitors;
    assert valid();
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
    assert valid();
  }

  /** Pops values that take {@code slots} slots in all; returns them, the top of the stack last. */
  List<FrameValue> take(int slots) {
    List<FrameValue> taken = new ArrayList<>();
    int left = slots;
    while (left > 0) {
      FrameValue value = pop();
      taken.add(value);
      left -= value.slots();
    }
    assert left == 0 : "half of a long or double is taken: " + taken;
    Collections.reverse(taken);
    return taken;
  }

  /** After the constructor call for the object created at {@code site}: it is initialised. */
  void initialize(int site, FrameValue object) {
    for (int i = 0; i < locals.length; i++) {
      if (locals[i].isCreatedAt(site)) {
        locals[i] = object;
      }
    }
    stack.replaceAll(v -> v.isCreatedAt(site) ? object.from(v.source()) : v);
  }

  /**
   * Joins {@code other}, which reaches the same instruction by another path. A value that is the
   * suspender in only one of the two is marked MAYBE. A value that two instructions push has no
   * source.
   */
  void meet(Frame other) {
    assert stack.size() == other.stack.size() : this + " meets " + other;
    monitors = Math.min(monitors, other.monitors);
    for (int i = 0; i < locals.length; i++) {
      locals[i] = meet(locals[i], other.locals[i]);
    }
    for (int i = 0; i < stack.size(); i++) {
      stack.set(i, meet(stack.get(i), other.stack.get(i)));
    }
  }

  private static FrameValue meet(FrameValue one, FrameValue other) {
    FrameValue joined = one.mark() == other.mark() ? one : one.marked(FrameValue.Mark.MAYBE);
    return one.source() == other.source() ? joined : joined.from(-1);
  }

  private boolean valid() {
    for (int i = 0; i < locals.length; i++) {
      boolean cut = i + 1 == locals.length || locals[i + 1].kind() != FrameValue.Kind.TOP;
      if (locals[i].isWide() && cut) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return Arrays.toString(locals) + stack;
  }
}
