package dev.heddle.weave;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * What becomes of the locals that a machine has restored, until the method suspends again. A field
 * that still holds a value which the code has given up would keep an object alive for the rest of
 * the turn.
 */
final class Lifetimes {
  private final MethodCode methodCode;
  private final Liveness liveness;

  /** The indexes of the suspending calls. */
  private final BitSet suspensions = new BitSet();

  Lifetimes(MethodCode methodCode, Liveness liveness, List<Suspension> suspensions) {
    this.methodCode = methodCode;
    this.liveness = liveness;
    suspensions.forEach(suspension -> this.suspensions.set(suspension.index()));
  }

  /** The code that may run behind a suspension, up to the next ones, which are included. */
  BitSet behind(int suspension) {
    BitSet reached = new BitSet();
    Deque<Integer> left = new ArrayDeque<>();
    leave(suspension, reached, left);
    run(reached, left);
    return reached;
  }

  /** The code that may run from the start of the method, up to the first suspensions. */
  BitSet fromStart() {
    BitSet reached = new BitSet();
    reached.set(0);
    run(reached, new ArrayDeque<>(List.of(0)));
    return reached;
  }

  private void run(BitSet reached, Deque<Integer> left) {
    for (Integer at = left.poll(); at != null; at = left.poll()) {
      if (!suspensions.get(at)) {
        leave(at, reached, left);
      }
    }
  }

  private void leave(int index, BitSet reached, Deque<Integer> left) {
    if (methodCode.fallsThrough(index)) {
      arrive(index + 1, reached, left);
    }
    methodCode.targets(index).forEach(target -> arrive(target, reached, left));
    for (MethodCode.Guard guard : methodCode.guards) {
      if (guard.covers(index)) {
        arrive(guard.handler(), reached, left);
      }
    }
  }

  private static void arrive(int index, BitSet reached, Deque<Integer> left) {
    if (!reached.get(index)) {
      reached.set(index);
      left.add(index);
    }
  }

  /** Whether the local keeps its value in all this code, and is read again after all of it. */
  boolean isKept(BitSet code, int slot) {
    return code.stream()
        .allMatch(index -> liveness.isLive(index, slot) && !methodCode.assigns(index, slot));
  }

  /** Whether no suspension in this code needs the local. */
  boolean isGivenUp(BitSet code, int slot) {
    return code.stream().noneMatch(i -> suspensions.get(i) && liveness.isLive(i, slot));
  }
}
