package dev.heddle.process;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How child processes are started, and what may pass between them and the parent.
 *
 * @param jvmOptions for the child's JVM, in front of the class
 * @param classPath where the child finds classes
 * @param codec the class of the codec on both sides, for arguments and results; it has a
 *     constructor without parameters. Items of queues are always {@link DataCodec}'s
 * @param maxMessageBytes how long an encoded argument, result or item may be. 1 KiB to 1 GiB
 * @param forwardsOutput whether what a child prints is printed here; its end is kept either way
 * @param startTimeout how long a child may take until it answers. Positive
 * @param maxQueued how many calls may be submitted and not begun. 1 or more
 * @param shared the queues of this process that the children may use
 */
public record ProcessOptions(
    List<String> jvmOptions,
    String classPath,
    Class<? extends Codec> codec,
    int maxMessageBytes,
    boolean forwardsOutput,
    Duration startTimeout,
    int maxQueued,
    List<ProcessQueue<?>> shared) {

  private static final int LEAST_MESSAGE = 1 << 10;
  private static final int MOST_MESSAGE = 1 << 30;

  /**
   * This JVM's class path, the serial collector, {@link DataCodec}, messages of 16 MiB, output kept
   * and not forwarded, 30 seconds to start, 64 calls queued, nothing shared.
   */
  public static final ProcessOptions DEFAULT =
      new ProcessOptions(
          List.of("-XX:+UseSerialGC"),
          ChildJvm.ownClassPath(),
          DataCodec.class,
          16 << 20,
          false,
          Duration.ofSeconds(30),
          64,
          List.of());

  /** Checks the ranges. */
  public ProcessOptions {
    jvmOptions = List.copyOf(jvmOptions);
    shared = List.copyOf(shared);
    check(
        LEAST_MESSAGE <= maxMessageBytes && maxMessageBytes <= MOST_MESSAGE,
        "maxMessageBytes",
        maxMessageBytes,
        LEAST_MESSAGE + " to " + MOST_MESSAGE);
    var _ = newCodec(codec); // so that one that cannot be made is refused here, not in each call
    check(startTimeout.isPositive(), "startTimeout", startTimeout, "positive");
    check(maxQueued >= 1, "maxQueued", maxQueued, "1 or more");
  }

  private static void check(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
    }
  }

  /** These options with other options for the JVM, instead of those there are. */
  public ProcessOptions withJvmOptions(String... options) {
    return new ProcessOptions(
        List.of(options),
        classPath,
        codec,
        maxMessageBytes,
        forwardsOutput,
        startTimeout,
        maxQueued,
        shared);
  }

  /** These options with another class path. */
  public ProcessOptions withClassPath(String path) {
    return new ProcessOptions(
        jvmOptions, path, codec, maxMessageBytes, forwardsOutput, startTimeout, maxQueued, shared);
  }

  /** These options with another codec. */
  public ProcessOptions withCodec(Class<? extends Codec> type) {
    return new ProcessOptions(
        jvmOptions,
        classPath,
        type,
        maxMessageBytes,
        forwardsOutput,
        startTimeout,
        maxQueued,
        shared);
  }

  /** These options with another limit for messages. */
  public ProcessOptions withMaxMessageBytes(int bytes) {
    return new ProcessOptions(
        jvmOptions, classPath, codec, bytes, forwardsOutput, startTimeout, maxQueued, shared);
  }

  /** These options, and what the children print is printed by this process too. */
  public ProcessOptions forwardingOutput() {
    return new ProcessOptions(
        jvmOptions, classPath, codec, maxMessageBytes, true, startTimeout, maxQueued, shared);
  }

  /** These options with another time to start. */
  public ProcessOptions withStartTimeout(Duration timeout) {
    return new ProcessOptions(
        jvmOptions, classPath, codec, maxMessageBytes, forwardsOutput, timeout, maxQueued, shared);
  }

  /** These options with another number of calls that may wait. */
  public ProcessOptions withMaxQueued(int calls) {
    return new ProcessOptions(
        jvmOptions, classPath, codec, maxMessageBytes, forwardsOutput, startTimeout, calls, shared);
  }

  /**
   * These options, and the children may use these queues too, by their names.
   *
   * @throws IllegalArgumentException if two of them have one name
   */
  public ProcessOptions sharing(ProcessQueue<?>... queues) {
    List<ProcessQueue<?>> all = new ArrayList<>(shared);
    all.addAll(List.of(queues));
    for (ProcessQueue<?> queue : all) {
      if (!(queue instanceof HostedQueue<?>)) {
        throw new IllegalArgumentException(queue + " is not this process's to share");
      }
    }
    long names = all.stream().map(ProcessQueue::name).distinct().count();
    if (names < all.size()) {
      throw new IllegalArgumentException("two queues of one name among " + all);
    }
    return new ProcessOptions(
        jvmOptions,
        classPath,
        codec,
        maxMessageBytes,
        forwardsOutput,
        startTimeout,
        maxQueued,
        all);
  }

  /** These options, and the child may use its end of this pipe. */
  public ProcessOptions sharing(Pipe<?> pipe) {
    return sharing(pipe.queues().toArray(ProcessQueue<?>[]::new));
  }

  /** A new codec of the chosen class. */
  static Codec newCodec(Class<? extends Codec> type) {
    try {
      var constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      Throwable why =
          e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
      throw new IllegalArgumentException(
          type.getName() + " is no codec that two processes can make: " + why, e);
    }
  }
}
