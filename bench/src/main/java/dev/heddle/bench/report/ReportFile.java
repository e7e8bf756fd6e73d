package dev.heddle.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A report as JSON: one object, all figures in full. */
public final class ReportFile {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().setStrictness(Strictness.STRICT).create();

  /** Numbers in brackets, each on a line of its own. */
  private static final Pattern NUMBERS =
      Pattern.compile("\\[\\s+([-+0-9.eE]+(?:,\\s+[-+0-9.eE]+)*)\\s+]");

  private ReportFile() {}

  /** As text, the samples of a round in a line. */
  static String text(Report report) {
    return NUMBERS
            .matcher(GSON.toJson(report))
            .replaceAll(found -> "[" + found.group(1).replaceAll("\\s+", " ") + "]")
        + "\n";
  }

  /**
   * Reads a file.
   *
   * @throws IOException if there is none, or it is no report; the message says why
   */
  public static Report read(Path file) throws IOException {
    JsonElement json = parse(file);
    @Nullable JsonElement format =
        json.isJsonObject() ? json.getAsJsonObject().get("format") : null;
    if (format == null || !format.isJsonPrimitive()) {
      throw new IOException(file + " is JSON, but no report: it has no \"format\"");
    }
    if (!format.getAsString().equals(Integer.toString(Report.FORMAT))) {
      throw new IOException(
          "%s has the format %s; this program reads %d"
              .formatted(file, format.getAsString(), Report.FORMAT));
    }
    try {
      Report report = GSON.fromJson(json, Report.class);
      check(file, report);
      return report;
    } catch (JsonParseException | IllegalArgumentException e) {
      throw new IOException(file + " is no report: " + firstLine(e), e);
    }
  }

  private static JsonElement parse(Path file) throws IOException {
    try {
      return JsonParser.parseString(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (MalformedInputException | JsonParseException e) {
      throw new IOException(file + " is not JSON: " + firstLine(e), e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file + ": " + e, e);
    }
  }

  /** Gson leaves null what is missing. */
  @SuppressWarnings("ConstantConditions")
  private static void check(Path file, Report report) throws IOException {
    if (isNull(report.measured()) || isNull(report.machine()) || isNull(report.date())) {
      throw new IOException(file + " is no report: it has no measured, no machine or no date");
    }
    for (Measured each : report.measured()) {
      if (isNull(each)
          || isNull(each.figure())
          || isNull(each.figure().name())
          || isNull(each.figure().unit())
          || isNull(each.contender())
          || isNull(each.rounds())
          || each.rounds().isEmpty()
          || each.rounds().stream().anyMatch(round -> round == null || round.length == 0)) {
        throw new IOException(file + " is no report: a measurement lacks its name or its samples");
      }
    }
  }

  private static boolean isNull(@Nullable Object part) {
    return part == null;
  }

  private static String firstLine(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    return message.lines().findFirst().orElse("").strip();
  }
}
