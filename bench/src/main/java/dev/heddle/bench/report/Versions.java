package dev.heddle.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Of what was measured: from the build, and the commit where there is a repository. */
final class Versions {
  private static final String RESOURCE = "versions.properties";

  private Versions() {}

  static Map<String, String> all() throws IOException {
    Properties properties = new Properties();
    try (InputStream in =
        Objects.requireNonNull(Versions.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      properties.load(in);
    }
    Map<String, String> all = new TreeMap<>();
    properties.stringPropertyNames().forEach(name -> all.put(name, properties.getProperty(name)));
    String commit = commit();
    if (!commit.isEmpty()) {
      all.put("heddle commit", commit);
    }
    return all;
  }

  /** Of the repository in which the jar lies, or empty. */
  private static String commit() throws IOException {
    try {
      Path place =
          Path.of(Versions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path folder = Objects.requireNonNullElse(place.getParent(), place);
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty")
              .directory(folder.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String line = git.inputReader().readLine();
      boolean well = git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0;
      return well && line != null ? line : "";
    } catch (IOException | URISyntaxException e) {
      return ""; // no git here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
