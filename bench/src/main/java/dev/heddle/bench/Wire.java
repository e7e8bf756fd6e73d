package dev.heddle.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** How the bytes of a {@link Client} go to its server and come from it. */
interface Wire {
  /** Reads what is there; -1 at the end. */
  int read(ByteBuffer target) throws IOException;

  /** Writes what the system takes; whether that was all, now and before. */
  boolean write(ByteBuffer source) throws IOException;

  /** What a buffer for {@link #read} must have beyond the bytes that are waited for. */
  int moreRoom();

  /** The bytes as they are. */
  static Wire plain(SocketChannel channel) {
    return new Wire() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        return channel.read(target);
      }

      @Override
      public boolean write(ByteBuffer source) throws IOException {
        channel.write(source);
        return !source.hasRemaining();
      }

      @Override
      public int moreRoom() {
        return 0;
      }
    };
  }
}
