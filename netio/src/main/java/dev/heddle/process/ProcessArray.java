package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.Awaiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * An array of numbers in memory that several processes have, like {@code Array} of Python's {@code
 * multiprocessing}. An element is read and written without a message.
 *
 * <pre>{@code
 * // in the parent
 * try (ProcessArray grid = ProcessArray.open("grid", ValueLayout.JAVA_INT, 1_000_000)) {
 *   ProcessOptions options = ProcessOptions.DEFAULT.sharing(grid);
 *   ...
 * }
 *
 * // in the child, in a job
 * ProcessArray grid = Parent.array("grid", ValueLayout.JAVA_INT);
 * grid.setInt(7, 42);
 * int before = grid.getAndAddInt(0, 1);           // one step, whoever else adds
 * try (var hold = await(grid.lock().acquire())) { // or several steps
 *   grid.setInt(1, grid.getInt(2) + grid.getInt(3));
 * }
 * }</pre>
 *
 * <p>What a process has written before it passes on the {@link #lock}, or before any other message,
 * is seen by who acquires the lock, or gets the message. Without either, nothing is promised of
 * when another process sees it, except by {@code getAndAdd}.
 *
 * <p>The memory is a file in the temporary folder that only this user may read, filled with zeros
 * and mapped by each process. It is deleted by {@link #close}, at the exit of the parent, and by a
 * child whose parent was killed.
 *
 * <p>May be used by any thread, but for the lock.
 */
public final class ProcessArray implements Shareable, AutoCloseable {
  private final String name;
  private final Path file;
  private final Arena arena;
  private final MemorySegment segment;
  private final ValueLayout element;
  private final ProcessLock lock;

  /** As the parent shares it; null in a child. */
  private final @Nullable Elements hosted;

  /** For the typed accessors: the elements of the segment, by their indexes. */
  private final VarHandle elements;

  private ProcessArray(
      String name, Path file, ValueLayout element, ProcessLock lock, @Nullable Elements hosted)
      throws IOException {
    this.name = name;
    this.file = file;
    this.element = element;
    this.lock = lock;
    this.hosted = hosted;
    this.elements = element.arrayElementVarHandle();
    this.arena = Arena.ofShared();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
    }
  }

  /**
   * Opens an array in this process. Share it with children by {@link ProcessOptions#sharing}.
   *
   * @param name the name by which children ask for the array
   * @param element the type of the elements, such as {@link ValueLayout#JAVA_INT}; not a boolean
   *     and not an address
   * @param length how many elements it has, 1 or more
   * @throws IllegalArgumentException if the length is less than 1 or too large, or the type is not
   *     one of those
   * @throws IOException if there is no room for its file
   */
  public static ProcessArray open(String name, ValueLayout element, long length)
      throws IOException {
    String checked = Hosted.checkName(name);
    checkElement(element);
    long most = Long.MAX_VALUE / element.byteSize();
    if (length < 1 || length > most) {
      throw new IllegalArgumentException("length is " + length + ": must be 1 to " + most);
    }
    Path file = SharedFiles.create("heddle-array-", length * element.byteSize());
    try {
      Elements hosted = new Elements(checked, element.carrier().getName(), length, file);
      return new ProcessArray(checked, file, element, ProcessLock.open(lockOf(checked)), hosted);
    } catch (IOException | RuntimeException e) {
      SharedFiles.delete(file);
      throw e;
    }
  }

  private static void checkElement(ValueLayout element) {
    Class<?> carrier = element.carrier();
    boolean number = carrier.isPrimitive() && carrier != boolean.class;
    if (!number || element.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "element is "
              + element
              + ": must be a number or a char in this machine's byte order, such as"
              + " ValueLayout.JAVA_INT");
    }
  }

  /** In a child. */
  static ProcessArray remote(ChildSession session, String name, ValueLayout element) {
    checkElement(element);
    Message.Memory memory = session.shared("array", name).memory();
    assert memory != null : name;
    if (!memory.element().equals(element.carrier().getName())) {
      throw new IllegalArgumentException(
          "array '"
              + name
              + "' has elements of "
              + memory.element()
              + ", not "
              + element.carrier());
    }
    try {
      ProcessLock lock = new RemoteLock(session, lockOf(name));
      return new ProcessArray(name, Path.of(memory.file()), element, lock, null);
    } catch (IOException e) {
      throw new UncheckedIOException("array '" + name + "' cannot be mapped: " + e, e);
    }
  }

  private static String lockOf(String name) {
    return name + " (lock)";
  }

  @Override
  public String name() {
    return name;
  }

  /** The array as the parent shares it, if this is the parent. */
  @Nullable Hosted hosted() {
    return hosted;
  }

  /** How many elements it has. */
  public long length() {
    return segment.byteSize() / element.byteSize();
  }

  /**
   * The memory itself, for all that the accessors do not offer, such as {@link
   * MemorySegment#setAtIndex(ValueLayout.OfInt, long, int)} and bulk copies. Not valid after {@link
   * #close}.
   */
  public MemorySegment segment() {
    return segment;
  }

  /** A lock for those who change several elements; the array itself never uses it. */
  public ProcessLock lock() {
    return lock;
  }

  // Elements. Each accessor is for arrays of its type; indexes count from 0.

  /** The element at the index of an array of {@code int}. */
  public int getInt(long index) {
    return (int) elements.get(segment, 0L, checked(index, int.class));
  }

  /** Writes the element at the index of an array of {@code int}. */
  public void setInt(long index, int value) {
    elements.set(segment, 0L, checked(index, int.class), value);
  }

  /** Adds to the element of an array of {@code int} in one step; gives the value of before. */
  public int getAndAddInt(long index, int delta) {
    return (int) elements.getAndAdd(segment, 0L, checked(index, int.class), delta);
  }

  /** The element at the index of an array of {@code long}. */
  public long getLong(long index) {
    return (long) elements.get(segment, 0L, checked(index, long.class));
  }

  /** Writes the element at the index of an array of {@code long}. */
  public void setLong(long index, long value) {
    elements.set(segment, 0L, checked(index, long.class), value);
  }

  /** Adds to the element of an array of {@code long} in one step; gives the value of before. */
  public long getAndAddLong(long index, long delta) {
    return (long) elements.getAndAdd(segment, 0L, checked(index, long.class), delta);
  }

  /** The element at the index of an array of {@code double}. */
  public double getDouble(long index) {
    return (double) elements.get(segment, 0L, checked(index, double.class));
  }

  /** Writes the element at the index of an array of {@code double}. */
  public void setDouble(long index, double value) {
    elements.set(segment, 0L, checked(index, double.class), value);
  }

  /** The element at the index of an array of {@code byte}. */
  public byte getByte(long index) {
    return (byte) elements.get(segment, 0L, checked(index, byte.class));
  }

  /** Writes the element at the index of an array of {@code byte}. */
  public void setByte(long index, byte value) {
    elements.set(segment, 0L, checked(index, byte.class), value);
  }

  private long checked(long index, Class<?> type) {
    if (element.carrier() != type) {
      throw new UnsupportedOperationException(this + " has no elements of " + type);
    }
    if (index < 0 || index >= length()) {
      throw new IndexOutOfBoundsException("index is " + index + ": must be 0 to " + (length() - 1));
    }
    return index;
  }

  /**
   * Gives the memory up: the segment cannot be used any more. In the parent the file is deleted;
   * children that have mapped it keep what they have.
   *
   * @throws IllegalStateException if another thread is reading or writing an element
   */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      if (hosted != null) {
        SharedFiles.delete(file);
      }
    }
  }

  @Override
  public String toString() {
    return "array '" + name + "' of " + element.carrier();
  }

  /** What a child is told of an array. It has no operations. */
  private record Elements(String name, String element, long length, Path file) implements Hosted {
    @Override
    public String kind() {
      return "array";
    }

    @Override
    public Message.Memory memory() {
      return new Message.Memory(file.toString(), element, length);
    }

    @Override
    public byte @Nullable [] perform(
        Awaiter co, Party party, Operation operation, byte @Nullable [] argument) {
      throw unknown(operation);
    }
  }
}
