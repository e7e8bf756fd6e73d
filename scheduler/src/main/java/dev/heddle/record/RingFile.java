package dev.heddle.record;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A file of bounded size that keeps the newest frames. It is mapped into memory, so that what was
 * put is in it also when the JVM is killed.
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
 * <p>A disk that is full would end the JVM in the middle of a write to mapped memory. So zeros are
 * written to each part of the file, by calls that fail, before anything is put into it.
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
  private static final int PART = 1 << 20;

  private final Path path;

  /** Not used by its channel, which an interrupt of the loop would close. */
  private final RandomAccessFile file;

  private final MappedByteBuffer mapped;
  private final int segmentSize;

  /** How many segments were begun. */
  private long generation;

  /** Where the next frame begins. */
  private int position;

  /** Where the segment ends. */
  private int end;

  /** Up to here the disk has room for the file. */
  private int allocated;

  private RingFile(Path path, RandomAccessFile file, int segmentSize) throws IOException {
    this.path = path;
    this.file = file;
    this.segmentSize = segmentSize;
    file.setLength(0);
    file.write(Arrays.copyOf(MAGIC, HEADER_SIZE)); // if no more is done, may be written over
    allocated = HEADER_SIZE;
    mapped = file.getChannel().map(MapMode.READ_WRITE, 0, HEADER_SIZE + 2L * segmentSize);
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

  private void writeHeader(String schedulerName) {
    ByteBuffer rest = ByteBuffer.allocate(HEADER_SIZE - 16);
    rest.putLong(segmentSize).putLong(System.currentTimeMillis());
    putText(rest, Runtime.version().toString());
    putText(rest, schedulerName);
    rest.flip();
    mapped.put(0, MAGIC);
    mapped.putInt(8, checksum(0, rest));
    mapped.putInt(12, rest.remaining());
    mapped.put(16, rest, 0, rest.remaining());
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
    int start = (int) startOf(generation, segmentSize);
    allocate(start + SEGMENT_HEADER_SIZE + FRAME_HEADER_SIZE);
    position = start + SEGMENT_HEADER_SIZE;
    end = start + segmentSize - 4; // there is always room for a length
    mapped.putInt(position, 0); // before the header makes it known
    mapped.putLong(start, generation).putLong(start + 8, firstEvent);
    mapped.putInt(start + 16, checksum(0, mapped.slice(start, 16)));
  }

  /** Makes sure that the disk has room up to there. */
  private void allocate(int until) throws IOException {
    while (allocated < until) {
      byte[] zeros = new byte[Math.min(PART, mapped.capacity() - allocated)];
      file.seek(allocated);
      file.write(zeros);
      allocated += zeros.length;
    }
  }

  /**
   * Adds a frame.
   *
   * @param firstEvent the number of its first event
   */
  void put(byte[] bytes, int length, long firstEvent) throws IOException {
    if (end - position < FRAME_HEADER_SIZE + length) {
      int last = position;
      beginSegment(firstEvent);
      mapped.putInt(last, GOES_ON);
      if (end - position < FRAME_HEADER_SIZE + length) {
        throw new IOException("an event of " + length + " bytes is too long for its size");
      }
    }
    int next = position + FRAME_HEADER_SIZE + length;
    allocate(next + 4);
    ByteBuffer frame = ByteBuffer.wrap(bytes, 0, length);
    mapped.putInt(position + 4, checksum(generation, frame));
    mapped.put(position + FRAME_HEADER_SIZE, bytes, 0, length);
    mapped.putInt(next, 0);
    mapped.putInt(position, length); // last, as it makes the frame known
    position = next;
  }

  /** The file is complete; as long as it is whole, what was not needed of it is given back. */
  void close() throws IOException {
    try (file) {
      if (generation <= 2) {
        file.setLength(position + 4L);
      }
    }
  }

  /**
   * Nothing is put any more. The part that the disk has no room for is cut off: to read it could
   * end the reader's JVM, as to write it would have ended this one.
   */
  void abandon() throws IOException {
    try (file) {
      file.setLength(allocated);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
