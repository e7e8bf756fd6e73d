package dev.heddle.process.codec;

import java.util.Map;
import java.util.Set;

/** Values whose own code throws. */
final class HostileValues {
  private HostileValues() {}

  /** Its hash code is an Error. */
  record NoHash(String text) {
    @Override
    public int hashCode() {
      throw new AssertionError("no hash");
    }
  }

  /** All have the same hash code, and are compared in vain. */
  record NoEquals(String text) {
    @Override
    public int hashCode() {
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      throw new IllegalStateException("no equals");
    }
  }

  /** All have the same hash code. */
  record OneHash(int number) {
    @Override
    public int hashCode() {
      return 1;
    }
  }

  /** Its class cannot be initialised in this process; {@link Ready} has its components. */
  record NotReady(String text) {
    static final int NUMBER = Integer.parseInt("no number");
  }

  record Ready(String text) {}

  /** Its accessor runs out of stack. */
  record Deep(String text) {
    @Override
    @SuppressWarnings("InfiniteRecursion")
    public String text() {
      return new Deep(text).text();
    }
  }

  /** Its constructor refuses everything, by an exception that cannot be asked. */
  record Mute(String text) {
    Mute {
      throw new MuteException();
    }
  }

  static final class MuteException extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("not even that");
    }
  }

  /** All of them, so that a message may name them. */
  record Holder(
      Set<NoHash> noHash,
      Set<NoEquals> noEquals,
      Map<OneHash, Integer> oneHash,
      NotReady notReady,
      Ready ready,
      Deep deep,
      Mute mute) {}
}
