package dev.heddle.sync;

import java.util.Objects;

/**
 * A {@link Semaphore} that never has more permits than it started with: a release too many is an
 * error, and changes nothing. For permits that stand for things, of which there cannot be more.
 */
public final class BoundedSemaphore extends Semaphore {
  private final int bound;

  /**
   * A semaphore that is known by a number.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public BoundedSemaphore(int permits) {
    super("bounded semaphore", null, permits);
    bound = permits;
  }

  /**
   * A semaphore with a name, for messages and dumps.
   *
   * @throws IllegalArgumentException if the number of permits is negative
   */
  public BoundedSemaphore(String name, int permits) {
    super("bounded semaphore", Objects.requireNonNull(name, "name"), permits);
    bound = permits;
  }

  /** How many permits it started with. */
  public int bound() {
    return bound;
  }

  @Override
  String describeFree() {
    return available() + " of " + bound + " free";
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
