package dev.heddle.net;

import dev.heddle.scheduler.Waiter;
import java.io.IOException;

/** What stands in one of the places of an {@link Endpoint}, and hears of readiness and close. */
interface SocketWait {
  /** Who waits. */
  Waiter waiting();

  /** What is waited for, as in {@link dev.heddle.scheduler.YieldEvent#describe}. */
  String describe();

  /** The operation that is waited for now; 0 while the wait only keeps its place. */
  int operation();

  /** The channel is ready: the task tries again at the beginning of its turn. */
  void ready();

  /** The channel was closed, and the wait has left its place. */
  void closed(IOException why);
}
