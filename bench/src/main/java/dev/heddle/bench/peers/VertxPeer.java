package dev.heddle.bench.peers;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;

/** Vert.x with one event loop, as its users write it: a record parser, and a write a line. */
public final class VertxPeer implements Peer {
  private static final int MOST_LINE = 64 * 1024;
  private static final byte[] REPLY = "GOT:".getBytes(StandardCharsets.US_ASCII);

  @Override
  public int start() {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    NetServer server =
        vertx.createNetServer(new NetServerOptions().setTcpNoDelay(true).setAcceptBacklog(BACKLOG));
    return server
        .connectHandler(VertxPeer::serve)
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  private static void serve(NetSocket client) {
    RecordParser lines =
        RecordParser.newDelimited(
            "\n",
            line -> {
              Buffer reply = Buffer.buffer(REPLY.length + line.length() + 1);
              var _ =
                  client.write(reply.appendBytes(REPLY).appendBuffer(line).appendByte((byte) '\n'));
            });
    client.handler(lines.maxRecordSize(MOST_LINE)).exceptionHandler(_ -> client.close());
  }
}
