package dev.heddle.weave;

import dev.heddle.weave.classfile.Refusal;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a machine may use directly. A machine is in the package of the body's class, but is not its
 * nestmate. So two kinds of members are open to the body and out of the machine's reach: private
 * members of the nest, and protected members of a superclass in another package.
 *
 * <p>The JVM itself is asked, by a lookup that has the rights of the package only. A member that
 * cannot be found, neither by that lookup nor by the body's, counts as in reach: then the machine
 * fails where the body would.
 */
final class AccessCheck {
  private final Class<?> home;

  /** What the body may do. */
  private final MethodHandles.Lookup lookup;

  /** What any class of the package may do. */
  private final MethodHandles.Lookup neighbour;

  /** The answers so far. */
  private final Map<String, Boolean> beyond = new HashMap<>();

  /** The answers of {@link #canName} so far. */
  private final Map<ClassDesc, Boolean> nameable = new HashMap<>();

  /** The answers of {@link #isThrowable} so far. */
  private final Map<ClassDesc, Boolean> throwable = new HashMap<>();

  AccessCheck(BodySource source, MethodHandles.Lookup lookup) {
    this.home = source.home();
    this.lookup = lookup;
    this.neighbour = lookup.dropLookupMode(MethodHandles.Lookup.PRIVATE);
  }

  /** Whether the machine may name the class, as in a cast. */
  boolean canName(ClassDesc type) {
    return nameable.computeIfAbsent(type, t -> resolve(t) != null);
  }

  /** Whether the machine may name all classes of a method's type. */
  boolean canName(MethodTypeDesc type) {
    return canName(type.returnType()) && type.parameterList().stream().allMatch(this::canName);
  }

  /** Whether the body's class knows the class, and it is an exception's. */
  boolean isThrowable(ClassDesc type) {
    return throwable.computeIfAbsent(
        type,
        t -> {
          Class<?> found = resolve(t);
          return found != null && Throwable.class.isAssignableFrom(found);
        });
  }

  private @Nullable Class<?> resolve(ClassDesc type) {
    try {
      return type.resolveConstantDesc(lookup);
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  /**
   * Whether a field or method named in the body's class file is out of the machine's reach.
   *
   * @param type the type of the method handle without the receiver, as {@link Linkage} finds it
   */
  boolean isBeyond(Linkage.Kind kind, ClassDesc owner, String name, MethodTypeDesc type) {
    if (owner.isArray()) {
      return false;
    }
    if (CallerSensitive.is(internal(owner), name)) {
      throw new Refusal(CallerSensitive.reason("refers to ", name));
    }
    if (kind == Linkage.Kind.INVOKE_SPECIAL) {
      return true;
    }
    if (!isNear(owner)) {
      return false;
    }
    String key = kind + " " + internal(owner) + " " + name + type.descriptorString();
    Boolean known = beyond.get(key);
    if (known == null) { // looking can load classes
      known = needsHome(kind, owner, name, type);
      beyond.put(key, known);
    }
    return known;
  }

  private boolean needsHome(
      Linkage.Kind kind, ClassDesc owner, String name, MethodTypeDesc typeDesc) {
    Class<?> declared = resolve(owner);
    if (declared == null) {
      return false; // the machine fails where the body would
    }
    try {
      MethodType type =
          MethodType.fromMethodDescriptorString(typeDesc.descriptorString(), home.getClassLoader());
      return !isFound(neighbour, kind, declared, name, type)
          && isFound(lookup, kind, declared, name, type);
    } catch (TypeNotPresentException | LinkageError e) { // the answer that is never wrong
      return declared.isNestmateOf(home) || declared.isAssignableFrom(home);
    }
  }

  private boolean isFound(
      MethodHandles.Lookup by, Linkage.Kind kind, Class<?> owner, String name, MethodType type) {
    try {
      Linkage.find(by, name, type, kind, home, owner);
      return true;
    } catch (ReflectiveOperationException | LinkageError e) {
      return false;
    }
  }

  /** Whether the body has more rights on the class's members than any class has. */
  private boolean isNear(ClassDesc owner) {
    if (owner.packageName().equals(home.getPackageName())) {
      return true; // nestmates are in one package
    }
    for (Class<?> c = home.getSuperclass(); c != null; c = c.getSuperclass()) {
      if (c.descriptorString().equals(owner.descriptorString())) {
        return true;
      }
    }
    return false;
  }

  private static String internal(ClassDesc type) {
    String descriptor = type.descriptorString();
    return descriptor.substring(1, descriptor.length() - 1);
  }
}
