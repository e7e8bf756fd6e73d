package dev.heddle.process;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * What a child process is to do, as both processes know it: a class of jobs or a static method,
 * found by its name, with the declared types of its argument and its result.
 *
 * <pre>{@code
 * int primes = co.await(pool.apply(JobType.of(CountPrimes.class), new Range(0, 1_000_000)));
 * int more = co.await(pool.apply(Primes::count, new Range(0, 1_000_000))); // makes the type itself
 * }</pre>
 *
 * <p>A job type may be kept and used again, by any thread.
 *
 * @param <A> the argument
 * @param <R> the result
 */
public abstract sealed class JobType<A extends @Nullable Object, R extends @Nullable Object>
    permits JobClass, StaticMethod, JobChunk {
  /** The name by which {@link #named} finds the job. */
  final String name;

  /** A short name, for tasks and threads. */
  final String simpleName;

  /** The declared type of the argument. */
  final Type argument;

  /** The declared type of the result. */
  final Type result;

  JobType(String name, String simpleName, Type argument, Type result) {
    this.name = name;
    this.simpleName = simpleName;
    this.argument = argument;
    this.result = result;
  }

  /**
   * The type of the jobs of a class.
   *
   * @throws IllegalArgumentException if another process could not find the class, or could not
   *     create an object of it; {@link Job} tells what the class needs
   */
  @SuppressWarnings("unchecked") // the class declares A and R
  public static <A extends @Nullable Object, R extends @Nullable Object> JobType<A, R> of(
      Class<? extends Job<A, R>> job) {
    return (JobType<A, R>) JobClass.ofClass(job);
  }

  /**
   * The type of a job that is a static method: {@code JobType.of(Primes::count)}.
   *
   * @throws IllegalArgumentException if the argument is not a reference to a static method
   */
  public static <A extends @Nullable Object, R extends @Nullable Object> JobType<A, R> of(
      JobMethod<A, R> method) {
    return StaticMethod.ofReference(method);
  }

  /** The type of a job that is a static method of two parameters. */
  static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      JobType<ArgumentPair<A, B>, R> ofTwo(BiJobMethod<A, B, R> method) {
    return StaticMethod.ofReference(method);
  }

  /** In the child: finds the job that the parent has named. */
  static JobType<?, ?> named(String name) throws ReflectiveOperationException {
    if (name.startsWith(JobChunk.PREFIX)) {
      return new JobChunk<>(named(name.substring(JobChunk.PREFIX.length())));
    }
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return name.contains(StaticMethod.SEPARATOR)
        ? StaticMethod.named(name, loader)
        : JobClass.ofClass(Class.forName(name, true, loader));
  }

  static IllegalArgumentException refused(String what, String why) {
    return new IllegalArgumentException(what + " cannot run in a process: " + why);
  }

  /** A class of a named module is found by reflection only if its package is open to ours. */
  static String notOpen(Class<?> type) {
    Module ours = JobType.class.getModule();
    return "module "
        + type.getModule().getName()
        + " does not open package "
        + type.getPackageName()
        + " to "
        + (ours.isNamed() ? ours.getName() : "unnamed modules");
  }

  /** In the child: runs the job, and throws what the job throws. */
  abstract @Nullable Object run(@Nullable Object given) throws Throwable;

  /** The job's name for people. */
  @Override
  public String toString() {
    return name;
  }
}
