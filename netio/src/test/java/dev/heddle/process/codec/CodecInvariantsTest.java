package dev.heddle.process.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Fields;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the codec's classes call an invariant, quoted from there, and broken. */
class CodecInvariantsTest {
  private static final Map<String, Class<?>> NONE = Map.of();

  private static byte[] encoded(Object value) throws CodecException {
    Encoder encoder = new Encoder(NONE, 5, 10, 100);
    encoder.value(value);
    return encoder.toByteArray();
  }

  /** Decoder: "At its end nothing is open, and nothing is owed." */
  @Test
  void atTheEndOfTheMessageNothingIsOpenAndNothingIsOwed() throws CodecException {
    byte[] message = encoded(List.of(Optional.of(1), Map.of("two", 3)));
    Decoder decoder = new Decoder(message, NONE, 5, 10);
    assertThat(decoder.whole()).isEqualTo(List.of(Optional.of(1), Map.of("two", 3)));
    for (String field : List.of("depth", "owed")) {
      Decoder broken = new Decoder(encoded(1), NONE, 5, 10);
      Fields.set(broken, field, field.equals("depth") ? (Object) 1 : (Object) 1L);
      assertThatThrownBy(broken::whole)
          .isInstanceOf(AssertionError.class)
          .hasMessageMatching("[01] values are open, [01] are owed");
    }
  }

  /** Encoder: "the compound values that are open around the current value". */
  @Test
  void atTheEndOfAMessageNoValueIsOpen() throws CodecException {
    Encoder encoder = new Encoder(NONE, 5, 10, 100);
    encoder.value(List.of(List.of(1)));
    Fields.set(encoder, "depth", 1);
    assertThatThrownBy(encoder::toByteArray)
        .isInstanceOf(AssertionError.class)
        .hasMessage("1 values are open at the end of the message");
  }
}
