package dev.heddle.record;

/**
 * What can come in. The order is that of the numbers in files: with a new kind, or other fields of
 * one, {@link RingFile#VERSION} changes.
 *
 * <p>Fields, a letter each: {@code w} the number of the task or socket, {@code n} a number, {@code
 * r} the result of a call, or what it threw, {@code t} a text that is often the same, {@code p} a
 * text; and if there is a result above 0: {@code b} as many bytes, {@code c} a checksum, {@code s}
 * as many pairs of a socket and what it is ready for.
 */
public enum EventKind {
  /** The time, as the difference to the last one. */
  CLOCK("a reading of the clock", "n"),
  /** A task has the turn. */
  TURN("a turn of task {w}", "w"),
  /** Whether another thread has closed the scheduler. */
  CLOSED("a look whether the scheduler is closed: {n}", "n"),
  /** Whether another thread has interrupted the loop. */
  INTERRUPTED("a look whether the loop is interrupted: {n}", "n"),
  /** Whether no message waits. */
  INBOX_EMPTY("a look whether the inbox is empty: {n}", "n"),
  /** Whether a promise was completed when a task began to wait for it. */
  PROMISE_DONE("a look whether a promise is completed: {n}", "n"),
  /** A message of another thread; the number is that of the task that waits for it, or 0. */
  MESSAGE("a message of another thread for task {w}: {t}", "wt"),
  /** The loop has taken all messages that it found. */
  DRAINED("the end of a look into the inbox", ""),
  /** The end of the scheduler. */
  END("the end of the scheduler", ""),
  /** The selector tells which sockets are ready. */
  SELECT("a poll of the sockets: {r} ready", "rs"),
  /** A socket or a listener is opened. */
  OPEN("the opening of socket {w}", "wr"),
  /** A socket gets an address. What a call that has failed was given is not in the file. */
  BIND("a bind of socket {w}: {p}", "wrp"),
  /** A listener accepts; the result is the number of the new socket, or 0. */
  ACCEPT("an accept on socket {w}: {r}", "wr"),
  /** A connect begins; 1 if it has ended at once. */
  CONNECT("a connect of socket {w}: {p}", "wrp"),
  /** Whether a connect has ended. */
  FINISH_CONNECT("the end of a connect of socket {w}: {r}", "wr"),
  /** A read, and its bytes. */
  READ("a read of {r} bytes on socket {w}", "wrb"),
  /** A write, and the checksum of its bytes. */
  WRITE("a write of {r} bytes on socket {w}", "wrc"),
  /** One direction is ended. */
  SHUTDOWN("the end of one direction of socket {w}", "wr"),
  /** A socket is closed. */
  CLOSE("the close of socket {w}", "wr"),
  /** An option of a socket is set. */
  SET_OPTION("the setting of an option of socket {w}", "wr"),
  /** An option of a socket is read. */
  GET_OPTION("the reading of an option of socket {w}: {r}", "wr"),
  /** An address of a socket is asked for. */
  ADDRESS("an address of socket {w}: {p}", "wrp");

  final String words;
  final String fields;

  EventKind(String words, String fields) {
    this.words = words;
    this.fields = fields;
  }

  boolean hasWho() {
    return fields.startsWith("w");
  }
}
