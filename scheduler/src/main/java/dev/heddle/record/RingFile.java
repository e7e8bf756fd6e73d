package dev.heddle.record;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A file of bounded size that keeps the newest frames.
 *
 * <pre>
 *   file     header | segment | segment
 *   header   magic with the version (8 bytes), checksum, length, then
 *            size of a segment (8), time (8), the JDK's version, the scheduler's name
 *   segment  generation (8), number of its first event (8), checksum; then frames
 *   frame    length, checksum, bytes: whole events
 * </pre>
 *
 * <p>The two segments are filled in turn. The generation counts them, from 1 on: so a file in which
 * generation 1 stands is whole. In a segment that is filled again, what is left of the older
 * generation behind the newest frame has another checksum, as that begins with the generation. A
 * length of {@link #GOES_ON} says that the next segment goes on, 0 that there is no more.
 *
 * <p>A frame is one call of the system: what was put is the system's, and is in the file also when
 * the JVM is killed. Mapped memory would do that without a call, but each page of it costs a fault
 * whenever the disk has caught up, and a full disk ends the JVM; here it is an exception.
 */
final class RingFile {
  static final int VERSION = 1;
  static final byte[] MAGIC = ("HEDDLE0" + VERSION).getBytes(StandardCharsets.US_ASCII);
  static final int HEADER_SIZE = 512;
  static final int SEGMENT_HEADER_SIZE = 24;
  static final int FRAME_HEADER_SIZE = 8;
  static final int GOES_ON = -1;
  static final long LEAST_BYTES = 1 << 20;
  static final long MOST_BYTES = 1 << 30;

  private static final int MOST_NAME = 200;

  private final Path path;

  /** Not used by its channel, which an interrupt of the loop would close. */
  private final RandomAccessFile file;

  private final int segmentSize;

  /** How many segments were begun. */
  private long generation;

  /** Where the next frame begins. */
  private long position;

  /** Where the segment ends, but for a last length. */
  private long end;

  private RingFile(Path path, RandomAccessFile file, int segmentSize) throws IOException {
    this.path = path;
    this.file = file;
    this.segmentSize = segmentSize;
    file.setLength(0);
  }

  /** Makes the file, or writes over the recording that is there; over nothing else. */
  static RingFile create(Path path, long mostBytes, String schedulerName) throws IOException {
    int segmentSize = (int) ((mostBytes - HEADER_SIZE) / 2) & ~7;
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      lock(path, file);
      checkMayBeLost(path, file);
      RingFile ring = new RingFile(path, file, segmentSize);
      ring.writeHeader(schedulerName);
      ring.beginSegment(0);
      return ring;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Two that write the same file would spoil it; the lock ends with the file. */
  private static void lock(Path path, RandomAccessFile file) throws IOException {
    FileLock lock;
    try {
      lock = file.getChannel().tryLock();
    } catch (OverlappingFileLockException e) {
      throw new IOException(path + ": another scheduler records into it", e);
    }
    if (lock == null) {
      throw new IOException(path + ": another process records into it");
    }
  }

  private static void checkMayBeLost(Path path, RandomAccessFile file) throws IOException {
    byte[] start = new byte[MAGIC.length - 1]; // of whatever version
    boolean isRecording = file.length() >= start.length;
    if (isRecording) {
      file.readFully(start);
      isRecording = Arrays.equals(start, 0, start.length, MAGIC, 0, start.length);
      file.seek(0);
    }
    if (file.length() > 0 && !isRecording) {
      throw new IOException(path + " is no recording, and is not written over");
    }
  }

  private void writeHeader(String schedulerName) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_SIZE);
    header.put(MAGIC).position(16);
    header.putLong(segmentSize).putLong(System.currentTimeMillis());
    putText(header, Runtime.version().toString());
    putText(header, schedulerName);
    int length = header.position() - 16;
    header.putInt(8, checksum(0, header.slice(16, length))).putInt(12, length);
    write(0, header.array(), HEADER_SIZE);
  }

  private static void putText(ByteBuffer into, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, MOST_NAME);
    into.putShort((short) length).put(bytes, 0, length);
  }

  /** Of a frame, or of a header. */
  static int checksum(long generation, ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update((int) generation);
    checksum.update((int) generation >>> 8);
    checksum.update((int) generation >>> 16);
    checksum.update(bytes.duplicate());
    return (int) checksum.getValue();
  }

  /** Where the segment of a generation begins. */
  static long startOf(long generation, long segmentSize) {
    return HEADER_SIZE + (generation - 1) % 2 * segmentSize;
  }

  private void beginSegment(long firstEvent) throws IOException {
    generation++;
    long start = startOf(generation, segmentSize);
    ByteBuffer header = ByteBuffer.allocate(SEGMENT_HEADER_SIZE + 4); // with a length of 0
    header.putLong(generation).putLong(firstEvent).putInt(checksum(0, header.slice(0, 16)));
    write(start, header.array(), header.capacity());
    position = start + SEGMENT_HEADER_SIZE;
    end = start + segmentSize - 4; // there is always room for a length
  }

  /**
   * Adds a frame.
   *
   * @param frame its bytes, from {@link #FRAME_HEADER_SIZE} on; the rest is written over
   * @param size where the bytes end; 4 more have room
   * @param firstEvent the number of its first event
   */
  void put(byte[] frame, int size, long firstEvent) throws IOException {
    if (end - position < size) {
      long last = position;
      beginSegment(firstEvent);
      write(last, ByteBuffer.allocate(4).putInt(GOES_ON).array(), 4);
      if (end - position < size) {
        throw new IOException("an event of " + size + " bytes is too long for its size");
      }
    }
    int length = size - FRAME_HEADER_SIZE;
    ByteBuffer whole = ByteBuffer.wrap(frame);
    whole.putInt(0, length);
    whole.putInt(4, checksum(generation, whole.slice(FRAME_HEADER_SIZE, length)));
    whole.putInt(size, 0); // the next frame's length
    write(position, frame, size + 4);
    position += size;
  }

  private void write(long at, byte[] bytes, int count) throws IOException {
    file.seek(at);
    file.write(bytes, 0, count);
  }

  /** The file is complete. */
  void close() throws IOException {
    file.close();
  }

  /** Nothing is put any more. */
  void abandon() throws IOException {
    file.close();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
