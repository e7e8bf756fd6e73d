package dev.heddle.actor;

/**
 * Something that messages can be sent to: an {@link Actor}, an {@link ActorRef}, an {@link
 * Exchange}, or a lambda.
 *
 * @param <M> the messages
 */
@FunctionalInterface
public interface Receiver<M> {
  /** Takes a message at once, without waiting; throws if it cannot take it. */
  void send(M message);
}
