package dev.heddle.weave;

import java.lang.classfile.Label;
import java.lang.classfile.attribute.StackMapFrameInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.ObjectVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.SimpleVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.UninitializedVerificationTypeInfo;
import java.lang.classfile.attribute.StackMapFrameInfo.VerificationTypeInfo;
import java.lang.classfile.attribute.StackMapTableAttribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Writes the stack map of the machine's code: the compiler's frames with the machine's own slots,
 * and one more frame for each place to which a resume jumps. The class-file library could compute
 * the frames only with the user's class hierarchy.
 *
 * <p>No frame has a dead local: after a suspension the machine does not restore it.
 */
final class StackMapWriter {
  /** The types of the machine's own slots. */
  private final List<VerificationTypeInfo> own;

  private final NewExpressions newExpressions;
  private final List<StackMapFrameInfo> stackMap = new ArrayList<>();

  /** The labels of the machine's {@code new} instructions, by their index in the body. */
  private final Map<Integer, Label> sites = new HashMap<>();

  /** The first of these slots. */
  private final int first;

  /**
   * @param first the first of the machine's own slots
   * @param own what these hold
   */
  StackMapWriter(int first, List<FrameValue> own, NewExpressions newExpressions) {
    this.first = first;
    this.newExpressions = newExpressions;
    this.own = own.stream().map(this::info).toList();
  }

  void created(int site, Label label) {
    sites.put(site, label);
  }

  /** Adds a frame that has the live locals and this stack. */
  void add(Label label, FrameValue[] locals, IntPredicate live, List<FrameValue> stack) {
    List<VerificationTypeInfo> infos = new ArrayList<>();
    int slot = 0;
    while (slot < first) {
      boolean held = slot < locals.length && live.test(slot);
      FrameValue value = held ? locals[slot] : FrameValue.TOP;
      infos.add(info(newExpressions.inMachine(value)));
      slot += value.slots();
    }
    infos.addAll(own);
    List<VerificationTypeInfo> stackInfos = new ArrayList<>();
    for (FrameValue value : newExpressions.existing(stack)) {
      stackInfos.add(info(value));
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
