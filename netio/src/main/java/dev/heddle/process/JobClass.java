package dev.heddle.process;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A class of jobs. Each call gets a new object of the class. */
final class JobClass<A extends @Nullable Object, R extends @Nullable Object> extends JobType<A, R> {
  private static final ClassValue<JobClass<?, ?>> KNOWN =
      new ClassValue<>() {
        @Override
        protected JobClass<?, ?> computeValue(Class<?> type) {
          return check(type);
        }
      };

  private final Class<?> job;

  private JobClass(Class<?> job, Type argument, Type result) {
    super(job.getName(), job.getSimpleName(), argument, result);
    this.job = job;
  }

  /** See {@link JobType#of(Class)}. */
  static JobClass<?, ?> ofClass(Class<?> job) {
    return KNOWN.get(job);
  }

  private static JobClass<?, ?> check(Class<?> job) {
    if (job.isHidden() || job.isAnonymousClass() || job.isLocalClass()) {
      throw refused(job, "it has no name by which another process could find it");
    }
    if (job.isInterface() || Modifier.isAbstract(job.getModifiers())) {
      throw refused(job, "it is abstract");
    }
    if (job.isMemberClass() && !Modifier.isStatic(job.getModifiers())) {
      throw refused(job, "it is an inner class; make it static");
    }
    Constructor<?> constructor =
        Arrays.stream(job.getDeclaredConstructors())
            .filter(c -> c.getParameterCount() == 0)
            .findFirst()
            .orElseThrow(() -> refused(job, "it has no constructor without parameters"));
    if (!constructor.trySetAccessible()) {
      throw refused(job, notOpen(job));
    }
    List<Type> types = arguments(job);
    return new JobClass<>(job, types.get(0), types.get(1));
  }

  private static IllegalArgumentException refused(Class<?> job, String why) {
    return refused(job.getName(), why);
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the codec has checked; a job may take null
  @Nullable Object run(@Nullable Object given) throws Exception {
    Constructor<?> constructor = job.getDeclaredConstructor();
    constructor.setAccessible(true);
    return ((Job<Object, Object>) constructor.newInstance()).run(given);
  }

  /** The arguments of {@code Job} in this type; {@code Object} twice if it has none. */
  private static List<Type> arguments(Type type) {
    Class<?> raw = raw(type);
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
                .filter(i -> Job.class.isAssignableFrom(raw(i)))
                .findFirst()
                .orElseThrow(() -> refused(raw, "it is no Job"));
    return arguments(next).stream().map(found -> replaced(found, type, raw)).toList();
  }

  /** The class of a superclass or superinterface. */
  private static Class<?> raw(Type type) {
    return (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
  }

  /** If {@code found} is a type variable of the class, replaces it by what the user has put. */
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
