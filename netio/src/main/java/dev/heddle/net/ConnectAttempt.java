package dev.heddle.net;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of the connections that a {@link Connect} tries to make.
 *
 * <p>Invariant: until it is over, it is ready to be looked at, or waits at its endpoint to become
 * so.
 */
final class ConnectAttempt implements SocketWait {
  private final Connect connect;
  private final SocketAddress address;
  private final SocketChannel channel;
  private final Endpoint endpoint;

  /** Whether it stands in the writer's place of its endpoint. */
  private boolean waits;

  /** Whether the selector has reported it since it was looked at. */
  private boolean ready;

  private ConnectAttempt(Connect connect, SocketAddress address, SocketChannel channel)
      throws IOException {
    this.connect = connect;
    this.address = address;
    this.channel = channel;
    this.endpoint = new Endpoint(channel, "connection to", address);
  }

  /** Opens a channel, with the options, and begins to connect it. */
  static ConnectAttempt begin(
      Connect connect,
      SocketAddress address,
      @Nullable InetSocketAddress source,
      Map<SocketOption<?>, Object> options,
      Scheduler scheduler)
      throws IOException {
    SocketChannel channel = Addresses.channelTo(address);
    ConnectAttempt begun = null;
    try {
      ConnectAttempt made = new ConnectAttempt(connect, address, channel);
      for (Map.Entry<SocketOption<?>, Object> option : options.entrySet()) {
        made.set(option.getKey(), option.getValue());
      }
      if (source != null) {
        channel.bind(source);
      }
      made.ready = channel.connect(address); // a failed channel that is registered closes later
      Reactor _ = made.endpoint.attach(scheduler);
      if (!made.ready) {
        made.endpoint.await(made);
        made.waits = true;
      }
      assert made.ready || made.waits : address + " would be forgotten";
      begun = made;
      return made;
    } finally {
      if (begun == null) {
        channel.close();
      }
    }
  }

  @SuppressWarnings("unchecked") // the value was given for this very option
  private <T> void set(SocketOption<T> option, Object value) throws IOException {
    Addresses.setOption(channel, option, (T) value, "a connection to " + Addresses.text(address));
  }

  SocketAddress address() {
    return address;
  }

  boolean isReady() {
    return ready;
  }

  /**
   * The connection, if it is established; null if it is not yet. The attempt is over if it fails.
   */
  @Nullable TcpSocket finish() throws IOException {
    assert ready : describe() + " is looked at too early";
    ready = false;
    TcpSocket made = null;
    boolean pending = false;
    try {
      if (!channel.finishConnect()) {
        pending = true;
        return null;
      }
      if (address instanceof InetSocketAddress && address.equals(channel.getLocalAddress())) {
        throw new ConnectException("nobody listens there: it was connected to itself");
      }
      leave();
      made = new TcpSocket(channel, address, endpoint);
      return made;
    } finally {
      if (made == null && !pending) {
        giveUp("the connection was not made");
      }
    }
  }

  private void leave() {
    if (waits) {
      waits = false;
      endpoint.release(this);
      // Once connected, the selector would come back at once, again and again, and report nothing.
      endpoint.dropInterest(SelectionKey.OP_CONNECT);
    }
  }

  void giveUp(String why) {
    leave();
    endpoint.close(why);
  }

  @Override
  public Waiter waiting() {
    return connect.waiting();
  }

  @Override
  public int operation() {
    return SelectionKey.OP_CONNECT;
  }

  @Override
  public void ready() {
    ready = true;
    connect.attemptReady();
  }

  /** The scheduler's end; the task that waits has been cancelled before. */
  @Override
  public void closed(IOException why) {
    assert waits : describe() + " is told and has not waited";
    waits = false;
    ready();
  }

  @Override
  public String describe() {
    return "the connection to " + Addresses.text(address);
  }
}
