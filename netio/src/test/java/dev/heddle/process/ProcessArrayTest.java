package dev.heddle.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** An array in its own process: what it holds, and its file. */
class ProcessArrayTest {

  private static Path fileOf(ProcessArray array) {
    Hosted hosted = array.hosted();
    assert hosted != null;
    Message.Memory memory = hosted.memory();
    assert memory != null;
    return Path.of(memory.file());
  }

  @Test
  void theFileIsThisUsersAloneAndGoesWithTheArray() throws IOException {
    Path file;
    try (ProcessArray array = ProcessArray.open("bytes", ValueLayout.JAVA_BYTE, 5)) {
      file = fileOf(array);
      assertThat(Files.size(file)).isEqualTo(5);
      assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void aClosedArrayCannotBeUsedAndClosingTwiceDoesNothing() throws IOException {
    ProcessArray array = ProcessArray.open("longs", ValueLayout.JAVA_LONG, 5);
    array.close();
    array.close();
    assertThatThrownBy(() -> array.getLong(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void eachAccessorReadsWhatItsTwinHasWritten() throws IOException {
    try (ProcessArray ints = ProcessArray.open("ints", ValueLayout.JAVA_INT, 2);
        ProcessArray longs = ProcessArray.open("longs", ValueLayout.JAVA_LONG, 2);
        ProcessArray doubles = ProcessArray.open("doubles", ValueLayout.JAVA_DOUBLE, 2);
        ProcessArray bytes = ProcessArray.open("bytes", ValueLayout.JAVA_BYTE, 2)) {
      assertThat(ints.length()).isEqualTo(2);
      ints.setInt(1, 7);
      assertThat(ints.getAndAddInt(1, 3)).isEqualTo(7);
      assertThat(ints.getInt(1)).isEqualTo(10);
      longs.setLong(1, 7);
      assertThat(longs.getAndAddLong(1, -8)).isEqualTo(7);
      assertThat(longs.getLong(1)).isEqualTo(-1);
      doubles.setDouble(1, 0.5);
      assertThat(doubles.getDouble(1)).isEqualTo(0.5);
      bytes.setByte(1, (byte) -1);
      assertThat(bytes.getByte(1)).isEqualTo((byte) -1);
      assertThat(ints.segment().getAtIndex(ValueLayout.JAVA_INT, 1)).isEqualTo(10);
    }
  }

  @Test
  void lengthsAndTypesOutOfTheirRangeAreRefusedByName() {
    for (long length : new long[] {0, -1, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> ProcessArray.open("x", ValueLayout.JAVA_INT, length))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("length is " + length + ": must be 1 to 2305843009213693951");
    }
    ByteOrder other =
        ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
            ? ByteOrder.LITTLE_ENDIAN
            : ByteOrder.BIG_ENDIAN;
    for (ValueLayout element :
        new ValueLayout[] {
          ValueLayout.JAVA_BOOLEAN, ValueLayout.ADDRESS, ValueLayout.JAVA_INT.withOrder(other)
        }) {
      assertThatThrownBy(() -> ProcessArray.open("x", element, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("element is " + element);
    }
  }
}
