package dev.heddle.transport;

import java.io.IOException;

/**
 * Nobody receives at the address any more: the receiver has crashed, or its process is gone. The
 * message says where and why, as far as that is known.
 */
public final class ReceiverLostException extends IOException {
  /** With what is to be said. */
  public ReceiverLostException(String message) {
    super(message);
  }
}
