package dev.heddle.process;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What parent and child say to each other. The user's values travel inside of messages as bytes
 * made by the user's codec. So a value that cannot be read fails one call, and the connection stays
 * usable.
 *
 * <pre>
 *   child                parent
 *   Hello(token)   --&gt;                       proves that it is the child that was started
 *                  &lt;--   Setup               the codec, the limit, what is shared
 *                  &lt;--   Run(1, job)
 *   Ask(1, get)    --&gt;                       while the job runs: an operation on a shared thing
 *                  &lt;--   Answer(1, item)
 *   Ask(2, get)    --&gt;
 *   Withdraw(2)    --&gt;                       the child's task is cancelled
 *                  &lt;--   Withdrawn(2)        or an Answer that was on its way already
 *   Done(1, result) --&gt;                      or Failed, or Refused
 *                  &lt;--   Run(2, job)         the next job; the child exits at the end
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
sealed interface Message {

  /** The first message of a child, with the token from its standard input. */
  record Hello(String token) implements Message {
    public Hello {
      Objects.requireNonNull(token, "token");
    }
  }

  /** The class of the codec, how long its messages may be, and what is shared. */
  record Setup(String codec, int maxMessageBytes, List<Shared> shared) implements Message {}

  /** A shared thing: its name, what it is, and where its memory is if it has some. */
  record Shared(String name, String kind, @Nullable Memory memory) {}

  /** The memory of an array: a file, the type of the elements, and how many there are. */
  record Memory(String file, String element, long length) {}

  /**
   * Run the job of this name, see {@link JobType#named}, with this argument. The outcome has the
   * same number: a second outcome of one job must not be taken for that of the next one.
   */
  record Run(long number, String job, byte[] argument) implements Message {}

  /** The job's result. */
  record Done(long number, byte[] result) implements Message {
    public Done {
      Objects.requireNonNull(result, "result");
    }
  }

  /** The job has thrown an exception. */
  record Failed(long number, RemoteFailure failure) implements Message {
    public Failed {
      Objects.requireNonNull(failure, "failure");
    }
  }

  /** The argument or the result cannot be sent; the codec says why. */
  record Refused(long number, String why) implements Message {}

  /** Do an operation on a shared thing. It is answered once, with the same number. */
  record Ask(long number, String thing, Operation operation, byte @Nullable [] argument)
      implements Message {}

  /** Do an operation on a shared thing that never waits and cannot fail. It is not answered. */
  record Tell(String thing, Operation operation, byte @Nullable [] argument) implements Message {}

  /** The operations of {@link Ask} and {@link Tell}. Each kind of thing knows some of them. */
  enum Operation {
    /** Of a queue and of a map. */
    PUT,
    GET,
    /** A get from a queue of a {@link Pipe}: its end is the end of a stream. */
    RECV,
    /** Of a queue of a {@link Pipe}, with the nanoseconds that it may take. */
    POLL,
    TASK_DONE,
    JOIN,
    SHUTDOWN,
    /** Of a lock and of a semaphore. */
    ACQUIRE,
    RELEASE,
    /** A holder has ended and has not released. */
    ABANDON,
    /** Of an event. */
    SET,
    CLEAR,
    IS_SET,
    /** Of an event and of a barrier. */
    AWAIT,
    ABORT,
    RESET,
    /** Of a map, with {@link #PUT} and {@link #GET}. */
    PUT_IF_ABSENT,
    REMOVE,
    REPLACE,
    ENTRIES
  }

  /** The operation was done; with what it gives. */
  record Answer(long number, byte @Nullable [] result) implements Message {}

  /** The operation has failed. */
  record Denied(long number, Reason reason, String why) implements Message {}

  /** Why an operation has failed; the child throws the exception of this reason. */
  enum Reason {
    SHUTDOWN,
    CODEC,
    MISUSE,
    BROKEN,
    FAILED
  }

  /** Undo the operation if it is not done yet, because the child's task is cancelled. */
  record Withdraw(long number) implements Message {}

  /** The operation was not done, and will not be. */
  record Withdrawn(long number) implements Message {}
}
