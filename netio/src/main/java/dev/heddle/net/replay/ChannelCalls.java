package dev.heddle.net.replay;

import dev.heddle.record.EventKind;
import dev.heddle.record.EventLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import org.jspecify.annotations.Nullable;

/** What sockets and listeners have in common: the calls of one channel, by its number. */
record ChannelCalls(EventLog log, int number) {
  private static final long NULL = Long.MIN_VALUE + 1;

  /** A call without a result. */
  interface Action {
    void run() throws IOException;
  }

  /** Asks for an address, which may be null. */
  interface Asked {
    @Nullable SocketAddress address() throws IOException;
  }

  long call(EventKind kind, EventLog.Call real) throws IOException {
    return log.call(kind, number, 0, real);
  }

  void run(EventKind kind, Action real) throws IOException {
    long _ =
        call(
            kind,
            () -> {
              real.run();
              return 0;
            });
  }

  <T> void setOption(@Nullable NetworkChannel real, SocketOption<T> name, T value)
      throws IOException {
    run(
        EventKind.SET_OPTION,
        () -> {
          NetworkChannel _ = real(real).setOption(name, value);
        });
  }

  <T> @Nullable T getOption(@Nullable NetworkChannel real, SocketOption<T> name)
      throws IOException {
    long value = call(EventKind.GET_OPTION, () -> numberOf(real(real).getOption(name)));
    Object option =
        value == NULL ? null : name.type() == Boolean.class ? (Object) (value != 0) : (int) value;
    return name.type().cast(option);
  }

  private static long numberOf(@Nullable Object option) {
    return switch (option) {
      case Boolean flag -> flag ? 1 : 0;
      case Integer number -> number;
      case null, default -> NULL;
    };
  }

  /** The system's channel, in a recording. */
  static <C> C real(@Nullable C real) {
    assert real != null : "a replay makes no call";
    return real;
  }

  @Nullable SocketAddress address(Asked real) throws IOException {
    @Nullable SocketAddress[] found = new @Nullable SocketAddress[1];
    long has =
        call(
            EventKind.ADDRESS,
            () -> {
              found[0] = real.address();
              return found[0] == null ? 0 : 1;
            });
    String text = log.plain(found[0] instanceof InetSocketAddress inet ? textOf(inet) : "");
    return has == 0 ? null : log.replays() ? parse(text) : found[0];
  }

  /** A replay in which the program names another address has diverged. */
  void same(@Nullable SocketAddress address, String what) {
    String text = address instanceof InetSocketAddress inet ? textOf(inet) : "any";
    log.same(text, what + " of socket " + number);
  }

  private static String textOf(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return (ip == null ? address.getHostString() : ip.getHostAddress()) + " " + address.getPort();
  }

  private static @Nullable SocketAddress parse(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      return null;
    }
    String host = text.substring(0, space);
    int scope = host.indexOf('%'); // of an interface that this machine need not have
    InetAddress ip = InetAddress.ofLiteral(scope < 0 ? host : host.substring(0, scope));
    return new InetSocketAddress(ip, Integer.parseInt(text.substring(space + 1)));
  }
}
