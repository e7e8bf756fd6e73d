package dev.heddle.process;

import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.DataCodec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How child processes are started, and what may pass between them and the parent.
 *
 * <pre>{@code
 * ProcessOptions options =
 *     ProcessOptions.builder().jvmOptions("-Xmx64m").share(numbers).forwardOutput().build();
 * }</pre>
 *
 * <p>Options never change, and may be used for any number of processes and pools.
 */
public final class ProcessOptions {
  /** The options of a builder on which nothing was set. */
  public static final ProcessOptions DEFAULT = builder().build();

  final List<String> jvmOptions;
  final String classPath;
  final Class<? extends Codec> codec;
  final int maxMessageBytes;
  final boolean forwardsOutput;
  final Duration startTimeout;
  final int maxQueued;
  final List<HostedQueue<?>> shared;

  private ProcessOptions(Builder builder) {
    jvmOptions = builder.jvmOptions;
    classPath = builder.classPath;
    codec = builder.codec;
    maxMessageBytes = builder.maxMessageBytes;
    forwardsOutput = builder.forwardsOutput;
    startTimeout = builder.startTimeout;
    maxQueued = builder.maxQueued;
    shared = builder.shared;
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects options. For one thread. */
  public static final class Builder {
    private static final int LEAST_MESSAGE = 1 << 10;
    private static final int MOST_MESSAGE = 1 << 30;

    private List<String> jvmOptions = ChildJvm.OPTIONS;
    private String classPath = ChildJvm.ownClassPath();
    private Class<? extends Codec> codec = DataCodec.class;
    private int maxMessageBytes = 16 << 20;
    private boolean forwardsOutput;
    private Duration startTimeout = Duration.ofSeconds(30);
    private int maxQueued = 64;
    private List<HostedQueue<?>> shared = List.of();

    private Builder() {}

    /**
     * The options of the child's JVM, in place of those that were set before. Default: {@code
     * -XX:+UseSerialGC}.
     */
    public Builder jvmOptions(String... options) {
      jvmOptions = List.of(options);
      return this;
    }

    /** Where the child finds classes. Default: the class path of this JVM. */
    public Builder classPath(String path) {
      classPath = Objects.requireNonNull(path, "path");
      return this;
    }

    /**
     * The class of the codec for arguments and results; parent and child each create an object of
     * the class by its constructor without parameters. Items of queues always travel by {@link
     * DataCodec}. Default: {@link DataCodec}.
     *
     * @throws IllegalArgumentException if no object of the class can be created
     */
    public Builder codec(Class<? extends Codec> type) {
      var _ = GuardedCodec.of(type, LEAST_MESSAGE); // refuses it here, and not in each call
      codec = type;
      return this;
    }

    /**
     * How many bytes an encoded argument or result may have. An item of a queue may have 16 MiB.
     * Default: 16 MiB.
     *
     * @param bytes 1 KiB to 1 GiB
     * @throws IllegalArgumentException if the number is out of this range
     */
    public Builder maxMessageBytes(int bytes) {
      boolean fits = LEAST_MESSAGE <= bytes && bytes <= MOST_MESSAGE;
      check(fits, "maxMessageBytes", bytes, LEAST_MESSAGE + " to " + MOST_MESSAGE);
      maxMessageBytes = bytes;
      return this;
    }

    /**
     * Prints here what the children print. Default: nothing is printed. The end of a child's output
     * is kept in both cases.
     */
    public Builder forwardOutput() {
      forwardsOutput = true;
      return this;
    }

    /**
     * How long a child may take to start and connect. Default: 30 seconds.
     *
     * @throws IllegalArgumentException if the time is not positive
     */
    public Builder startTimeout(Duration timeout) {
      check(timeout.isPositive(), "startTimeout", timeout, "positive");
      startTimeout = timeout;
      return this;
    }

    /**
     * How many calls may wait for a child of the pool before {@link ProcessPool#submit} waits for
     * room. Default: 64.
     *
     * @param calls 1 or more
     * @throws IllegalArgumentException if the number is less than 1
     */
    public Builder maxQueued(int calls) {
      check(calls >= 1, "maxQueued", calls, "1 or more");
      maxQueued = calls;
      return this;
    }

    /**
     * Lets the children use these queues, too, by their names. Default: no queue is shared.
     *
     * @throws IllegalArgumentException if two shared queues have the same name, or a queue belongs
     *     to another process
     */
    public Builder share(ProcessQueue<?>... queues) {
      List<HostedQueue<?>> all =
          Stream.concat(shared.stream(), Stream.of(queues).map(Builder::hosted)).toList();
      long names = all.stream().map(ProcessQueue::name).distinct().count();
      if (names < all.size()) {
        throw new IllegalArgumentException("two queues of one name among " + all);
      }
      shared = all;
      return this;
    }

    private static HostedQueue<?> hosted(ProcessQueue<?> queue) {
      if (queue instanceof HostedQueue<?> hosted) {
        return hosted;
      }
      throw new IllegalArgumentException(queue + " is not this process's to share");
    }

    /** Lets the child use its end of this pipe, by the pipe's name; see {@link Parent#pipe}. */
    public Builder share(Pipe<?> pipe) {
      return share(pipe.toChild, pipe.toParent);
    }

    private static void check(boolean holds, String name, Object value, String range) {
      if (!holds) {
        throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
      }
    }

    /** The options that were set. */
    public ProcessOptions build() {
      return new ProcessOptions(this);
    }
  }
}
