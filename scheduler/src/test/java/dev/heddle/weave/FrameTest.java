package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The invariants that the comments of {@link Frame} state, quoted. */
class FrameTest {
  private static Frame frame(FrameValue... locals) {
    return new Frame(locals, List.of(), 0);
  }

  /** "the entry after a long or double is {@code TOP}". */
  @Test
  void theEntryAfterALongOrDoubleIsTop() {
    Frame frame = frame(FrameValue.INT, FrameValue.INT, FrameValue.INT);
    frame.store(0, FrameValue.LONG);
    assertThat(frame.locals).containsExactly(FrameValue.LONG, FrameValue.TOP, FrameValue.INT);
    frame.store(1, FrameValue.DOUBLE);
    assertThat(frame.locals).containsExactly(FrameValue.TOP, FrameValue.DOUBLE, FrameValue.TOP);
    assertThatThrownBy(() -> frame(FrameValue.LONG, FrameValue.INT))
        .isInstanceOf(AssertionError.class);
  }

  /** "One entry per value, also for a long or double; the last entry is the top". */
  @Test
  void theStackHasOneEntryPerValue() {
    Frame frame = frame();
    frame.push(FrameValue.INT);
    frame.push(FrameValue.LONG);
    assertThat(frame.take(3)).containsExactly(FrameValue.INT, FrameValue.LONG);
    frame.push(FrameValue.LONG);
    assertThatThrownBy(() -> frame.take(1)).isInstanceOf(AssertionError.class);
  }
}
