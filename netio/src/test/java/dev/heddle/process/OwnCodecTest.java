package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.process.codec.Codec;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Scheduler;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A codec of the user's: used on both sides, and no mistake of it hangs or spoils the pool. */
class OwnCodecTest {

  /** Texts and addresses, as they are written. What begins with {@code bad} it does wrong. */
  static class Written implements Codec {
    @Override
    public byte[] encode(@Nullable Object value, Type type, int maxBytes) throws CodecException {
      if (!(value instanceof String) && !(value instanceof URI)) {
        throw new CodecException("not written: " + value);
      }
      return value.toString().getBytes(UTF_8);
    }

    @Override
    public @Nullable Object decode(byte[] message, Type type) throws CodecException {
      String text = new String(message, UTF_8);
      return type == URI.class ? URI.create(text) : text;
    }
  }

  /** Gets wrong what it is told to. */
  private static final class Faulty extends Written {
    @Override
    @SuppressWarnings("NullAway") // on purpose
    public byte[] encode(@Nullable Object value, Type type, int maxBytes) throws CodecException {
      return switch (String.valueOf(value)) {
        case "null" -> null;
        case "boast" -> new byte[maxBytes + 1];
        case "throw" -> throw new IllegalStateException("out of ink");
        case "dig" -> encode("dig", type, maxBytes);
        default -> super.encode(value, type, maxBytes);
      };
    }

    @Override
    public @Nullable Object decode(byte[] message, Type type) throws CodecException {
      String text = new String(message, UTF_8);
      return switch (text) {
        case "unreadable" -> throw new IllegalStateException("no glasses");
        case "bottomless" -> decode(message, type);
        default -> text;
      };
    }
  }

  static String host(URI address) {
    return address.getHost();
  }

  static URI address(String host) {
    return URI.create("https://" + host + "/");
  }

  static String after(String prefixed) {
    return prefixed.substring(1);
  }

  private interface Use {
    void run(ProcessPool pool) throws Exception;
  }

  private static void withPool(Class<? extends Codec> codec, Use use) {
    ProcessOptions options = ProcessOptions.DEFAULT.withCodec(codec).withMaxMessageBytes(5_000);
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool pool = ProcessPool.open(scheduler, 1, options)) {
      scheduler.spawn(
          "test",
          () -> {
            use.run(pool);
            assertThat(pool.stats().started()).isEqualTo(1);
          });
      scheduler.run();
    }
  }

  @Test
  void anOwnCodecCodesArgumentsAndResultsOnBothSidesByTheirDeclaredTypes() {
    withPool(
        Written.class,
        pool -> {
          URI address = URI.create("https://heddle.dev/");
          assertThat(await(pool.apply(JobType.of(OwnCodecTest::host), address)))
              .isEqualTo("heddle.dev");
          assertThat(await(pool.map(JobType.of(OwnCodecTest::address), List.of("heddle.dev"))))
              .containsExactly(address);
          assertThat(await(pool.apply(JobType.of(Jobs.Echo.class), "by a class")))
              .isEqualTo("by a class");
        });
  }

  @Test
  void whatAnOwnCodecRefusesIsRefusedOnEitherSideAndTheWorkerLivesOn() {
    withPool(
        Written.class,
        pool -> {
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Square.class), 5)))
              .isInstanceOf(CodecException.class)
              .hasMessage("not written: 5");
          assertThatThrownBy(() -> await(pool.apply(JobType.of(Jobs.Pid.class), "")))
              .isInstanceOf(CodecException.class)
              .hasMessageMatching("not written: \\d+");
        });
  }

  /** A dash in front is taken away in the child: so its result goes wrong, not the argument. */
  @Test
  void aMistakeOfAnOwnCodecIsAnErrorThatNamesItAndTheWorkerLivesOn() {
    withPool(
        Faulty.class,
        pool -> {
          String name = Faulty.class.getName();
          for (String side : List.of("", "-")) {
            assertMistake(pool, side + "null", name + ".encode gave null");
            assertMistake(pool, side + "boast", "a message of 5001 bytes; the limit is 5000");
            assertMistake(
                pool,
                side + "throw",
                name + ".encode failed: java.lang.IllegalStateException: out of ink");
            assertMistake(
                pool, side + "dig", name + ".encode failed: java.lang.StackOverflowError");
            assertMistake(
                pool,
                side + "unreadable",
                name + ".decode failed: java.lang.IllegalStateException: no glasses");
            assertMistake(
                pool, side + "bottomless", name + ".decode failed: java.lang.StackOverflowError");
          }
          assertThat(await(pool.apply(JobType.of(OwnCodecTest::after), "-fine"))).isEqualTo("fine");
        });
  }

  private static void assertMistake(ProcessPool pool, String argument, String message) {
    assertThatThrownBy(() -> await(pool.apply(JobType.of(OwnCodecTest::after), argument)))
        .as(argument)
        .isInstanceOf(CodecException.class)
        .hasMessage(message);
  }

  static final class Needy extends Written {
    Needy(int n) {}
  }

  private static final class Moody extends Written {
    Moody() {
      throw new IllegalStateException("not today");
    }
  }

  @Test
  void aCodecThatCannotBeMadeIsRefusedAtOnce() {
    assertThatThrownBy(() -> ProcessOptions.DEFAULT.withCodec(Needy.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(Needy.class.getName() + " is no codec that two processes can make");
    assertThatThrownBy(() -> ProcessOptions.DEFAULT.withCodec(Codec.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "dev.heddle.process.codec.Codec is no codec that two processes can make");
    assertThatThrownBy(() -> ProcessOptions.DEFAULT.withCodec(Moody.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("java.lang.IllegalStateException: not today");
  }
}
