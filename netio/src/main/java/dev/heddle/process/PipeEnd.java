package dev.heddle.process;

import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One end of a {@link Pipe}: a queue to receive from, and a queue to send to. */
final class PipeEnd<T> implements Channel<T> {
  /** Null in the end that only sends. */
  private final @Nullable PipeQueue<T> in;

  /** Null in the end that only receives. */
  private final @Nullable PipeQueue<T> out;

  private final String name;

  PipeEnd(@Nullable PipeQueue<T> in, @Nullable PipeQueue<T> out, String name) {
    this.in = in;
    this.out = out;
    this.name = name;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> send(T message) {
    return out == null ? oneWay("sends nothing") : out.send(message);
  }

  @Override
  public YieldEvent<T, IOException> recv() {
    return in == null ? oneWay("receives nothing") : in.recv();
  }

  @Override
  public YieldEvent<Boolean, IOException> poll(Duration timeout) {
    return in == null ? oneWay("receives nothing") : in.poll(timeout);
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
