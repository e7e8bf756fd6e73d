package dev.heddle.net;

import static dev.heddle.net.Connections.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Fields;
import dev.heddle.fixtures.Kind;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the classes of the sockets call an invariant, quoted from there, and broken. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#eachOnce")
class NetInvariantsTest {
  @Parameter Kind kind;

  /** Endpoint: "while an event waits to read or write, the selector is interested". */
  @Test
  void whileAnEventWaitsTheSelectorIsInterested() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Task<?> waits =
              kind.submit(
                  co.task().scheduler(), "waits", c -> c.await(near.recv(ByteBuffer.allocate(1))));
          co.await(Task.yield());
          near.endpoint().dropInterest(SelectionKey.OP_READ);
          YieldEvent<?, IOException> writable = near.writable();
          assertThatThrownBy(() -> co.await(writable)).isInstanceOf(AssertionError.class);
          near.endpoint().addInterest(SelectionKey.OP_READ);
          near.endpoint().release((SocketWait) writable); // the assertion came after its beginning
          waits.cancel("it was seen");
        });
  }

  /** Reactor: "A shared buffer is lent to one at a time." */
  @Test
  void aSharedBufferIsLentToOneAtATime() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          Reactor reactor = near.endpoint().reactor();
          reactor.lendInput(new InputBuffer(near, null));
          assertThatThrownBy(() -> reactor.lendInput(new InputBuffer(far, null)))
              .isInstanceOf(AssertionError.class)
              .hasMessage("the input buffer is lent to two");
          reactor.lendInput(null);
          reactor.lendOutput(new SocketWriter(near));
          assertThatThrownBy(() -> reactor.lendOutput(new SocketWriter(far)))
              .isInstanceOf(AssertionError.class)
              .hasMessage("the output buffer is lent to two");
          reactor.lendOutput(null);
        });
  }

  /** InputBuffer: "the budget counts an own buffer of more than 512 bytes by its size". */
  @Test
  void theBudgetCountsAnOwnBufferByItsSize() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          InputBudget budget = new InputBudget(10_000);
          InputBuffer input = new InputBuffer(near, budget);
          input.prepend(ByteBuffer.allocate(100));
          assertThat(budget.reserved()).isZero();
          input.prepend(ByteBuffer.allocate(1000));
          assertThat(budget.reserved()).isGreaterThanOrEqualTo(1100);
          input.skip(1099);
          input.shrink();
          assertThat(budget.reserved()).isZero();
          Fields.set(input, "counted", 1);
          assertThatThrownBy(input::shrink).isInstanceOf(AssertionError.class);
          Fields.set(input, "counted", 0);
          assertThatThrownBy(() -> input.skip(2))
              .isInstanceOf(AssertionError.class)
              .hasMessage("2 bytes are not there");
        });
  }

  /** InputBudget: "what is reserved is never negative, and never more than the maximum". */
  @Test
  void whatIsReservedIsNeverNegative() {
    InputBudget budget = new InputBudget(10);
    assertThat(budget.reserve(1, 20)).isEqualTo(10);
    assertThat(budget.reserve(1, 1)).isEqualTo(-1);
    assertThatThrownBy(() -> budget.release(11))
        .isInstanceOf(AssertionError.class)
        .hasMessage("-1 bytes are reserved of 10");
    assertThatThrownBy(() -> budget.reserve(1, 1)).isInstanceOf(AssertionError.class);
  }

  /** SocketWriter: "it is the reactor's only while the reactor knows of it". */
  @Test
  void aBufferIsTheReactorsOnlyWhileTheReactorKnowsOfIt() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketWriter writer = new SocketWriter(near);
          Fields.set(writer, "gathered", ByteBuffer.allocateDirect(10).limit(4));
          assertThatThrownBy(() -> writer.tryWrite(new byte[1])).isInstanceOf(AssertionError.class);
          writer.release();
          assertThat(writer.tryWrite(new byte[1])).isTrue();
          assertThat(co.await(writer.flush())).isEqualTo(1);
        });
  }

  /** SocketReader: "nothing is read from the socket behind the end of the input". */
  @Test
  void nothingIsReadBehindTheEndOfTheInput() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          SocketReader reader = new SocketReader(near);
          co.await(far.send(bytes("the last")));
          far.shutdownOutput();
          assertThat(co.await(reader.readLine(UTF_8))).isEqualTo("the last");
          assertThat(co.await(reader.readLine(UTF_8))).isNull();
          ByteBuffer target = ByteBuffer.allocate(10);
          assertThat(co.await(reader.read(target))).isEqualTo(-1);
          SocketReader other = new SocketReader(far);
          co.await(near.send(bytes("more")));
          Fields.set(other, "ended", true);
          assertThat(co.await(other.readLine())).isNull();
        });
  }

  /** Connect: "a look-up [...] there are only while somebody waits": also if it cannot begin. */
  @Test
  void aLookUpThereIsOnlyWhileSomebodyWaits() {
    int[] asked = {0};
    SocketProvider faulty =
        new SocketProvider(SelectorProvider.provider()) {
          @Override
          public List<InetAddress> lookup(String host) {
            throw new IllegalStateException("look-up " + ++asked[0]);
          }
        };
    Connect connect = Connect.to("example.org", 80);
    try (Scheduler scheduler = kind.scheduler()) {
      SocketProvider.use(scheduler, faulty);
      kind.spawn(
          scheduler,
          "test",
          co -> {
            for (int i = 1; i <= 2; i++) {
              assertThatThrownBy(() -> co.await(connect))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("look-up " + i);
            }
            Deque<SocketAddress> left = Fields.get(connect, "left");
            left.add(new InetSocketAddress(80));
            assertThatThrownBy(() -> co.await(connect))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("begins before its last wait is over");
            left.clear();
          });
      scheduler.run();
    }
  }

  /** SpareDescriptors: "as many are held as are wanted, or none". */
  @Test
  void asManySpareDescriptorsAreHeldAsAreWantedOrNone() throws Exception {
    SpareDescriptors spares = new SpareDescriptors();
    assertThatThrownBy(spares::listenerClosed).isInstanceOf(AssertionError.class);
    spares.listenerOpened();
    List<Closeable> held = Fields.get(spares, "held");
    Closeable one = held.removeFirst();
    assertThatThrownBy(spares::listenerOpened).isInstanceOf(AssertionError.class);
    held.addFirst(one);
    spares.listenerClosed();
    spares.listenerClosed();
    assertThat(held).isEmpty();
  }

  /** AcceptPause: "No more is accepted for a while": a pause ends once. */
  @Test
  void aPauseThatHasNotBegunDoesNotEnd() throws Exception {
    Connections.withOne(
        kind,
        (co, near, far) -> {
          AcceptPause pause = new AcceptPause(near.endpoint());
          assertThatThrownBy(() -> pause.handleDeadline(co.task().scheduler()))
              .isInstanceOf(AssertionError.class)
              .hasMessageEndingWith("has not paused");
        });
  }
}
