package dev.heddle.weave;

import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessFlag;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a machine may use directly. A machine is in the package of the body's class, but is not its
 * nestmate. So two kinds of members are open to the body and out of the machine's reach: private
 * members of the nest, and protected members of a superclass in another package. A member that
 * cannot be found counts as out of reach: that costs a little at link time and is never wrong.
 */
final class AccessCheck {
  private final Class<?> home;
  private final MethodHandles.Lookup lookup;
  private final String self;
  private final String host;

  /** The class files read so far, by internal name; empty if a class file cannot be read. */
  private final Map<String, Optional<ClassModel>> models = new HashMap<>();

  /** The answers of {@link #canName} so far. */
  private final Map<ClassDesc, Boolean> nameable = new HashMap<>();

  AccessCheck(BodySource source, MethodHandles.Lookup lookup) {
    this.home = source.home();
    this.lookup = lookup;
    this.self = internal(home);
    this.host = internal(home.getNestHost());
    models.put(self, Optional.of(source.methodCode().owner));
  }

  /** Whether the machine may name the class, as in a cast. */
  boolean canName(ClassDesc type) {
    return nameable.computeIfAbsent(type, this::resolve);
  }

  private boolean resolve(ClassDesc type) {
    try {
      type.resolveConstantDesc(lookup);
      return true;
    } catch (ReflectiveOperationException | LinkageError e) {
      return false;
    }
  }

  /** Whether a field or method named in the body's class file is out of the machine's reach. */
  boolean isBeyond(String owner, String name, String descriptor) {
    assert owner.indexOf('.') < 0 : "not an internal name: " + owner;
    if (owner.startsWith("[") || !(isNestmate(owner) || isSuperclass(owner))) {
      return false;
    }
    for (String at = owner; at != null; ) {
      ClassModel model = model(at);
      if (model == null) {
        return true;
      }
      Set<AccessFlag> flags = flags(model, name, descriptor);
      if (flags != null) {
        return flags.contains(AccessFlag.PRIVATE)
            || (flags.contains(AccessFlag.PROTECTED) && !packageOf(at).equals(packageOf(self)));
      }
      at = model.superclass().map(c -> c.asInternalName()).orElse(null);
    }
    return false; // an interface declares the member, so the member is public
  }

  private boolean isNestmate(String owner) {
    return owner.equals(self) || owner.equals(host) || owner.startsWith(host + "$");
  }

  private boolean isSuperclass(String owner) {
    for (Class<?> c = home.getSuperclass(); c != null; c = c.getSuperclass()) {
      if (internal(c).equals(owner)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable ClassModel model(String internalName) {
    return models
        .computeIfAbsent(internalName, n -> Optional.ofNullable(ClassFiles.read(n, home)))
        .orElse(null);
  }

  private static @Nullable Set<AccessFlag> flags(ClassModel model, String name, String descriptor) {
    for (MethodModel method : model.methods()) {
      if (method.methodName().equalsString(name) && method.methodType().equalsString(descriptor)) {
        return method.flags().flags();
      }
    }
    for (FieldModel field : model.fields()) {
      if (field.fieldName().equalsString(name) && field.fieldType().equalsString(descriptor)) {
        return field.flags().flags();
      }
    }
    return null;
  }

  private static String packageOf(String internalName) {
    return internalName.substring(0, Math.max(0, internalName.lastIndexOf('/')));
  }

  private static String internal(Class<?> type) {
    return type.getName().replace('.', '/');
  }
}
