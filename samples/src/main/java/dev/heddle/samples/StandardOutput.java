package dev.heddle.samples;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The standard output of the program. A write that fails ends the program at once: quietly if who
 * reads has gone ({@code heddle actors | head -1}), and else, at a full disk say, with one line.
 *
 * <p>A {@link PrintWriter} alone would swallow the failure, and a sample would go on for nobody.
 */
final class StandardOutput extends OutputStream {
  /** What a shell says of a program that wrote to nobody: 128, and 13 for SIGPIPE. */
  static final int NOBODY_READS = 141;

  private static final long FLUSH_EVERY_MILLIS = 50;

  private final OutputStream file;

  /** Gets the line that says why a write failed. */
  private final Consumer<String> complaints;

  private StandardOutput(OutputStream file, Consumer<String> complaints) {
    this.file = file;
    this.complaints = complaints;
  }

  /**
   * A writer that is flushed twenty times a second: a flush of each line would make a million lines
   * as many system calls, and none at all would hide what a slow sample has done so far.
   *
   * @param file the stream of the process
   * @param complaints gets the line that says why a write failed
   */
  static PrintWriter open(OutputStream file, Consumer<String> complaints) {
    StandardOutput checked = new StandardOutput(file, complaints);
    PrintWriter writer = new PrintWriter(checked, false, StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("flush").start(() -> flushOnAndOn(writer));
    return writer;
  }

  private static void flushOnAndOn(PrintWriter writer) {
    try {
      while (true) {
        Thread.sleep(FLUSH_EVERY_MILLIS);
        writer.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // told to end
    }
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int begin, int length) {
    try {
      file.write(bytes, begin, length);
    } catch (IOException e) {
      if (isPipe() || String.valueOf(e.getMessage()).contains("Broken pipe")) {
        System.exit(NOBODY_READS);
      }
      complaints.accept("cannot write to the standard output: " + e.getMessage());
      System.exit(1);
    }
  }

  /** The system's message is in the user's language; what a descriptor is, Linux tells plainly. */
  private static boolean isPipe() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException e) {
      return false; // not Linux
    }
  }
}
