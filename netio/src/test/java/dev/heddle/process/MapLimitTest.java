package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import org.junit.jupiter.api.Test;

/** A shared map takes what its link carries: not less, and not more. */
class MapLimitTest {
  private interface Use {
    void with(ProcessPool pool) throws Exception;
  }

  private static void with(ProcessOptions options, Use use) throws Exception {
    Scheduler.run(
        () -> {
          try (ProcessPool pool = ProcessPool.open(Task.current().scheduler(), 1, options)) {
            use.with(pool);
          }
        });
  }

  static int length(String key) throws Exception {
    byte[] value = await(Parent.map("map", String.class, byte[].class).get(key));
    return value == null ? -1 : value.length;
  }

  static String put(int bytes) throws Exception {
    try {
      byte[] _ = await(Parent.map("map", String.class, byte[].class).put("b", new byte[bytes]));
      return "put";
    } catch (CodecException e) {
      return e.getMessage();
    }
  }

  @Test
  void aValueOfTwentyMebibytesPassesALinkThatAllowsIt() throws Exception {
    ProcessMap<String, byte[]> map = ProcessMap.open("map", String.class, byte[].class);
    with(
        ProcessOptions.DEFAULT.withMaxMessageBytes(32 << 20).sharing(map),
        pool -> {
          assertThat(await(map.put("a", new byte[20 << 20]))).isNull();
          assertThat(await(pool.apply(MapLimitTest::length, "a"))).isEqualTo(20 << 20);
          assertThat(await(pool.apply(MapLimitTest::put, 20 << 20))).isEqualTo("put");
          assertThat(await(map.get("b"))).hasSize(20 << 20);
          assertThatThrownBy(() -> await(map.entries())).isInstanceOf(CodecException.class);
        });
  }

  @Test
  void aValueThatIsTooLongForTheLinkIsRefusedWhereItIsPut() throws Exception {
    ProcessMap<String, byte[]> map = ProcessMap.open("map", String.class, byte[].class);
    with(
        ProcessOptions.DEFAULT.withMaxMessageBytes(1 << 10).sharing(map),
        pool -> {
          assertThatThrownBy(() -> await(map.put("a", new byte[2_000])))
              .isInstanceOf(CodecException.class)
              .hasMessage("the message would be longer than 1024 bytes");
          assertThat(await(pool.apply(MapLimitTest::put, 2_000)))
              .isEqualTo("the message would be longer than 1024 bytes");
          assertThat(await(pool.apply(MapLimitTest::length, "a"))).isEqualTo(-1);
        });
  }

  @Test
  void aMapThatHoldsMoreThanALinkCarriesCannotBeSharedOverIt() throws Exception {
    ProcessMap<String, byte[]> map = ProcessMap.open("map", String.class, byte[].class);
    Scheduler.run(
        () -> {
          Scheduler scheduler = Task.current().scheduler();
          assertThat(await(map.put("a", new byte[2_000]))).isNull();
          ProcessOptions narrow = ProcessOptions.DEFAULT.withMaxMessageBytes(1 << 10);
          assertThatThrownBy(() -> ProcessPool.open(scheduler, 1, narrow.sharing(map)))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageMatching(
                  "map 'map' was given an item of 20.. bytes; maxMessageBytes is 1024");
        });
  }
}
