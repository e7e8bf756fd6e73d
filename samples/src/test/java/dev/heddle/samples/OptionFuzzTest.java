package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What stands behind options, at random: addresses, paths, times and numbers are read, or refused
 * as a user is told. {@code -Dheddle.option.cases=1000000} for so many of each.
 */
class OptionFuzzTest {
  private static final int CASES = Integer.getInteger("heddle.option.cases", 5000);
  private static final String SIGNS = "0123456789:[].-+/ \0\n\u001b\u00ff\u0663ekmgshd%\ud800x";

  /** What the values are made of, beside single signs. */
  private static final String[] PARTS = {
    "127.0.0.1", "localhost", ":16000", "::1", "[::1]", "99999", "9223372036854775808", "ms", "none"
  };

  /** A converter with a name for the report. */
  record Option(ITypeConverter<?> converter) {
    @Override
    public String toString() {
      return converter.getClass().getSimpleName();
    }
  }

  static Stream<Option> converters() {
    return Stream.of(
            new HostAndPort.Reader(),
            new HostAndPort.Host(),
            new UnixPath(),
            new TimeSpan(),
            new TimeSpan.OrZero(),
            new ByteCount(),
            new ByteCount.OfLine(),
            new WholeNumber.Port(),
            new WholeNumber.Figures())
        .map(Option::new);
  }

  private static String value(Random random) {
    StringBuilder value = new StringBuilder();
    for (int parts = random.nextInt(6); parts > 0; parts--) {
      if (random.nextInt(3) == 0) {
        value.append(PARTS[random.nextInt(PARTS.length)]);
      } else {
        value.append(SIGNS.charAt(random.nextInt(SIGNS.length())));
      }
    }
    return random.nextInt(100) == 0 ? value.toString().repeat(5000) : value.toString();
  }

  @ParameterizedTest
  @MethodSource("converters")
  void aValueIsReadOrRefusedInTheWordsForUsers(Option option) throws Exception {
    long seed = System.nanoTime();
    for (int i = 0; i < CASES; i++) {
      String value = value(new Random(seed + i));
      try {
        assertThat(option.converter.convert(value)).isNotNull();
      } catch (TypeConversionException refused) {
        assertThat(refused.getMessage()).startsWith("'").contains("' is not ");
      } catch (Exception | Error other) {
        throw new AssertionError("seed " + seed + ", case " + i + ": '" + value + "'", other);
      }
    }
  }
}
