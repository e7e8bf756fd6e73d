package dev.heddle.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A recording that is read, frame by frame. Whatever is in the file: each fault of it is an {@link
 * IOException} that says in one line what is wrong, or an early end.
 */
final class Recording {
  private final Path path;
  private final ByteBuffer file;
  private final long segmentSize;

  /** When it was begun. */
  final Instant begun;

  /** The version of the JDK that has made it. */
  final String jdk;

  /** The name of the scheduler. */
  final String scheduler;

  /** The number of the first event that is in it: above 0 if the beginning was given up. */
  final long firstEvent;

  private long generation;

  /** Where the next frame begins. */
  private long position;

  /** Why there is no next frame; null while there may be one. */
  private @Nullable String end;

  private Recording(Path path, ByteBuffer file) throws IOException {
    this.path = path;
    this.file = file;
    ByteBuffer header = header();
    segmentSize = header.getLong();
    begun = Instant.ofEpochMilli(header.getLong());
    jdk = text(header);
    scheduler = text(header);
    long first = generationAt(0);
    long second = generationAt(1);
    if (first == 0 && second == 0) {
      throw broken("it ends before its first event");
    }
    generation = first == 0 || (second > 0 && second < first) ? second : first;
    position = RingFile.startOf(generation, segmentSize) + RingFile.SEGMENT_HEADER_SIZE;
    firstEvent = file.getLong((int) RingFile.startOf(generation, segmentSize) + 8);
  }

  static Recording open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException(path + " is no recording: it is a folder");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() > RingFile.MOST_BYTES) {
        throw new IOException(path + " is no recording: it is too long");
      }
      return new Recording(path, channel.map(MapMode.READ_ONLY, 0, channel.size()));
    }
  }

  private ByteBuffer header() throws IOException {
    byte[] magic = new byte[Math.min(RingFile.MAGIC.length, file.capacity())];
    file.get(0, magic);
    int version = RingFile.MAGIC.length - 1;
    if (!Arrays.equals(magic, 0, Math.min(version, magic.length), RingFile.MAGIC, 0, version)) {
      throw broken("it does not begin like one");
    }
    if (magic[version] != RingFile.MAGIC[version]) {
      throw new IOException(
          path
              + " is a recording of version "
              + (magic[version] - '0')
              + ", and this program reads version "
              + RingFile.VERSION);
    }
    int length = file.capacity() < RingFile.HEADER_SIZE ? -1 : file.getInt(12);
    if (length < 20 || length > RingFile.HEADER_SIZE - 16) {
      throw broken("its header is damaged");
    }
    ByteBuffer header = file.slice(16, length);
    if (file.getInt(8) != RingFile.checksum(0, header)) {
      throw broken("its header is damaged");
    }
    return header;
  }

  private static String text(ByteBuffer from) {
    byte[] bytes = new byte[from.getShort()];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Which generation stands in this segment; 0 if none does. */
  private long generationAt(int segment) throws IOException {
    long start = RingFile.HEADER_SIZE + segment * segmentSize;
    if (start + RingFile.SEGMENT_HEADER_SIZE + 4 > file.capacity()) {
      return 0;
    }
    int at = (int) start;
    long stands = file.getLong(at);
    if (stands != 0 && file.getInt(at + 16) != RingFile.checksum(0, file.slice(at, 16))) {
      throw broken("the header of its segment " + (segment + 1) + " is damaged");
    }
    return stands;
  }

  private IOException broken(String why) {
    return new IOException(path + " is no recording: " + why);
  }

  /** Whether it can be replayed: its beginning is there. */
  boolean isWhole() {
    return generation == 1;
  }

  /** The next frame; null if there is none. */
  @Nullable ByteBuffer next() {
    while (end == null) {
      long room = Math.min(file.capacity(), endOfSegment()) - position;
      int length = room < 4 ? 0 : file.getInt((int) position);
      if (length == RingFile.GOES_ON) {
        nextSegment();
      } else if (length == 0) {
        end = "the recording ends here";
      } else if (length < 0 || length > room - RingFile.FRAME_HEADER_SIZE) {
        end = "the recording is damaged at its byte " + position;
      } else {
        return checked(length);
      }
    }
    return null;
  }

  private long endOfSegment() {
    return RingFile.startOf(generation, segmentSize) + segmentSize;
  }

  private @Nullable ByteBuffer checked(int length) {
    ByteBuffer frame = file.slice((int) position + RingFile.FRAME_HEADER_SIZE, length);
    if (file.getInt((int) position + 4) != RingFile.checksum(generation, frame)) {
      end = "the recording is damaged at its byte " + position;
      return null;
    }
    position += RingFile.FRAME_HEADER_SIZE + length;
    return frame;
  }

  private void nextSegment() {
    long start = RingFile.startOf(generation + 1, segmentSize);
    boolean follows =
        start + RingFile.SEGMENT_HEADER_SIZE + 4 <= file.capacity()
            && file.getLong((int) start) == generation + 1;
    if (follows) {
      generation++;
      position = start + RingFile.SEGMENT_HEADER_SIZE;
    } else {
      end = "the recording is cut at its byte " + position;
    }
  }

  /** Why there are no more frames. */
  String end() {
    return end == null ? "the recording goes on" : end;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
