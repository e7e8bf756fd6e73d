package dev.heddle.transport.link;

import dev.heddle.transport.link.LinkFrame.Content;
import dev.heddle.transport.link.LinkFrame.Found;
import dev.heddle.transport.link.LinkFrame.Lost;
import dev.heddle.transport.link.LinkFrame.Numbered;
import java.net.ProtocolException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The numbered frames of one side: what is to be sent, what was sent and may have to be sent again,
 * and how many have been received.
 *
 * <pre>
 *   add -> unsent -- next --> sent -- receivedBy the peer --> over
 * </pre>
 *
 * <p>Invariants: the numbers of {@code sent} follow each other, and end before the next one. What
 * is unsent says at most one thing about whether an address has receivers.
 */
final class FrameLog {
  private final ArrayDeque<Content> unsent = new ArrayDeque<>();
  private final ArrayDeque<Numbered> sent = new ArrayDeque<>();
  private long nextNumber = 1;
  private long received;

  /** To be sent. Of what is said about an address only the last word is kept. */
  void add(Content content) {
    switch (content) {
      case Lost lost -> unsent.removeIf(other -> isAbout(other, lost.at()));
      case Found found -> unsent.removeIf(other -> isAbout(other, found.at()));
      default -> {}
    }
    assert saysNothingNewOf(content) : this + " says two things about the receivers: " + content;
    unsent.add(content);
  }

  /** The second invariant, before the content is added. */
  private boolean saysNothingNewOf(Content content) {
    return switch (content) {
      case Lost lost -> unsent.stream().noneMatch(other -> isAbout(other, lost.at()));
      case Found found -> unsent.stream().noneMatch(other -> isAbout(other, found.at()));
      default -> true;
    };
  }

  private static boolean isAbout(Content content, dev.heddle.transport.Address at) {
    return switch (content) {
      case Lost lost -> lost.at().equals(at);
      case Found found -> found.at().equals(at);
      default -> false;
    };
  }

  /** The next frame to be sent for the first time; null if there is none. */
  @Nullable Numbered next() {
    Content content = unsent.poll();
    if (content == null) {
      return null;
    }
    Numbered numbered = new Numbered(nextNumber++, content);
    sent.add(numbered);
    assert valid() : this;
    return numbered;
  }

  /** Whether there is something to be sent for the first time. */
  boolean hasNext() {
    return !unsent.isEmpty();
  }

  /** What was sent, and may have been lost. */
  List<Numbered> toRepeat() {
    return new ArrayList<>(sent);
  }

  /**
   * The peer has received so many frames: those that are over now.
   *
   * @throws ProtocolException if it has said so of more before, or were not sent so many
   */
  List<Numbered> receivedBy(long count) throws ProtocolException {
    Numbered oldest = sent.peek();
    long least = oldest == null ? nextNumber - 1 : oldest.number() - 1;
    if (count < least || count >= nextNumber) {
      throw new ProtocolException(
          "a count of received frames is "
              + count
              + ": must be "
              + least
              + " to "
              + (nextNumber - 1));
    }
    List<Numbered> over = new ArrayList<>();
    for (Numbered first = sent.peek(); first != null && first.number() <= count; ) {
      over.add(sent.remove());
      first = sent.peek();
    }
    assert sent.isEmpty() || sent.element().number() == count + 1 : this + " after " + count;
    assert valid() : this;
    return over;
  }

  /**
   * A frame has come.
   *
   * @return false if it has come before
   * @throws ProtocolException if one before it has not come
   */
  boolean receive(long number) throws ProtocolException {
    if (number <= received) {
      return false;
    }
    if (number != received + 1) {
      throw new ProtocolException(
          "a frame has the number " + number + ": must be " + (received + 1) + " or less");
    }
    received = number;
    return true;
  }

  /** How many frames have come. */
  long received() {
    return received;
  }

  /** The peer is another one, that knows of nothing. */
  void restart() {
    unsent.clear();
    sent.clear();
    nextNumber = 1;
    received = 0;
    assert valid() && kept() == 0 : this;
  }

  /** How many frames are kept. */
  int kept() {
    return unsent.size() + sent.size();
  }

  /** The first invariant. */
  private boolean valid() {
    return sent.isEmpty()
        || (sent.getLast().number() == nextNumber - 1
            && sent.getLast().number() - sent.getFirst().number() == sent.size() - 1);
  }

  @Override
  public String toString() {
    return sent.size() + " sent, " + unsent.size() + " unsent, next " + nextNumber;
  }
}
