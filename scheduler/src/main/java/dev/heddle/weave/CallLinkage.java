package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

/**
 * Links the calls of machines that hand the suspender on. The JVM calls these methods when it links
 * an instruction of a machine; only for that reason is the class public. As for {@link Linkage}, a
 * machine gets no more rights than the class of its method has.
 */
public final class CallLinkage {
  static final ClassDesc TYPE = CallLinkage.class.describeConstable().orElseThrow();

  private CallLinkage() {}

  /** How a call finds its method. */
  enum Kind {
    STATIC,
    /** A private method of the class itself, or a method of a superclass. */
    SPECIAL,
    /** By the receiver's class, also for interfaces; unless the method is private or final. */
    VIRTUAL,
    /** The constructor of a reference like {@code Part::new}. */
    CREATE
  }

  /**
   * Links a call.
   *
   * @param type the receiver, if there is one, the arguments, and the coroutine; and the result
   * @param kind a {@link Kind}
   * @param home the class that declares the calling method
   * @param owner the class that the call names
   * @param suspender the suspender's type
   * @param suspenders the positions of the suspender among the arguments, separated by commas
   * @param place the calling method, with file and line
   * @param forNull what the JVM would say if the receiver were null; empty if there is none
   */
  public static CallSite call(
      Lookup caller,
      String name,
      MethodType type,
      String kind,
      Class<?> home,
      Class<?> owner,
      Class<?> suspender,
      String suspenders,
      String place,
      String forNull)
      throws ReflectiveOperationException {
    List<Integer> positions = new ArrayList<>();
    for (String position : suspenders.split(",")) {
      positions.add(Integer.valueOf(position));
    }
    Lookup lookup = MethodHandles.privateLookupIn(home, caller);
    return new CallTarget(
            Weaver.of(suspender, caller.lookupClass()),
            lookup,
            Kind.valueOf(kind),
            owner,
            name,
            type,
            positions,
            place)
        .link(forNull);
  }

  /** What the code of a machine has as its suspender. */
  public static Object standIn(Lookup caller, String name, Class<?> suspender) {
    return Weaver.of(suspender, caller.lookupClass()).dialect.standIn();
  }
}
