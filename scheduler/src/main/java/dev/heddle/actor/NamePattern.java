package dev.heddle.actor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The receiver of all exchanges whose names match a pattern: those that are there, and those that
 * are made while it is subscribed.
 *
 * @param <T> the messages
 */
final class NamePattern<T> {
  /** How many exchanges are remembered at least before the closed ones are looked for. */
  private static final int FEW = 16;

  private final Pattern pattern;
  private final Class<T> type;
  private final BiConsumer<String, ? super T> receiver;

  /** The exchanges that it is attached to, and some that are closed by now. */
  private List<Place<?>> places = new ArrayList<>();

  /** When there are so many places, the closed ones are dropped. */
  private int many = FEW;

  private record Place<M>(Exchange<M> exchange, Receiver<M> receiver) {
    void leave() {
      boolean _ = exchange.remove(receiver);
    }
  }

  /**
   * Makes one that is attached to nothing.
   *
   * @param pattern a name, in which {@code *} stands for any characters and {@code ?} for one
   */
  NamePattern(String pattern, Class<T> type, BiConsumer<String, ? super T> receiver) {
    this.type = Objects.requireNonNull(type, "type");
    this.receiver = Objects.requireNonNull(receiver, "receiver");
    String regex =
        pattern
            .codePoints()
            .mapToObj(
                c ->
                    switch (c) {
                      case '*' -> ".*";
                      case '?' -> ".";
                      default -> Pattern.quote(Character.toString(c));
                    })
            .collect(Collectors.joining())
            .replaceAll("(\\.\\*)+", ".*"); // two stars are one, and quicker
    this.pattern = Pattern.compile(regex, Pattern.DOTALL);
  }

  /** Attaches the receiver to an exchange, if the name matches and the messages are of the type. */
  <M> void meet(Exchange<M> exchange, Class<M> messages) {
    if (!type.isAssignableFrom(messages) || !pattern.matcher(exchange.name()).matches()) {
      return;
    }
    if (places.size() >= many) {
      places.removeIf(place -> place.exchange.isClosed());
      many = Math.max(FEW, 2 * places.size());
    }
    Place<M> place =
        new Place<>(exchange, message -> receiver.accept(exchange.name(), type.cast(message)));
    exchange.attach(place.receiver);
    places.add(place);
  }

  /** Detaches the receiver everywhere. */
  void leaveAll() {
    List<Place<?>> left = places;
    places = new ArrayList<>();
    left.forEach(Place::leave);
  }
}
