package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The program in the background. It writes the pid file before anything else and removes it at its
 * end: when it returns or fails, at SIGTERM, at Ctrl-C and at a hang-up. Only when it is killed (by
 * SIGKILL, or by a second SIGTERM) nobody removes the file; then it is stale, which {@link PidFile}
 * finds out.
 *
 * <p>What it prints goes to its log, and to its starter as long as that listens.
 */
final class InBackground {
  /** Where the starter listens. */
  private static final String STARTER = "/dev/fd/3";

  private InBackground() {}

  /** Takes the pid file and a command line of {@link Heddle}. */
  static void main(String[] args) throws IOException {
    OutputStream starter = new FileOutputStream(STARTER);
    OutputStream heard = new Tee(OutputStream.nullOutputStream(), starter); // first: disks are full
    PrintWriter err = writer(new Tee(heard, new FileOutputStream(FileDescriptor.err)));
    PidFile pidFile = new PidFile(Path.of(args[0]));
    try {
      pidFile.write(ProcessHandle.current());
    } catch (IOException e) {
      err.println(e.getMessage());
      System.exit(1);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(pidFile::deleteIfOwn, "delete the pid file"));
    OutputStream both = new Tee(new FileOutputStream(FileDescriptor.out), starter);
    PrintWriter out = StandardOutput.open(both, why -> err.println("heddle: " + why));
    String[] command = Arrays.copyOfRange(args, 1, args.length);
    System.exit(Heddle.run(Scheduler::create, out, err, command));
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}
