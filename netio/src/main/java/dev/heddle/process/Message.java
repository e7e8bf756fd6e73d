package dev.heddle.process;

import org.jspecify.annotations.Nullable;

/**
 * What parent and child say to each other. Values of users travel inside as bytes, made by the
 * codec of their choice: one that cannot be read spoils a call, not the conversation.
 *
 * <pre>
 *   child                parent
 *   Hello(token)   -->                       it is the one that was started
 *                  <--   Setup               its codec and its limit
 *                  <--   Run(job)
 *   Ask(1, get)    -->                       while the job runs: queues of the parent
 *                  <--   Answer(1, item)
 *   Ask(2, get)    -->
 *   Withdraw(2)    -->                       the task that asked is cancelled
 *                  <--   Withdrawn(2)        or an Answer that was on its way
 *   Done(result)   -->                       or Failed, or Refused
 *                  <--   Run(job)            the next; or the end: then the child exits
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
sealed interface Message {

  /** The child's first words; the token came by its standard input. */
  record Hello(String token) implements Message {}

  /** Which codec, by its class, and how long its messages may be. */
  record Setup(String codec, int maxMessageBytes) implements Message {}

  /** Run a job, by its name (see {@link JobType#named}), with this argument. */
  record Run(String job, byte[] argument) implements Message {}

  /** The job's result. */
  record Done(byte[] result) implements Message {}

  /** The job has thrown. */
  record Failed(RemoteFailure failure) implements Message {}

  /** The job did not run, or its result cannot be sent: the codec says why. */
  record Refused(String why) implements Message {}

  /** An operation on a queue of the parent's; answered once, with the same number. */
  record Ask(long number, String queue, Operation operation, byte @Nullable [] item)
      implements Message {}

  /** What an {@link Ask} wants done. */
  enum Operation {
    PUT,
    GET,
    TASK_DONE,
    JOIN
  }

  /** Shut a queue of the parent's down; nobody waits for an answer. */
  record Shutdown(String queue) implements Message {}

  /** It is done; with the item, if it was a get. */
  record Answer(long number, byte @Nullable [] item) implements Message {}

  /** It is not done. */
  record Denied(long number, Reason reason, String why) implements Message {}

  /** Why an operation was not done. */
  enum Reason {
    SHUTDOWN,
    CODEC,
    MISUSE
  }

  /** The task that asked is cancelled: do not do it, if it is not done yet. */
  record Withdraw(long number) implements Message {}

  /** It was not done, and will not be. */
  record Withdrawn(long number) implements Message {}
}
