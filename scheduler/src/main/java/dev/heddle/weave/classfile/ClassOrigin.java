package dev.heddle.weave.classfile;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.CodeSource;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether a class file is the one from which a class was loaded, by the place where the
 * class file is found and by the time of its last change.
 *
 * <p>Three rules. A loader that defines a class itself, but leaves the class file to its parent, as
 * reloading loaders do, has read other bytes. A file that was changed after this JVM started may
 * have been changed after the class was loaded. Only if the class has a loader of its own, and the
 * file was read after its last change, is that change taken for older than the class: a loader of
 * its own often reads what this JVM has just written.
 */
final class ClassOrigin {

  private final Class<?> type;
  private final String file;
  private final @Nullable ClassLoader loader;
  private final @Nullable URL found;

  ClassOrigin(Class<?> type) {
    this.type = type;
    this.file = type.getName().replace('.', '/') + ".class";
    this.loader = type.getClassLoader();
    this.found = type.getResource("/" + file);
  }

  /** Refuses a file that may have changed since the class was loaded. Call it before reading. */
  void checkTime() {
    Path path = path(found == null ? null : found.toString());
    if (path == null) {
      path = path(location()); // a stream or an address of the loader's own
    }
    if (path != null && Files.exists(path) && changed(path)) {
      throw new Refusal(
          path.getFileName()
              + " was changed after this JVM started, so its class "
              + type.getName()
              + " may have been loaded before the change");
    }
  }

  /** Refuses bytes that the class's loader leaves to another loader. Call it after reading. */
  void checkLoader(byte[] bytes) throws IOException {
    if (isBuiltIn() || isOfUrlLoader()) {
      return;
    }
    assert loader != null : "the loader without an object is built in";
    if (Arrays.equals(bytes, read(loader.getParent()))
        || Arrays.equals(bytes, read(ClassLoader.getSystemClassLoader()))) {
      throw new Refusal(
          "the class loader of "
              + type.getName()
              + " leaves the class file to its parent, so the class may be another version");
    }
  }

  private byte @Nullable [] read(@Nullable ClassLoader from) throws IOException {
    try (InputStream in =
        from == null
            ? Object.class.getResourceAsStream("/" + file)
            : from.getResourceAsStream(file)) {
      return in == null ? null : in.readAllBytes();
    }
  }

  /** Whether the loader is one of the JDK's three, which define what they find and nothing else. */
  private boolean isBuiltIn() {
    return loader == null
        || loader == ClassLoader.getPlatformClassLoader()
        || (loader == ClassLoader.getSystemClassLoader()
            && loader.getClass().getModule() == Object.class.getModule());
  }

  /** Whether the loader finds the file at one of its own places, from where the class comes. */
  private boolean isOfUrlLoader() {
    String location = location();
    return loader instanceof URLClassLoader urls
        && location != null
        && Objects.toString(found).contains(location)
        && Stream.of(urls.getURLs()).anyMatch(url -> url.toString().equals(location));
  }

  /** The address from which the class comes, according to its loader. */
  private @Nullable String location() {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null ? null : source.getLocation().toString();
  }

  /** The file at an address, or the file that contains it; null if the address is no file's. */
  private static @Nullable Path path(@Nullable String address) {
    if (address == null || (!address.contains("file:") && !address.contains("nested:"))) {
      return null; // of the JDK's image, or of a loader of its own
    }
    int start = Math.max(address.lastIndexOf("file:"), address.lastIndexOf("nested:"));
    int end = address.indexOf('!', start);
    String inside = end < 0 ? address.substring(start) : address.substring(start, end);
    String plain = inside.replaceFirst("^nested:", "file:").replaceFirst("(?<=.)/$", "");
    try {
      return Path.of(URI.create(plain));
    } catch (IllegalArgumentException notAFile) {
      return null;
    }
  }

  private boolean changed(Path path) {
    try {
      Map<String, Object> times = times(path);
      Instant change = Instant.EPOCH;
      for (String name : new String[] {"lastModifiedTime", "creationTime", "ctime"}) {
        if (times.get(name) instanceof FileTime time && time.toInstant().isAfter(change)) {
          change = time.toInstant();
        }
      }
      boolean readSince =
          times.get("lastAccessTime") instanceof FileTime read && read.toInstant().isAfter(change);
      return !change.isBefore(JvmFacts.STARTED) && (isBuiltIn() || !readSince);
    } catch (IOException e) {
      return true;
    }
  }

  private static Map<String, Object> times(Path path) throws IOException {
    try {
      return Files.readAttributes(path, "unix:*");
    } catch (UnsupportedOperationException | IllegalArgumentException notUnix) {
      return Files.readAttributes(path, "*");
    }
  }
}
