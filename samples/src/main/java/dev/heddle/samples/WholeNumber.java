package dev.heddle.samples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a whole number of a range; another is refused with a line that names it and the range. */
abstract class WholeNumber implements ITypeConverter<Integer> {
  private final int least;
  private final int most;

  WholeNumber(int least, int most) {
    this.least = least;
    this.most = most;
  }

  @Override
  public Integer convert(String text) {
    try {
      int number = Integer.parseInt(text);
      if (least <= number && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw new TypeConversionException(
        "'" + text + "' is not a whole number from " + least + " to " + most);
  }

  /** How many of something; any number will do. */
  static final class Count extends WholeNumber {
    Count() {
      super(0, Integer.MAX_VALUE);
    }
  }

  /** How many numbers to print that grow: the last of these has 2,090 digits. */
  static final class Figures extends WholeNumber {
    Figures() {
      super(0, 10_000);
    }
  }

  /** A TCP port; 0 lets the system choose. */
  static final class Port extends WholeNumber {
    Port() {
      super(0, 65_535);
    }
  }

  /** How many loops, each of which has a thread. */
  static final class Loops extends WholeNumber {
    Loops() {
      super(1, 256);
    }
  }

  /** How many threads. */
  static final class Threads extends WholeNumber {
    Threads() {
      super(1, 10_000);
    }
  }

  /** How much work, one at least. */
  static final class Steps extends WholeNumber {
    Steps() {
      super(1, 1_000_000_000);
    }
  }

  /** How many lines to write into a file. */
  static final class Lines extends WholeNumber {
    Lines() {
      super(1, 1_000_000);
    }
  }

  /** How many files. */
  static final class Files extends WholeNumber {
    Files() {
      super(1, 10_000);
    }
  }

  /** How many may connect. */
  static final class Clients extends WholeNumber {
    Clients() {
      super(1, Integer.MAX_VALUE);
    }
  }

  /** How long between two of something, up to an hour. */
  static final class Pause extends WholeNumber {
    Pause() {
      super(1, 3_600);
    }
  }

  /** How long, up to an hour. */
  static final class Seconds extends WholeNumber {
    Seconds() {
      super(0, 3_600);
    }
  }

  /** A process. */
  static final class Pid extends WholeNumber {
    Pid() {
      super(1, Integer.MAX_VALUE);
    }
  }

  /** How long to look each time. */
  static final class Look extends WholeNumber {
    Look() {
      super(1, 60);
    }
  }

  /** How often. */
  static final class Times extends WholeNumber {
    Times() {
      super(1, 1_000_000);
    }
  }
}
