package dev.heddle.process;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;

/**
 * A class of jobs, checked for what the child will need of it, and what it says of its argument and
 * its result.
 */
record JobType(Class<?> job, Type argument, Type result) {
  private static final ClassValue<JobType> KNOWN =
      new ClassValue<>() {
        @Override
        protected JobType computeValue(Class<?> type) {
          return check(type);
        }
      };

  /**
   * The type of a class.
   *
   * @throws IllegalArgumentException if no other process could make an object of it
   */
  static JobType of(Class<?> job) {
    return KNOWN.get(job);
  }

  /** In the child: the class that the parent has named. */
  static JobType named(String name) throws ClassNotFoundException {
    return of(Class.forName(name, true, Thread.currentThread().getContextClassLoader()));
  }

  private static JobType check(Class<?> job) {
    if (job.isHidden() || job.isAnonymousClass() || job.isLocalClass()) {
      throw refused(job, "it has no name by which another process could find it");
    }
    if (job.isInterface() || Modifier.isAbstract(job.getModifiers())) {
      throw refused(job, "it is abstract");
    }
    if (job.isMemberClass() && !Modifier.isStatic(job.getModifiers())) {
      throw refused(job, "it is an inner class; make it static");
    }
    if (Arrays.stream(job.getDeclaredConstructors()).noneMatch(c -> c.getParameterCount() == 0)) {
      throw refused(job, "it has no constructor without parameters");
    }
    List<Type> types = arguments(job);
    return new JobType(job, types.get(0), types.get(1));
  }

  private static IllegalArgumentException refused(Class<?> job, String why) {
    return new IllegalArgumentException(job.getName() + " cannot run in a process: " + why);
  }

  /** A new object of the class. */
  @SuppressWarnings("unchecked") // whoever named it had a Class<? extends Job>
  Job<Object, Object> newJob() throws ReflectiveOperationException {
    Constructor<?> constructor = job.getDeclaredConstructor();
    constructor.setAccessible(true);
    return (Job<Object, Object>) constructor.newInstance();
  }

  /** What stands for {@code A} and {@code R}; {@code Object} where nothing is said. */
  private static List<Type> arguments(Type type) {
    Class<?> raw = Types.raw(type);
    if (raw == Job.class) {
      return type instanceof ParameterizedType generic
          ? List.of(generic.getActualTypeArguments())
          : List.of(Object.class, Object.class);
    }
    Type superclass = raw.getGenericSuperclass();
    Type next =
        superclass != null && Job.class.isAssignableFrom(raw.getSuperclass())
            ? superclass
            : Arrays.stream(raw.getGenericInterfaces())
                .filter(i -> Job.class.isAssignableFrom(Types.raw(i)))
                .findFirst()
                .orElseThrow(() -> refused(raw, "it is no Job"));
    return arguments(next).stream().map(found -> replaced(found, type, raw)).toList();
  }

  /** A parameter of the class below is what the class above has put for it. */
  private static Type replaced(Type found, Type user, Class<?> raw) {
    if (!(found instanceof TypeVariable<?> variable)) {
      return found;
    }
    int index = Arrays.asList(raw.getTypeParameters()).indexOf(variable);
    return index >= 0 && user instanceof ParameterizedType generic
        ? generic.getActualTypeArguments()[index]
        : variable.getBounds()[0];
  }
}
