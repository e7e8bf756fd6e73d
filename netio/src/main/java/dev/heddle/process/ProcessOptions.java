package dev.heddle.process;

import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.DataCodec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How child processes are started, and what may pass between them and the parent.
 *
 * <pre>{@code
 * ProcessOptions options =
 *     ProcessOptions.DEFAULT.withJvmOptions("-Xmx64m").sharing(numbers).withForwardedOutput();
 * }</pre>
 *
 * <p>Options never change, and may be used for any number of processes and pools.
 *
 * <p>A child has the {@code java} program, the class path and the module path of this JVM, and runs
 * with assertions if this JVM does. A program that {@code java File.java} has started is compiled
 * once more for its children. Of the system properties a child has those of {@link
 * #withSystemProperties}, and it has the whole environment unless {@link #withEnvironment} says
 * otherwise.
 */
public final class ProcessOptions {
  private static final int LEAST_MESSAGE = 1 << 10;
  private static final int MOST_MESSAGE = 1 << 30;

  /** The defaults; each method tells what it changes. */
  public static final ProcessOptions DEFAULT = new ProcessOptions();

  // Written while the options are made, and never again.
  List<String> jvmOptions = ChildJvm.OPTIONS;

  /** Null for the class path of this JVM. */
  @Nullable String classPath;

  Class<? extends Codec> codec = DataCodec.class;
  int maxMessageBytes = 16 << 20;
  boolean forwardsOutput;
  Duration startTimeout = Duration.ofSeconds(30);
  int maxQueued = 64;
  List<Hosted> shared = List.of();

  /** The environment variables of the child; null for all. */
  @Nullable List<String> environment;

  List<String> systemProperties = List.of();

  /** The name of a process; null for the name of its job or of its place in the pool. */
  @Nullable String name;

  /** What a child does before its first job; null for nothing. */
  @Nullable Initializer initializer;

  private ProcessOptions() {}

  private ProcessOptions(ProcessOptions other) {
    jvmOptions = other.jvmOptions;
    classPath = other.classPath;
    codec = other.codec;
    maxMessageBytes = other.maxMessageBytes;
    forwardsOutput = other.forwardsOutput;
    startTimeout = other.startTimeout;
    maxQueued = other.maxQueued;
    shared = other.shared;
    environment = other.environment;
    systemProperties = other.systemProperties;
    name = other.name;
    initializer = other.initializer;
  }

  private ProcessOptions with(Consumer<ProcessOptions> change) {
    ProcessOptions copy = new ProcessOptions(this);
    change.accept(copy);
    return copy;
  }

  /**
   * The options of the child's JVM, in place of those that were set before. Default: the words of
   * the system property {@code heddle.child.jvm}, by which whoever starts a program gives all its
   * children more memory, say: {@code java "-Dheddle.child.jvm=-Xmx1g" -jar program.jar}. Without
   * the property {@code -XX:+UseSerialGC}.
   */
  public ProcessOptions withJvmOptions(String... options) {
    return with(o -> o.jvmOptions = List.of(options));
  }

  /** Where the child finds classes. Default: the class path of this JVM. */
  public ProcessOptions withClassPath(String path) {
    Objects.requireNonNull(path, "path");
    return with(o -> o.classPath = path);
  }

  /**
   * The environment variables that the child has, by their names, and no others; those that this
   * process does not have are left out. Default: all of this process.
   *
   * <pre>{@code
   * ProcessOptions.DEFAULT.withEnvironment("PATH", "LANG"); // no secret of the parent's
   * }</pre>
   */
  public ProcessOptions withEnvironment(String... variables) {
    List<String> names = List.of(variables);
    return with(o -> o.environment = names);
  }

  /**
   * The system properties ({@code -D}) of this process that the child gets too, by their names,
   * with the values that they have when the child is started. Default: none.
   */
  public ProcessOptions withSystemProperties(String... properties) {
    List<String> names = List.of(properties);
    return with(o -> o.systemProperties = names);
  }

  /**
   * The name of a process in messages and dumps, and of its task. Default: the name of the job, or
   * {@code process-1}, {@code process-2} and so on in a pool.
   */
  public ProcessOptions withName(String processName) {
    Objects.requireNonNull(processName, "processName");
    return with(o -> o.name = processName);
  }

  /**
   * What each child does before its first job, such as opening a connection that its jobs find in a
   * static field. The result is dropped. Default: nothing.
   *
   * <p>A child whose initializer fails has not started: the call for which it was started fails
   * with a {@link JobFailedException}, and the next call tries again.
   */
  public <A extends @Nullable Object> ProcessOptions withInitializer(
      JobType<A, ?> job, A argument) {
    return with(o -> o.initializer = new Initializer(job, argument));
  }

  /**
   * Like {@link #withInitializer(JobType, Object)}, of a static method.
   *
   * @throws IllegalArgumentException if it is not a reference to a static method
   */
  public <A extends @Nullable Object> ProcessOptions withInitializer(
      JobMethod<A, ? extends @Nullable Object> job, A argument) {
    return withInitializer(JobType.of(job), argument);
  }

  /** A job that is done first, and its argument. */
  record Initializer(JobType<?, ?> job, @Nullable Object argument) {}

  /**
   * The class of the codec for arguments and results; parent and child each create an object of the
   * class by its constructor without parameters. What is shared always travels by {@link
   * DataCodec}. Default: {@link DataCodec}.
   *
   * @throws IllegalArgumentException if no object of the class can be created
   */
  public ProcessOptions withCodec(Class<? extends Codec> type) {
    var _ = GuardedCodec.of(type, LEAST_MESSAGE); // refuses it here, and not in each call
    return with(o -> o.codec = type);
  }

  /**
   * How many bytes an encoded argument or result may have, an item of a queue that is shared, and
   * the key and values of an operation on a map that is shared; of what is shared over several
   * links, the least number counts. Default: 16 MiB.
   *
   * @param bytes 1 KiB to 1 GiB
   * @throws IllegalArgumentException if the number is out of this range
   */
  public ProcessOptions withMaxMessageBytes(int bytes) {
    boolean fits = LEAST_MESSAGE <= bytes && bytes <= MOST_MESSAGE;
    check(fits, "maxMessageBytes", bytes, LEAST_MESSAGE + " to " + MOST_MESSAGE);
    return with(o -> o.maxMessageBytes = bytes);
  }

  /**
   * Prints here what the children print. Default: nothing is printed. The end of a child's output
   * is kept in both cases.
   */
  public ProcessOptions withForwardedOutput() {
    return with(o -> o.forwardsOutput = true);
  }

  /**
   * How long a child may take to start and connect. Default: 30 seconds.
   *
   * @throws IllegalArgumentException if the time is not positive
   */
  public ProcessOptions withStartTimeout(Duration timeout) {
    check(timeout.isPositive(), "startTimeout", timeout, "positive");
    return with(o -> o.startTimeout = timeout);
  }

  /**
   * How many calls may wait for a child of the pool before {@link ProcessPool#submit} waits for
   * room. Default: 64.
   *
   * @param calls 1 or more
   * @throws IllegalArgumentException if the number is less than 1
   */
  public ProcessOptions withMaxQueued(int calls) {
    check(calls >= 1, "maxQueued", calls, "1 or more");
    return with(o -> o.maxQueued = calls);
  }

  /**
   * Lets the children use these things too, by their names. Default: nothing is shared.
   *
   * @throws IllegalArgumentException if two shared things have the same name, or a thing belongs to
   *     another process
   */
  public ProcessOptions sharing(Shareable... things) {
    List<Hosted> all =
        Stream.concat(shared.stream(), Stream.of(things).flatMap(ProcessOptions::hosted)).toList();
    long names = all.stream().map(Hosted::name).distinct().count();
    if (names < all.size()) {
      throw new IllegalArgumentException(
          "two shared things of one name among " + all.stream().map(Hosted::title).toList());
    }
    return with(o -> o.shared = all);
  }

  private static Stream<Hosted> hosted(Shareable thing) {
    return switch (thing) {
      case Hosted hosted -> Stream.of(hosted);
      case Pipe<?> pipe -> pipe.hosted();
      case ProcessMap<?, ?> map when map.hosted() instanceof Hosted entries -> Stream.of(entries);
      case ProcessArray array when array.hosted() instanceof Hosted elements ->
          Stream.of(elements, (Hosted) array.lock());
      default -> throw new IllegalArgumentException(thing + " is not this process's to share");
    };
  }

  private static void check(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
    }
  }

  /** Tells what is shared how long a message may be; see {@link LinkLimit}. */
  void linkShared() {
    shared.forEach(thing -> thing.link(maxMessageBytes));
  }
}
