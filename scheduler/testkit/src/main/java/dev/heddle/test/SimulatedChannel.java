package dev.heddle.test;

/** What a selector asks of a channel, and a host of what is open. */
interface SimulatedChannel {
  /** The operations that would not wait now. */
  int readyOps();

  /** The host has crashed. */
  void vanish();
}
