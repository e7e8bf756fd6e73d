package dev.heddle.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A main class of this jar in a JVM of its own. */
final class Fork {
  /** What the engines need, and what Netty wants on 25, lest it be slower than it is, or warn. */
  private static final List<String> FLAGS =
      List.of(
          "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Duser.language=en"); // figures with a point

  private Fork() {}

  /**
   * Runs it to its end.
   *
   * @return what it printed
   * @throws IOException if it failed or took longer than that; the child is ended then
   */
  static List<String> run(Duration longest, List<String> jvmFlags, String main, String... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(jvmFlags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      CompletableFuture<List<String>> output =
          CompletableFuture.supplyAsync(() -> lines(process), Fork::inThread);
      List<String> lines = output.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      if (process.waitFor() != 0) {
        throw new IOException(what(main, args) + " failed: " + String.join("; ", lines));
      }
      return lines;
    } catch (ExecutionException e) {
      throw new IOException(what(main, args) + " failed: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new IOException(what(main, args) + " did not end within " + longest, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void inThread(Runnable work) {
    Thread.ofPlatform().daemon().name("output of a fork").start(work);
  }

  private static List<String> lines(Process process) {
    try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
      return reader.readAllLines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String what(String main, String... args) {
    return main.substring(main.lastIndexOf('.') + 1) + " " + String.join(" ", args);
  }
}
