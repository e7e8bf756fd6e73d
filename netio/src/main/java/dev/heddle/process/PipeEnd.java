package dev.heddle.process;

import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One end of a {@link Pipe}: the events of its receivers, and a queue to send to. */
final class PipeEnd<T> implements Channel<T> {
  /** Null in the end that only sends. */
  private final @Nullable Supplier<YieldEvent<T, IOException>> recv;

  /** Null in the end that only receives. */
  private final @Nullable ProcessQueue<T> out;

  private final String name;

  PipeEnd(
      @Nullable Supplier<YieldEvent<T, IOException>> recv,
      @Nullable ProcessQueue<T> out,
      String name) {
    this.recv = recv;
    this.out = out;
    this.name = name;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> send(T message) {
    return out == null ? oneWay("sends nothing") : out.put(message);
  }

  @Override
  public YieldEvent<T, IOException> recv() {
    return recv == null ? oneWay("receives nothing") : recv.get();
  }

  @Override
  public void close() {
    if (out != null) {
      out.shutdown();
    }
  }

  private <X extends @Nullable Object> YieldEvent<X, IOException> oneWay(String why) {
    return new ImmediateEvent<>(
        name,
        () -> {
          throw new IOException(name + " goes one way: this end " + why);
        });
  }

  @Override
  public String toString() {
    return name;
  }
}
