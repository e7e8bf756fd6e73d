package dev.heddle.samples;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A folder whose files anybody may have, and nothing outside of it, whatever a path says. */
final class WebFolder {
  private final Path root;

  /** Fails if there is no such folder. */
  WebFolder(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      throw new IOException(root + " is not a folder");
    }
    this.root = root.toRealPath();
  }

  /**
   * The file or folder of a path; null if it is not there, or not for all. Links are followed
   * within the folder. What is neither file nor folder, as a pipe that would never end, is not
   * there.
   */
  @Nullable Path find(String path) throws HttpError {
    Path found = root;
    for (String part : path.substring(1).split("/")) {
      String name = decode(part);
      if (name.equals("..") || name.contains("/") || name.contains("\\")) {
        return null;
      }
      try {
        found = found.resolve(name);
      } catch (InvalidPathException e) {
        return null;
      }
    }
    try {
      Path real = found.toRealPath();
      boolean served = Files.isRegularFile(real) || Files.isDirectory(real);
      return real.startsWith(root) && served && Files.isReadable(real) ? real : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** A path is decoded when it is split, and once. */
  private static String decode(String part) throws HttpError {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      if (c != '%') {
        bytes.write(c);
        continue;
      }
      String digits = part.substring(i + 1, Math.min(part.length(), i + 3));
      if (!digits.matches("[0-9A-Fa-f]{2}") || digits.equals("00")) {
        throw new HttpError(400, "a percent sign in the path is not followed by two digits");
      }
      bytes.write(Integer.parseInt(digits, 16));
      i += 2;
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
