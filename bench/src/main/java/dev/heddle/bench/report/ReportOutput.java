package dev.heddle.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where a report goes: {@code DATE-CPU.json}, {@code .html}, and a folder of plots. */
public final class ReportOutput {
  private static final int DATE_LENGTH = 10;

  private final Path folder;
  private final PrintWriter out;

  /** Into this folder; what was written is told to {@code out}. */
  public ReportOutput(Path folder, PrintWriter out) {
    this.folder = folder;
    this.out = out;
  }

  /** Makes the folder now, lest hours of measuring have nowhere to go. */
  public void prepare() throws IOException {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "writable", null));
    } catch (FileAlreadyExistsException e) {
      throw new IOException("--out: " + folder + " is no folder", e);
    } catch (IOException e) {
      throw new IOException("--out: cannot write into " + folder + ": " + e, e);
    }
  }

  /** Raw data, page and plots. */
  public void writeAll(Report report) throws IOException {
    String name = freeName(report);
    write(folder.resolve(name + ".json"), ReportFile.text(report));
    pictures(report, name);
  }

  /** Page and plots of raw data that is there. */
  public void write(Report report) throws IOException {
    prepare();
    pictures(report, baseName(report));
  }

  private void pictures(Report report, String name) throws IOException {
    write(folder.resolve(name + ".html"), Html.page(report));
    Path plots = Files.createDirectories(folder.resolve(name));
    out.println(plots(report, plots));
  }

  /** The library draws with the fonts of the system; it may throw anything, or never end. */
  private static String plots(Report report, Path folder) throws IOException {
    CompletableFuture<Integer> drawn = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("plots")
        .start(
            () -> {
              try {
                drawn.complete(Plots.write(report, folder).size());
              } catch (IOException | LinkageError | RuntimeException e) {
                drawn.completeExceptionally(e);
              }
            });
    try {
      return folder.toAbsolutePath() + ": " + drawn.get(2, TimeUnit.MINUTES) + " plots";
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      return "No plots were made; Java cannot draw here: " + e.getCause();
    } catch (TimeoutException e) {
      return "No plots were made: drawing does not end";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    out.println(file.toAbsolutePath());
  }

  /** Two runs of a day are both kept. */
  private String freeName(Report report) {
    String name = baseName(report);
    String free = name;
    for (int i = 2; Files.exists(folder.resolve(free + ".json")); i++) {
      free = name + "-" + i;
    }
    return free;
  }

  private static String baseName(Report report) {
    return report.date().substring(0, DATE_LENGTH) + "-" + report.machine().slug();
  }
}
