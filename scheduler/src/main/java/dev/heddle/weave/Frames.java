package dev.heddle.weave;

import java.lang.classfile.Label;
import java.lang.classfile.attribute.StackMapFrameInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.ObjectVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.SimpleVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.UninitializedVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.VerificationTypeInfo;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The frames of the machine's code, written by us: the compiler's, moved, and one more for each
 * place that a resume jumps to. To have them computed would need the user's class hierarchy.
 *
 * <p>A local that is dead is left out of every frame: after a suspension it does not exist.
 */
final class Frames {
  /** The slots of the machine itself; the body's locals come after them. */
  static final int SELF = 0;

  static final int SENT = 1;
  static final int RAISED = 2;
  static final int SHIFT = 3;

  private final List<VerificationTypeInfo> own;
  private final Creations creations;
  private final List<StackMapFrameInfo> frames = new ArrayList<>();

  /** Where in the machine's code the {@code new} instructions stand. */
  private final Map<Integer, Label> sites = new HashMap<>();

  Frames(ClassDesc machine, Creations creations) {
    this.creations = creations;
    this.own =
        List.of(
            ObjectVerificationTypeInfo.of(machine),
            ObjectVerificationTypeInfo.of(ConstantDescs.CD_Object),
            ObjectVerificationTypeInfo.of(ConstantDescs.CD_Throwable));
  }

  void created(int site, Label label) {
    sites.put(site, label);
  }

  /** A frame where none of the body's values exist. */
  void addBare(Label label) {
    frames.add(StackMapFrameInfo.of(label, own, List.of()));
  }

  /** A frame with those locals that are live, and this stack. */
  void add(Label label, Value[] locals, IntPredicate live, List<Value> stack) {
    List<VerificationTypeInfo> infos = new ArrayList<>(own);
    int slot = 0;
    while (slot < locals.length) {
      Value value = live.test(slot) ? locals[slot] : Value.TOP;
      infos.add(info(value));
      slot += value.slots();
    }
    while (infos.getLast() == SimpleVerificationTypeInfo.TOP) {
      infos.removeLast();
    }
    List<VerificationTypeInfo> stackInfos = new ArrayList<>();
    for (Value value : stack) {
      if (creations.exists(value)) {
        stackInfos.add(info(value));
      }
    }
    frames.add(StackMapFrameInfo.of(label, infos, stackInfos));
  }

  StackMapTableAttribute table() {
    return StackMapTableAttribute.of(frames);
  }

  private VerificationTypeInfo info(Value value) {
    return switch (value.kind()) {
      case TOP -> SimpleVerificationTypeInfo.TOP;
      case INT -> SimpleVerificationTypeInfo.INTEGER;
      case FLOAT -> SimpleVerificationTypeInfo.FLOAT;
      case LONG -> SimpleVerificationTypeInfo.LONG;
      case DOUBLE -> SimpleVerificationTypeInfo.DOUBLE;
      case NULL -> SimpleVerificationTypeInfo.NULL;
      case REF -> ObjectVerificationTypeInfo.of(value.reference());
      case NEW -> {
        Label site = sites.get(value.site());
        assert site != null : "a frame before its new: " + value;
        yield UninitializedVerificationTypeInfo.of(site);
      }
    };
  }
}
