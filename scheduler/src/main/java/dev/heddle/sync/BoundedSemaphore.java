package dev.heddle.sync;

import java.util.Objects;

/**
 * A {@link Semaphore} that never has more permits than it started with. One release too many throws
 * an {@link IllegalStateException} and changes nothing. It fits permits that stand for things, such
 * as the connections of a pool, because their number is fixed.
 *
 * <p>Invariant: there are never more free permits than the bound.
 */
public final class BoundedSemaphore extends Semaphore {
  /** How many permits there are, free and taken. */
  private final int bound;

  /**
   * A semaphore that messages name by a number.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public BoundedSemaphore(int permits) {
    super("bounded semaphore", null, permits);
    bound = permits;
  }

  /**
   * A semaphore with a name for messages and dumps.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public BoundedSemaphore(String name, int permits) {
    super("bounded semaphore", Objects.requireNonNull(name, "name"), permits);
    bound = permits;
  }

  /** How many permits the semaphore started with. */
  public int bound() {
    return bound;
  }

  @Override
  String describeFree() {
    return available() + " of " + bound + " free";
  }

  @Override
  boolean valid() {
    return super.valid() && available() <= bound;
  }

  @Override
  void checkCount(int permits) {
    super.checkCount(permits);
    if (permits > bound) {
      throw new IllegalArgumentException(
          permits + " permits of " + identity.title() + " can never be had: it has " + bound);
    }
  }

  @Override
  void checkRelease(int permits) {
    super.checkRelease(permits);
    if (permits > bound - available()) {
      throw new IllegalStateException(
          "release of "
              + permits
              + " to "
              + identity.title()
              + ", which has "
              + available()
              + " of "
              + bound
              + " permits already: released too often");
    }
  }
}
