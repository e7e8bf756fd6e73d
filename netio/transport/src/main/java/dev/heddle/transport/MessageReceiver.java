package dev.heddle.transport;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Receives the messages of an address, for one task. Given by {@link Transport#receiver}.
 *
 * <p>No more deliveries than its credit are unacknowledged; with no credit left, {@link #receive}
 * waits for an acknowledgement.
 */
public interface MessageReceiver extends AutoCloseable {
  /** Where it receives. */
  Address address();

  /** How many deliveries may be unacknowledged. */
  int credit();

  /** How many deliveries are unacknowledged. */
  int unacknowledged();

  /**
   * Receives the next message; null when the receiver or the transport was closed. One task at a
   * time may wait. A cancelled caller loses nothing: the message stays, for this receiver or
   * another.
   */
  @CheckReturnValue
  YieldEvent<@Nullable Delivery, IOException> receive();

  /**
   * Ends receiving. Deliveries that were not acknowledged are given to another receiver, or wait
   * for the next, where the transport promises {@link Guarantee#REDELIVERED}. A second call does
   * nothing.
   */
  @Override
  void close();

  /**
   * Ends receiving for a reason that senders are to hear, where the transport promises {@link
   * Guarantee#RECEIVER_LOST}: unless another receiver is there, who puts or asks at this address
   * gets a {@link ReceiverLostException} with that reason, until somebody receives there again.
   */
  void close(String reason);
}
