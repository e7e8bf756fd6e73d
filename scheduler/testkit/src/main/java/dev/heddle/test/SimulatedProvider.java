package dev.heddle.test;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;

/** Opens the channels and the selector of one scheduler of a host. */
final class SimulatedProvider extends SelectorProvider {
  final Host host;

  /** The loop that is woken when a channel is ready. */
  final SimulatedPoller poller;

  /** Whether the host has crashed under this scheduler. */
  private boolean crashed;

  SimulatedProvider(Host host, SimulatedPoller poller) {
    this.host = host;
    this.poller = poller;
  }

  void crash() {
    crashed = true;
  }

  boolean isCrashed() {
    return crashed;
  }

  void opened(SimulatedChannel channel, String call) throws IOException {
    if (crashed) {
      throw new SocketException(call + ": host " + host + " has crashed");
    }
    host.opened(channel, call);
  }

  @Override
  public AbstractSelector openSelector() {
    SimulatedSelector selector = new SimulatedSelector(this);
    poller.selects(selector);
    return selector;
  }

  @Override
  public SocketChannel openSocketChannel() throws IOException {
    SimulatedSocket socket = new SimulatedSocket(this);
    opened(socket, "socket");
    return socket;
  }

  @Override
  public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
    checkInet(family);
    return openSocketChannel();
  }

  @Override
  public ServerSocketChannel openServerSocketChannel() throws IOException {
    SimulatedListener listener = new SimulatedListener(this);
    opened(listener, "socket");
    return listener;
  }

  @Override
  public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
    checkInet(family);
    return openServerSocketChannel();
  }

  private static void checkInet(ProtocolFamily family) throws SocketException {
    if (family == StandardProtocolFamily.UNIX) {
      throw new SocketException("the simulated network has no Unix-domain sockets, TCP only");
    }
  }

  @Override
  public DatagramChannel openDatagramChannel() throws IOException {
    throw new SocketException("the simulated network has no UDP, TCP only");
  }

  @Override
  public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
    return openDatagramChannel();
  }

  @Override
  public Pipe openPipe() throws IOException {
    throw new IOException("the simulated network has no pipes, TCP only");
  }
}
