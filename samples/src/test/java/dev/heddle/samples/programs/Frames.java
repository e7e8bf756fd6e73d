package dev.heddle.samples.programs;

import dev.heddle.net.Connection;
import dev.heddle.net.Server;
import dev.heddle.net.ServerBuilder;
import dev.heddle.net.ServerLimits;
import dev.heddle.net.SocketReader;
import dev.heddle.net.SocketWriter;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.CRC32;

/**
 * A server of binary messages: each is a length of four bytes and as many bytes more, and is
 * answered with the CRC of these bytes. A message over {@link #MOST} bytes is answered with one
 * that says so, and is the last.
 */
final class Frames {
  static final int MOST = 1 << 20;

  private Frames() {}

  static ServerBuilder on(Scheduler scheduler) {
    ServerLimits limits =
        ServerLimits.DEFAULT
            .withMaxConnections(200)
            .withMaxPendingInput(16L * MOST)
            .withLineTimeout(Duration.ofMinutes(1)); // for a message, too
    return Server.on(scheduler, Frames::talk)
        .name("frames")
        .limits(limits)
        .answers(_ -> message("out of memory".getBytes(StandardCharsets.US_ASCII)).array());
  }

  private static void talk(Awaiter co, Connection connection) throws IOException {
    SocketReader in = connection.reader();
    SocketWriter out = connection.writer();
    for (byte[] message = read(co, in, out); message != null; message = read(co, in, out)) {
      co.await(out.write(message(checksum(message))));
      if (in.buffered() == 0) {
        co.await(out.flush()); // else the answer to the next one goes along
      }
    }
  }

  /** Null at the end, and after a message that is too long. */
  private static byte[] read(Awaiter co, SocketReader in, SocketWriter out) throws IOException {
    byte[] head = co.await(in.readExactly(Integer.BYTES));
    if (head == null) {
      return null;
    }
    int length = ByteBuffer.wrap(head).getInt();
    if (length < 0 || length > MOST) {
      co.await(out.write(message("too long".getBytes(StandardCharsets.US_ASCII))));
      return null;
    }
    return co.await(in.readExactly(length));
  }

  private static byte[] checksum(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return ByteBuffer.allocate(Long.BYTES).putLong(crc.getValue()).array();
  }

  static ByteBuffer message(byte[] bytes) {
    return ByteBuffer.allocate(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes).flip();
  }
}
