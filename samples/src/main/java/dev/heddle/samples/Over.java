package dev.heddle.samples;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The transports that samples can go over. */
enum Over {
  LOCAL,
  LINK,
  NATS,
  AMQP,
  ZMTP;

  /** Where a broker usually listens; 0 for what has no broker. */
  int port() {
    return switch (this) {
      case NATS -> 4222;
      case AMQP -> 5672;
      default -> 0;
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads one; another word is refused with a line that names it and the transports. */
  static final class Reader implements ITypeConverter<Over> {
    @Override
    public Over convert(String word) {
      for (Over over : values()) {
        if (over.toString().equals(word)) {
          return over;
        }
      }
      throw new TypeConversionException(
          "'" + word + "' is not one of local, link, nats, amqp, zmtp");
    }
  }
}
