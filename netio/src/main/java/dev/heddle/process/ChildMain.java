package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The program of a child. Its argument is the path of the parent's socket; a line on its standard
 * input is the token by which the parent knows it. What else comes there is its end: the parent
 * holds the other side open as long as it lives, and the system closes it however it died, SIGKILL
 * included.
 */
final class ChildMain {
  /** The exit code of a child whose parent is gone. */
  static final int ORPHANED = 76;

  private ChildMain() {}

  static void main(String[] args) throws IOException {
    InputStream in = new FileInputStream(FileDescriptor.in);
    String token = readLine(in);
    System.setIn(InputStream.nullInputStream());
    Thread.ofPlatform().daemon().name("parent watch").start(() -> endWith(in));
    try (Scheduler scheduler = Scheduler.builder().name("child").build()) {
      scheduler.spawn(
          "conversation",
          () -> {
            try {
              Conversation.hold(Path.of(args[0]), token);
            } finally {
              scheduler.close(); // whatever a job has left running
            }
          });
      scheduler.run();
    }
    // No System.exit: threads that a job has left may finish, for as long as the parent lets them.
  }

  private static String readLine(InputStream in) throws IOException {
    byte[] line = in.readNBytes(Child.TOKEN_BYTES + 1);
    return new String(line, StandardCharsets.US_ASCII).strip();
  }

  /**
   * No shutdown hooks: there may be one that waits for what a job never finishes. A byte says that
   * the end is an orderly one, and comes by the socket.
   */
  private static void endWith(InputStream in) {
    try {
      if (in.read() >= 0) {
        return;
      }
    } catch (IOException e) {
      // as good as the end
    }
    Runtime.getRuntime().halt(ORPHANED);
  }
}
