package dev.heddle.process;

import dev.heddle.scheduler.Scheduler;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * The program of a child. Its argument is the path of the parent's socket. The first line of its
 * standard input is the token by which the parent knows the child.
 *
 * <p>No child outlives its parent. The parent holds the other end of the standard input open as
 * long as it lives. When the parent dies, even by SIGKILL, the system closes that end, and the
 * child halts. What that cannot do, because it is stopped, {@link ParentDeath} does. A child is a
 * parent in its turn, so its own children end with it, however it ends.
 */
final class ChildMain {
  /** The exit code of a child whose parent has died. */
  static final int ORPHANED = 76;

  /** The exit code of a child that its parent has closed, and that has not ended by itself. */
  static final int OVERDUE = 77;

  /**
   * How long a child may live on after it was closed: a little longer than the parent waits before
   * it kills the child, and for the case that the parent has ended by then.
   */
  private static final long CLOSED_MILLIS = ChildProcess.GRACE_MILLIS + 1_000;

  private ChildMain() {}

  static void main(String[] args) throws IOException, InterruptedException {
    InputStream in = new FileInputStream(FileDescriptor.in);
    String token = readLine(in);
    System.setIn(InputStream.nullInputStream());
    CountDownLatch armed = new CountDownLatch(1);
    Thread.ofPlatform().daemon().name("parent watch").start(() -> watch(in, armed));
    armed.await(); // no job runs before
    // Jobs may hold up this loop, for that they are here: a watchdog would cry in the child's
    // errors.
    try (Scheduler scheduler = Scheduler.builder().name("child").watchdog(Duration.ZERO).build()) {
      scheduler.spawn(
          "session",
          () -> {
            try {
              ChildSession.serve(Path.of(args[0]), token);
            } finally {
              scheduler.close(); // ends the tasks that a job has left running
            }
          });
      scheduler.run();
    }
    // No System.exit: threads that a job has left may finish, until the parent kills this process.
  }

  private static String readLine(InputStream in) throws IOException {
    byte[] line = in.readNBytes(ChildListener.TOKEN_DIGITS + 1);
    return new String(line, StandardCharsets.US_ASCII).strip();
  }

  /** Linux forgets what a thread has asked for when that thread ends, so it is this one. */
  private static void watch(InputStream in, CountDownLatch armed) {
    ParentDeath.killsThisProcess();
    armed.countDown();
    endWith(in);
  }

  /**
   * Waits for the end of the input and halts. A byte before the end says that the parent has closed
   * the child on purpose: then the end of the connection ends the child, which has a while for
   * that. Shutdown hooks do not run, because one of them might wait for a job that never ends.
   */
  private static void endWith(InputStream in) {
    try {
      if (in.read() >= 0) {
        Thread.sleep(CLOSED_MILLIS);
        Runtime.getRuntime().halt(OVERDUE);
      }
    } catch (IOException | InterruptedException e) {
      // an input that cannot be read has ended, too
    }
    ChildSession.sharedFiles().forEach(SharedFiles::delete); // the parent cannot do it any more
    Runtime.getRuntime().halt(ORPHANED);
  }
}
