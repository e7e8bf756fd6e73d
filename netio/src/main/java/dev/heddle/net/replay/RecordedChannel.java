package dev.heddle.net.replay;

import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/** A channel with the number that it has in the recording. */
interface RecordedChannel {
  int number();

  /** The system's; null in a replay. */
  @Nullable SelectableChannel real();
}
