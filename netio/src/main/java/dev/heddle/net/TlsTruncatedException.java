package dev.heddle.net;

import java.io.IOException;

/**
 * The input of an encrypted connection ended without the peer's word that this is the end ({@code
 * close_notify}): somebody may have cut the connection, and what was received may be a part only. A
 * clean end is {@link TlsSocket#recv} giving -1.
 *
 * <p>Some peers close without that word. Where the protocol says by itself how long a message is,
 * its reader may take this as the end.
 */
public final class TlsTruncatedException extends IOException {
  private static final long serialVersionUID = 1L;

  TlsTruncatedException(String message) {
    super(message);
  }
}
