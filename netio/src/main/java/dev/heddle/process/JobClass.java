package dev.heddle.process;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A class of jobs: a new object of it for each call. */
record JobClass(Class<?> job, Type argument, Type result) implements JobType {
  private static final ClassValue<JobClass> KNOWN =
      new ClassValue<>() {
        @Override
        protected JobClass computeValue(Class<?> type) {
          return check(type);
        }
      };

  /**
   * The type of a class, checked for what a child will need of it.
   *
   * @throws IllegalArgumentException if no other process could make an object of it
   */
  static JobClass of(Class<?> job) {
    return KNOWN.get(job);
  }

  private static JobClass check(Class<?> job) {
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
    return new JobClass(job, types.get(0), types.get(1));
  }

  private static IllegalArgumentException refused(Class<?> job, String why) {
    return JobType.refused(job.getName(), why);
  }

  @Override
  public String name() {
    return job.getName();
  }

  @Override
  public String simpleName() {
    return job.getSimpleName();
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // checked; whether it takes null is its affair
  public @Nullable Object run(@Nullable Object given) throws Exception {
    Constructor<?> constructor = job.getDeclaredConstructor();
    constructor.setAccessible(true);
    return ((Job<Object, Object>) constructor.newInstance()).run(given);
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

  @Override
  public String toString() {
    return job.getName();
  }
}
