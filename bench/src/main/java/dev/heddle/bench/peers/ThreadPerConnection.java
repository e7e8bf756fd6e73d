package dev.heddle.bench.peers;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * A thread for each connection, on blocking streams: what one writes without a scheduler, with
 * platform threads or with virtual ones.
 *
 * <p>It reads into a buffer of its own and looks for newlines there, because {@code
 * BufferedInputStream.read()} takes a lock for each byte; and it flushes only when the next read
 * might wait. {@code TCP_NODELAY} is on.
 */
public final class ThreadPerConnection implements Peer {
  private static final byte[] REPLY = {'G', 'O', 'T', ':'};
  private static final int BUFFER = 8192;
  private static final int MOST_LINE = 64 * 1024;

  private final Thread.Builder acceptor;
  private final Executor threads;

  /**
   * A server that serves on threads of this kind.
   *
   * @param threads {@code Thread.ofPlatform().daemon()} or {@code Thread.ofVirtual()}
   */
  public ThreadPerConnection(Thread.Builder threads) {
    this(threads, threads::start);
  }

  private ThreadPerConnection(Thread.Builder acceptor, Executor threads) {
    this.acceptor = acceptor;
    this.threads = threads;
  }

  /**
   * A server that serves on a pool of platform threads, in the manner of the Cookbook's with a
   * {@code ThreadPoolExecutor}. A client for which no thread is free waits until another leaves.
   *
   * @param most threads, 1 or more
   */
  public static ThreadPerConnection pooled(int most) {
    Thread.Builder daemons = Thread.ofPlatform().daemon();
    return new ThreadPerConnection(daemons, Executors.newFixedThreadPool(most, daemons.factory()));
  }

  @Override
  public int start() throws IOException {
    ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1"));
    acceptor.start(() -> acceptAll(listener));
    return listener.getLocalPort();
  }

  private void acceptAll(ServerSocket listener) {
    try (listener) {
      while (true) {
        Socket client = listener.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      System.err.println("accepting ends: " + e.getMessage());
    }
  }

  private static void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      echo(client.getInputStream(), new BufferedOutputStream(client.getOutputStream(), BUFFER));
    } catch (SocketException e) {
      // the client is gone
    } catch (IOException e) {
      System.err.println("a connection ends: " + e.getMessage());
    }
  }

  private static void echo(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    int filled = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer, filled, buffer.length - filled)) {
      int scanned = filled; // what was there before has no newline
      filled += n;
      int start = 0;
      for (int i = scanned; i < filled; i++) {
        if (buffer[i] == '\n') {
          out.write(REPLY);
          out.write(buffer, start, i + 1 - start);
          start = i + 1;
        }
      }
      out.flush();
      System.arraycopy(buffer, start, buffer, 0, filled - start);
      filled -= start;
      if (filled == buffer.length) {
        if (filled >= MOST_LINE) {
          throw new IOException("line too long");
        }
        buffer = Arrays.copyOf(buffer, 2 * filled);
      }
    }
  }
}
