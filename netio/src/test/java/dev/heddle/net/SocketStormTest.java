package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Holds;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Thousands of tasks that wait for sockets are let go together. */
@ParameterizedClass
@MethodSource("engines")
@Holds("S12")
class SocketStormTest {
  private static final int MANY = 1_000;

  @Parameter Kind kind;

  /** One style is enough: the storm is the same. */
  static Stream<Kind> engines() {
    return Kind.all().filter(kind -> kind.style() == Kind.Style.COROUTINE);
  }

  private final List<TcpSocket> ends = new ArrayList<>();
  private final List<Integer> order = new ArrayList<>();
  private final List<Task<?>> waiting = new ArrayList<>();

  /** Connects, and lets a task wait at the near end of each connection. */
  private void open(Scheduler scheduler, TcpListener listener) {
    scheduler.spawn(
        "opener",
        co -> {
          for (int i = 0; i < MANY; i++) {
            int mine = i;
            TcpSocket near = co.await(TcpSocket.connect(listener.localAddress()));
            ends.add(near);
            ends.add(co.await(listener.accept()));
            waiting.add(
                kind.spawn(
                    scheduler,
                    "reader",
                    reader -> {
                      try {
                        int _ = reader.await(near.recv(ByteBuffer.allocate(1)));
                      } catch (SocketClosedException e) {
                        order.add(mine);
                      }
                    }));
          }
        });
  }

  @Test
  void allThatWaitForSocketsAreCancelledWhenTheirSchedulerIsClosed() throws IOException {
    try (TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
        Scheduler scheduler = kind.scheduler()) {
      open(scheduler, listener);
      scheduler.spawn(
          "closer",
          co -> {
            while (waiting.size() < MANY) {
              co.await(Task.yield());
            }
            scheduler.close();
          });
      scheduler.run();
      assertThat(waiting).hasSize(MANY).allMatch(t -> t.state() == Task.State.CANCELLED);
    } finally {
      ends.forEach(TcpSocket::close);
    }
    assertThat(order).isEmpty();
  }

  @Test
  void allThatWaitForSocketsHearThatOneTaskHasClosedThemInThatOrder() throws IOException {
    try (TcpListener listener = TcpListener.bind(Connections.ANY_PORT);
        Scheduler scheduler = kind.scheduler()) {
      open(scheduler, listener);
      scheduler.spawn(
          "closer",
          co -> {
            while (waiting.size() < MANY) {
              co.await(Task.yield());
            }
            co.await(Task.yield()); // the last one waits now
            ends.reversed().forEach(TcpSocket::close);
          });
      scheduler.run();
    }
    assertThat(order.reversed()).isEqualTo(IntStream.range(0, MANY).boxed().toList());
  }
}
