package dev.heddle.process;

import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One end of a {@link Pipe}: a queue to receive from, and a queue to send to. */
final class PipeEnd<T> implements Channel<T> {
  private final ProcessQueue<T> in;
  private final ProcessQueue<T> out;
  private final String name;

  PipeEnd(ProcessQueue<T> in, ProcessQueue<T> out, String name) {
    this.in = in;
    this.out = out;
    this.name = name;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> send(T message) {
    return out.put(message);
  }

  @Override
  public YieldEvent<T, IOException> recv() {
    return in.get();
  }

  @Override
  public void close() {
    out.shutdown();
  }

  @Override
  public String toString() {
    return name;
  }
}
