package dev.heddle.bench.peers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Netty with one event loop, as it would be written by its users: its own line decoder, pooled
 * buffers, one flush for all that was read. {@code TCP_NODELAY} is on.
 */
public final class NettyPeer implements Peer {
  private static final int MOST_LINE = 64 * 1024;
  private static final byte[] REPLY = {'G', 'O', 'T', ':'};

  private final IoHandlerFactory transport;
  private final Class<? extends ServerChannel> channel;

  /** Null for plain connections. */
  private final @Nullable SSLContext tls;

  private NettyPeer(IoHandlerFactory transport, Class<? extends ServerChannel> channel) {
    this(transport, channel, null);
  }

  private NettyPeer(
      IoHandlerFactory transport,
      Class<? extends ServerChannel> channel,
      @Nullable SSLContext tls) {
    this.transport = transport;
    this.channel = channel;
    this.tls = tls;
  }

  /** On the JDK's selector. */
  public static NettyPeer nio() {
    return new NettyPeer(NioIoHandler.newFactory(), NioServerSocketChannel.class);
  }

  /** On Netty's own native epoll. */
  public static NettyPeer epoll() {
    return new NettyPeer(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
  }

  /** On the JDK's selector, encrypted by the JDK's engine. */
  public static NettyPeer encrypted() throws IOException {
    return new NettyPeer(NioIoHandler.newFactory(), NioServerSocketChannel.class, Tls.ofServer());
  }

  /**
   * Whether {@link #epoll} runs here. Not asked of Netty, which would load its library into the
   * load generator's process for it.
   */
  public static boolean hasEpoll() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  @Override
  public int start() {
    var loop =
        new MultiThreadIoEventLoopGroup(
            1, Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory()), transport);
    var listener =
        new ServerBootstrap()
            .group(loop)
            .channel(channel)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new Pipeline())
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private final class Pipeline extends ChannelInitializer<SocketChannel> {
    @Override
    protected void initChannel(SocketChannel client) {
      if (tls != null) {
        SSLEngine engine = tls.createSSLEngine();
        engine.setUseClientMode(false);
        client.pipeline().addLast(new SslHandler(engine));
      }
      client.pipeline().addLast(new LineBasedFrameDecoder(MOST_LINE, false, true), new Echo());
    }
  }

  private static final class Echo extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
      ByteBuf reply = context.alloc().ioBuffer(REPLY.length + line.readableBytes());
      var _ = context.write(reply.writeBytes(REPLY).writeBytes(line));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      var _ = context.close();
    }
  }
}
