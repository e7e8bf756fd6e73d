package dev.heddle.process;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * What a child is to do, found by a name that both processes know, and what it says of its argument
 * and its result. As a string it is what messages to people call it.
 */
sealed interface JobType permits JobClass, StaticMethod {

  /**
   * The type of a class.
   *
   * @throws IllegalArgumentException if no other process could make an object of it
   */
  static JobType of(Class<?> job) {
    return JobClass.of(job);
  }

  /**
   * The type of a static method.
   *
   * @throws IllegalArgumentException if it is something else that no other process could find
   */
  static JobType of(JobMethod<?, ?> method) {
    return StaticMethod.of(method);
  }

  /** In the child: what the parent has named. */
  static JobType named(String name) throws ReflectiveOperationException {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return name.contains(StaticMethod.SEPARATOR)
        ? StaticMethod.named(name, loader)
        : JobClass.of(Class.forName(name, true, loader));
  }

  /** What to throw at who has given it. */
  static IllegalArgumentException refused(String what, String why) {
    return new IllegalArgumentException(what + " cannot run in a process: " + why);
  }

  /** By which {@link #named} finds it. */
  String name();

  /** Without the package: for threads and tasks. */
  String simpleName();

  /** What its argument is declared to be. */
  Type argument();

  /** What its result is declared to be. */
  Type result();

  /** In the child: does it, and throws what it throws. */
  @Nullable Object run(@Nullable Object given) throws Throwable;
}
