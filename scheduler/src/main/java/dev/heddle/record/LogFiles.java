package dev.heddle.record;

import dev.heddle.scheduler.view.RunLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens logs; the kernel finds it by name. */
final class LogFiles implements RunLog.Files {
  LogFiles() {}

  @Override
  public RunLog.Opener recorder(Path file, long mostBytes) {
    if (mostBytes < RingFile.LEAST_BYTES || mostBytes > RingFile.MOST_BYTES) {
      throw new IllegalArgumentException(
          "recording of " + mostBytes + " bytes: must be 1 MiB to 1 GiB");
    }
    return scheduler -> {
      try {
        return new Recorder(RingFile.create(file, mostBytes, scheduler.name()));
      } catch (IOException e) {
        throw failed("cannot record " + scheduler, file, e);
      }
    };
  }

  @Override
  public RunLog.Opener replayer(Path file) {
    return scheduler -> {
      try {
        Recording recording = Recording.open(file);
        if (!recording.isWhole()) {
          throw new IOException(
              file
                  + " cannot be replayed: it was full, and its first "
                  + recording.firstEvent
                  + " events were given up; record with a larger size");
        }
        return new Replayer(recording, scheduler);
      } catch (IOException e) {
        throw failed("cannot replay " + scheduler, file, e);
      }
    };
  }

  private static UncheckedIOException failed(String what, Path file, IOException e) {
    String message = what + ": " + why(file, e);
    return new UncheckedIOException(message, new IOException(message, e));
  }

  /** What is wrong with the file, in one line that names it. */
  static String why(Path file, IOException e) {
    String why =
        switch (e) {
          case NoSuchFileException _ -> file + ": there is no such file or folder";
          case AccessDeniedException _ -> file + ": permission denied";
          default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    return why.contains(file.toString()) ? why : file + ": " + why;
  }
}
