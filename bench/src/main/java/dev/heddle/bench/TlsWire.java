package dev.heddle.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/** Encrypted by the JDK's engine, and no more than a load generator needs. */
final class TlsWire implements Wire {
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final SSLEngine engine;

  /** From 0 to position, what was received and not decrypted. */
  private final ByteBuffer received;

  /** From position to limit, what is to be sent. */
  private final ByteBuffer sent;

  /** Makes the handshake over a channel that still blocks. */
  TlsWire(SocketChannel channel, SSLContext context) throws IOException {
    this.channel = channel;
    engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    int packet = engine.getSession().getPacketBufferSize();
    received = ByteBuffer.allocate(2 * packet);
    sent = ByteBuffer.allocate(2 * packet).flip();
    shakeHands();
  }

  private void shakeHands() throws IOException {
    engine.beginHandshake();
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> {
          boolean _ = write(NONE);
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (unwrap(NONE) == Status.BUFFER_UNDERFLOW && channel.read(received) < 0) {
            throw new EOFException("the server has ended the handshake");
          }
        }
        case NOT_HANDSHAKING, FINISHED -> {
          return;
        }
      }
    }
  }

  private Status unwrap(ByteBuffer target) throws IOException {
    try {
      return engine.unwrap(received.flip(), target).getStatus();
    } finally {
      received.compact();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int before = target.position();
    int count = channel.read(received);
    while (received.position() > 0 && unwrap(target) == Status.OK) {
      // one record
    }
    return count < 0 ? count : target.position() - before;
  }

  @Override
  public boolean write(ByteBuffer source) throws IOException {
    sent.compact();
    try {
      while (source.hasRemaining() || engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        if (engine.wrap(source, sent).getStatus() != Status.OK) {
          break;
        }
      }
    } finally {
      sent.flip();
    }
    channel.write(sent);
    return !source.hasRemaining() && !sent.hasRemaining();
  }

  /** The engine asks for the room of the largest record. */
  @Override
  public int moreRoom() {
    return engine.getSession().getApplicationBufferSize();
  }
}
