package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A shared thing in the process that has opened it, which keeps its state. {@link SharedServer}
 * does here what a child asks for; so all things are shared by the same few messages.
 */
interface Hosted {
  /** The name by which children ask for it. */
  String name();

  /** What it is, for messages: {@code "queue"}, {@code "lock"}. */
  String kind();

  /**
   * Does an operation for a child, in a task that waits in the child's place.
   *
   * @return what the child's {@link RemoteCall} reads
   * @throws Exception a failure of the operation, which the child is told
   */
  byte @Nullable [] perform(
      Awaiter co, Party party, Operation operation, byte @Nullable [] argument) throws Exception;

  /** Does what a child says and does not wait for. */
  default void tell(Party party, Operation operation, byte @Nullable [] argument) {
    throw unknown(operation);
  }

  /** A child that shares it is to start. An {@link #ended} follows for it, whatever happens. */
  default void starting() {}

  /** A child has ended; its operations are undone already. What it held is given back. */
  default void ended(Party party) {}

  /** It is shared over a link whose messages may have so many bytes; see {@link LinkLimit}. */
  default void link(int maxBytes) {}

  /** Where a child finds the memory of an array; null for all that has none. */
  default Message.@Nullable Memory memory() {
    return null;
  }

  /** {@code "lock 'log'"}. */
  default String title() {
    return kind() + " '" + name() + "'";
  }

  default IllegalStateException unknown(Operation operation) {
    return new IllegalStateException(title() + " has no operation " + operation);
  }

  static String checkName(String name) {
    return Objects.requireNonNull(name, "name");
  }

  /** An event that throws no checked exception may be declared to throw one. */
  @SuppressWarnings("unchecked")
  static <T extends @Nullable Object> YieldEvent<T, IOException> withIoException(
      YieldEvent<T, RuntimeException> event) {
    return (YieldEvent<T, IOException>) (YieldEvent<T, ? extends Exception>) event;
  }

  /** A process that uses shared things: a child, or this process itself. Compared by identity. */
  final class Party {
    /** The process that has opened the thing. */
    static final Party SELF = new Party("this process");

    private final String name;

    /** Whether the process has ended, so that it takes nothing any more. */
    boolean ended;

    Party(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
