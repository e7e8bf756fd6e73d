package dev.heddle.transport;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where a message goes, the same for all transports: a queue, of whose receivers one gets each
 * message, or a topic, of whose receivers each gets every message.
 *
 * <pre>{@code
 * Address orders = Address.queue("shop.orders");
 * Address prices = Address.topic("shop.prices");
 * }</pre>
 *
 * <p>A queue and a topic of one name are two addresses.
 *
 * @param kind who gets a message
 * @param name 1 to 200 of {@code A-Z a-z 0-9 - _}, in parts with a dot between two: what each of
 *     the transports can carry
 */
public record Address(Kind kind, String name) {
  /** Who gets a message. */
  public enum Kind {
    /** One of the receivers. While there is none, messages wait as far as there is room. */
    QUEUE,
    /** Each receiver that is there when the message comes. */
    TOPIC
  }

  /** The longest name. */
  public static final int MOST_CHARS = 200;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it is not as said above
   */
  public Address {
    Objects.requireNonNull(kind, "kind");
    if (name.length() > MOST_CHARS) {
      throw new IllegalArgumentException(
          "an address of " + name.length() + " characters: must be 1 to " + MOST_CHARS);
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "address '" + name + "': must be letters, digits, - and _, in parts with a dot between");
    }
  }

  /** The queue of this name. */
  public static Address queue(String name) {
    return new Address(Kind.QUEUE, name);
  }

  /** The topic of this name. */
  public static Address topic(String name) {
    return new Address(Kind.TOPIC, name);
  }

  /** Whether each receiver gets every message. */
  public boolean isTopic() {
    return kind == Kind.TOPIC;
  }

  @Override
  public String toString() {
    return (isTopic() ? "topic '" : "queue '") + name + "'";
  }
}
