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
final class StackMapWriter {
  /** The slots of the machine itself; the body's locals come after them. */
  static final int SELF = 0;

  static final int SENT = 1;
  static final int RAISED = 2;
  static final int SHIFT = 3;

  private final List<VerificationTypeInfo> own;
  private final NewExpressions newExpressions;
  private final List<StackMapFrameInfo> stackMap = new ArrayList<>();

  /** Where in the machine's code the {@code new} instructions stand. */
  private final Map<Integer, Label> sites = new HashMap<>();

  StackMapWriter(ClassDesc machine, NewExpressions newExpressions) {
    this.newExpressions = newExpressions;
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
    stackMap.add(StackMapFrameInfo.of(label, own, List.of()));
  }

  /** A frame with those locals that are live, and this stack. */
  void add(Label label, FrameValue[] locals, IntPredicate live, List<FrameValue> stack) {
    List<VerificationTypeInfo> infos = new ArrayList<>(own);
    int slot = 0;
    while (slot < locals.length) {
      FrameValue value = live.test(slot) ? locals[slot] : FrameValue.TOP;
      infos.add(info(value));
      slot += value.slots();
    }
    while (infos.getLast() == SimpleVerificationTypeInfo.TOP) {
      infos.removeLast();
    }
    List<VerificationTypeInfo> stackInfos = new ArrayList<>();
    for (FrameValue value : stack) {
      if (newExpressions.exists(value)) {
        stackInfos.add(info(value));
      }
    }
    stackMap.add(StackMapFrameInfo.of(label, infos, stackInfos));
  }

  StackMapTableAttribute table() {
    return StackMapTableAttribute.of(stackMap);
  }

  private VerificationTypeInfo info(FrameValue value) {
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
