package dev.heddle.actor;

/** What becomes of a message for a {@link Subscription} that has as many as it may. */
public enum OverflowPolicy {
  /** The sender waits until there is room: the feed has each message, at its own pace. */
  WAIT,
  /** The oldest message makes room: the feed has the latest ones. */
  DROP_OLDEST,
  /** The message is not for this feed: it has the first ones, until it catches up. */
  DROP_NEWEST,
  /** The feed is detached, and its {@code receive} fails when it has given what it has. */
  FAIL
}
