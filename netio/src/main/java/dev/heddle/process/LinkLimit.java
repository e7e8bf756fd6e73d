package dev.heddle.process;

import dev.heddle.process.codec.CodecException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many bytes may be encoded of what a shared thing passes on: the least limit of the links over
 * which the thing is shared. So what cannot pass all links is refused where it goes in, and is not
 * lost on its way.
 */
final class LinkLimit {
  private final Hosted thing;

  private volatile int maxBytes = ItemCodec.MOST_BYTES;

  /** How long the longest piece was that went in. */
  private final AtomicInteger longest = new AtomicInteger();

  /** Whether the thing is shared over a link. Guarded by this. */
  private boolean linked;

  LinkLimit(Hosted thing) {
    this.thing = thing;
  }

  int maxBytes() {
    return maxBytes;
  }

  /** A piece of so many bytes has gone in. */
  void passed(int bytes) {
    int _ = longest.accumulateAndGet(bytes, Math::max);
  }

  /** Something that a child has sent goes in. */
  byte[] check(String what, byte[] sent) throws CodecException {
    if (sent.length > maxBytes) {
      throw new CodecException(
          what + " of " + sent.length + " bytes; the limit of " + thing + " is " + maxBytes);
    }
    passed(sent.length);
    return sent;
  }

  /**
   * The thing is shared over a link that carries so many bytes.
   *
   * @throws IllegalArgumentException if a longer piece went in already
   */
  synchronized void link(int limit) {
    int before = longest.get();
    if (before > limit) {
      throw new IllegalArgumentException(
          thing.title()
              + " was given an item of "
              + before
              + " bytes; maxMessageBytes is "
              + limit);
    }
    maxBytes = linked ? Math.min(maxBytes, limit) : limit;
    linked = true;
  }
}
