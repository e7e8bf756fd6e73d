package dev.heddle.weave;

import dev.heddle.weave.classfile.Refusal;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks, before anything runs, at the methods that a body may call with its suspender, and says
 * which of them cannot be woven. A call that depends on the receiver's class is followed to the
 * method that the call names, if that one has code; which others there are, nobody knows yet.
 */
final class CallTree {
  private final Weaver weaver;
  private final Set<Object> seen = new HashSet<>();
  private final List<String> refused = new ArrayList<>();

  CallTree(Weaver weaver) {
    this.weaver = weaver;
  }

  /** "woven", "not woven: why", or "woven, but for f() ..., which runs on a stack: why". */
  String explain(Machine body) {
    Refusal refusal = body.refusal();
    if (refusal != null) {
      return "not woven: " + refusal.getMessage();
    }
    follow(body);
    return refused.isEmpty()
        ? "woven"
        : "woven, but for parts that run on a stack: " + String.join("; ", refused);
  }

  private void follow(Machine caller) {
    List<Machine> pending = new ArrayList<>(List.of(caller));
    while (!pending.isEmpty()) {
      Machine at = pending.removeLast();
      for (SuspendingCall call : at.calls()) {
        Machine callee = callee(Objects.requireNonNull(at.lookup()), call);
        if (callee == null || !seen.add(callee.isWoven() ? callee.type() : call)) {
          continue;
        }
        Refusal refusal = callee.refusal();
        if (refusal == null) {
          pending.add(callee);
        } else {
          refused.add(call.name() + "() (" + call.place() + "): " + refusal.getMessage());
        }
      }
    }
  }

  private @Nullable Machine callee(Lookup lookup, SuspendingCall call) {
    try {
      Class<?> owner = (Class<?>) call.owner().resolveConstantDesc(lookup);
      MethodType type =
          MethodType.fromMethodDescriptorString(
              call.descriptor(), lookup.lookupClass().getClassLoader());
      if (call.kind() != CallLinkage.Kind.STATIC) {
        type = type.insertParameterTypes(0, owner);
      }
      MethodHandle direct = CallTarget.find(lookup, call.kind(), owner, call.name(), type);
      Method named = CallTarget.reveal(lookup, direct);
      if (Modifier.isAbstract(named.getModifiers())) {
        return null;
      }
      return weaver.machine(() -> new BodyFinder(weaver.dialect).callee(named, call.suspenders()));
    } catch (ReflectiveOperationException | LinkageError e) {
      return null; // the call itself will say so
    }
  }
}
