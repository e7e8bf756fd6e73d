package dev.heddle.process;

import org.jspecify.annotations.Nullable;

/**
 * What parent and child say to each other. The user's values travel inside of messages as bytes
 * made by the user's codec. So a value that cannot be read fails one call, and the connection stays
 * usable.
 *
 * <pre>
 *   child                parent
 *   Hello(token)   --&gt;                       proves that it is the child that was started
 *                  &lt;--   Setup               the codec and the limit
 *                  &lt;--   Run(job)
 *   Ask(1, get)    --&gt;                       while the job runs: an operation on a queue
 *                  &lt;--   Answer(1, item)
 *   Ask(2, get)    --&gt;
 *   Withdraw(2)    --&gt;                       the child's task is cancelled
 *                  &lt;--   Withdrawn(2)        or an Answer that was on its way already
 *   Done(result)   --&gt;                       or Failed, or Refused
 *                  &lt;--   Run(job)            the next job; the child exits at the end
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
sealed interface Message {

  /** The first message of a child, with the token from its standard input. */
  record Hello(String token) implements Message {}

  /** The class of the codec, and how long its messages may be. */
  record Setup(String codec, int maxMessageBytes) implements Message {}

  /** Run the job of this name, see {@link JobType#named}, with this argument. */
  record Run(String job, byte[] argument) implements Message {}

  /** The job's result. */
  record Done(byte[] result) implements Message {}

  /** The job has thrown an exception. */
  record Failed(RemoteFailure failure) implements Message {}

  /** The argument or the result cannot be sent; the codec says why. */
  record Refused(String why) implements Message {}

  /** Do an operation on a queue of the parent. It is answered once, with the same number. */
  record Ask(long number, String queue, Operation operation, byte @Nullable [] item)
      implements Message {}

  /** The operations of {@link Ask}. */
  enum Operation {
    PUT,
    GET,
    /** A get from a queue of a {@link Pipe}: its end is the end of a stream. */
    RECV,
    TASK_DONE,
    JOIN
  }

  /** Shut a queue of the parent down. It is not answered. */
  record Shutdown(String queue) implements Message {}

  /** The operation was done; with the item if it was a get. */
  record Answer(long number, byte @Nullable [] item) implements Message {}

  /** The operation has failed. */
  record Denied(long number, Reason reason, String why) implements Message {}

  /** Why an operation has failed; the child throws the exception of this reason. */
  enum Reason {
    SHUTDOWN,
    CODEC,
    MISUSE
  }

  /** Undo the operation if it is not done yet, because the child's task is cancelled. */
  record Withdraw(long number) implements Message {}

  /** The operation was not done, and will not be. */
  record Withdrawn(long number) implements Message {}
}
