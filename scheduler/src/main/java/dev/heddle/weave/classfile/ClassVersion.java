package dev.heddle.weave.classfile;

/**
 * Notices that a class was redefined by a debugger or an agent (HotSwap) after it was woven.
 *
 * <p>The JDK keeps what reflection has found out of a class, until the class or a superclass is
 * redefined, or memory is short. The simple name is kept there too; so the name is another object
 * after that. Only where a debugger or an agent is present is it taken for a redefinition. A class
 * without a package that is not nested has no such name, and a redefinition of it is not noticed.
 */
final class ClassVersion {
  private static final ClassValue<ClassVersion> VERSIONS =
      new ClassValue<>() {
        @Override
        protected ClassVersion computeValue(Class<?> type) {
          return new ClassVersion(type.getSimpleName());
        }
      };

  /** The object that was the simple name when the class was read. */
  private final String name;

  /** Whether the class has been redefined; it stays so. */
  private volatile boolean redefined;

  private ClassVersion(String name) {
    this.name = name;
  }

  /** Whether the class is still the one that was loaded; any thread may ask. */
  static boolean isFirst(Class<?> type) {
    if (!JvmFacts.REDEFINABLE) {
      return true;
    }
    ClassVersion version = VERSIONS.get(type);
    String now = type.getSimpleName();
    if (!same(now, version.name)) {
      version.redefined = true;
    }
    return !version.redefined;
  }

  @SuppressWarnings("ReferenceEquality") // the object tells, not the text
  private static boolean same(String one, String other) {
    return one == other;
  }
}
