package dev.heddle.process;

import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One direction of a {@link Pipe}, as one of its ends sees it; see {@link Channel}. */
interface PipeQueue<T> {
  YieldEvent<@Nullable Void, IOException> send(T message);

  /** A get that fails with an {@code EOFException} at the end. */
  YieldEvent<T, IOException> recv();

  YieldEvent<Boolean, IOException> poll(Duration longest);

  void shutdown();
}
