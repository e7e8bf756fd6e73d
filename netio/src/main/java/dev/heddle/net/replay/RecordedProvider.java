package dev.heddle.net.replay;

import dev.heddle.record.EventKind;
import dev.heddle.record.EventLog;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Opens the channels and the selector of one scheduler. */
public final class RecordedProvider extends SelectorProvider {
  /** The system's. */
  private static final SelectorProvider REAL = SelectorProvider.provider();

  final EventLog log;

  /** How many channels were opened: their numbers, from 1 on, are those of the recording. */
  private int channels;

  /** The channels of the scheduler that has this log. */
  public RecordedProvider(EventLog log) {
    this.log = log;
  }

  /** Makes something of the system's. */
  private interface Opening<C> {
    C open() throws IOException;
  }

  /** A channel of the system's with its number; in a replay there is none. */
  private record Opened<C>(int number, @Nullable C real) {}

  private <C> Opened<C> open(Opening<C> opening) throws IOException {
    int number = ++channels;
    AtomicReference<@Nullable C> made = new AtomicReference<>();
    long _ =
        log.call(
            EventKind.OPEN,
            number,
            0,
            () -> {
              made.set(opening.open());
              return 0;
            });
    return new Opened<>(number, made.get());
  }

  /** The options that the system has for sockets: asked of one that is closed at once. */
  Set<SocketOption<?>> optionsOfSockets() {
    return OptionsOfSockets.ALL;
  }

  Set<SocketOption<?>> optionsOfListeners() {
    return OptionsOfListeners.ALL;
  }

  private static Set<SocketOption<?>> optionsOf(Opening<? extends NetworkChannel> opening) {
    try (NetworkChannel channel = opening.open()) {
      return channel.supportedOptions();
    } catch (IOException e) {
      return Set.of();
    }
  }

  private static final class OptionsOfSockets {
    static final Set<SocketOption<?>> ALL = optionsOf(REAL::openSocketChannel);
  }

  private static final class OptionsOfListeners {
    static final Set<SocketOption<?>> ALL = optionsOf(REAL::openServerSocketChannel);
  }

  /** An accepted channel has the next number. */
  int numberOfAccepted() {
    return ++channels;
  }

  /** In a replay: the number is that of an accepted channel. */
  void accepted(int number) {
    channels = number;
  }

  @Override
  public AbstractSelector openSelector() throws IOException {
    return new RecordedSelector(this, log.replays() ? null : REAL.openSelector());
  }

  @Override
  public SocketChannel openSocketChannel() throws IOException {
    return socket(REAL::openSocketChannel);
  }

  @Override
  public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
    checkInet(family);
    return socket(() -> REAL.openSocketChannel(family));
  }

  private SocketChannel socket(Opening<SocketChannel> opening) throws IOException {
    Opened<SocketChannel> opened = open(opening);
    return new RecordedSocket(this, opened.number, opened.real);
  }

  @Override
  public ServerSocketChannel openServerSocketChannel() throws IOException {
    return listener(REAL::openServerSocketChannel);
  }

  @Override
  public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
    checkInet(family);
    return listener(() -> REAL.openServerSocketChannel(family));
  }

  private ServerSocketChannel listener(Opening<ServerSocketChannel> opening) throws IOException {
    Opened<ServerSocketChannel> opened = open(opening);
    return new RecordedListener(this, opened.number, opened.real);
  }

  private static void checkInet(ProtocolFamily family) throws SocketException {
    if (family == StandardProtocolFamily.UNIX) {
      throw refused("Unix-domain sockets");
    }
  }

  /** The error that says so; {@code what} is in the plural. */
  public static SocketException refused(String what) {
    return new SocketException("a recorded scheduler has no " + what + ": only TCP is recorded");
  }

  @Override
  public DatagramChannel openDatagramChannel() throws IOException {
    throw refused("UDP sockets");
  }

  @Override
  public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
    throw refused("UDP sockets");
  }

  @Override
  public Pipe openPipe() throws IOException {
    throw refused("pipes");
  }
}
