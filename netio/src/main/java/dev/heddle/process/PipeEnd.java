package dev.heddle.process;

import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One end of a {@link Pipe}: the events of its receivers, and a queue to send to. */
final class PipeEnd<T> implements Channel<T> {
  private final Supplier<YieldEvent<T, IOException>> recv;
  private final ProcessQueue<T> out;
  private final String name;

  PipeEnd(Supplier<YieldEvent<T, IOException>> recv, ProcessQueue<T> out, String name) {
    this.recv = recv;
    this.out = out;
    this.name = name;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> send(T message) {
    return out.put(message);
  }

  @Override
  public YieldEvent<T, IOException> recv() {
    return recv.get();
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
