package dev.heddle.scheduler;

/**
 * Where a task stands, for the kernel.
 *
 * <pre>
 *   READY --turn--> RUNNING --yields--> STARTING --handleYield is done--> WAITING
 *     ^              ^   |                 |                                 |
 *     |              |   | ends            | wake: completed at once         | wake, cancel
 *     |              |   v                 v                                 |
 *     |              | ENDED           COMPLETED                             |
 *     |              '---------------------'                                 |
 *     '----------------------------------------------------------------------'
 * </pre>
 *
 * A turn that begins with handleResume goes from READY to STARTING. Numbers, not an enum: they are
 * written several times a turn, and a reference written costs a barrier of the garbage collector.
 */
final class Phase {
  static final byte READY = 0;
  static final byte RUNNING = 1;
  static final byte STARTING = 2;

  /** STARTING, and the hook is still under way in which its event has asked for handleResume. */
  static final byte RESTARTING = 3;

  static final byte COMPLETED = 4;
  static final byte WAITING = 5;
  static final byte ENDED = 6;

  private Phase() {}

  /** Whether a hook of its event is under way. */
  static boolean isStarting(byte phase) {
    return phase == STARTING || phase == RESTARTING;
  }
}
