package dev.heddle.samples;

import com.google.errorprone.annotations.FormatMethod;
import dev.heddle.scheduler.Scheduler;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command has: {@code --help}, somewhere to print, and a way to refuse its call. */
final class Terminal {
  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @SuppressWarnings("UnusedVariable") // picocli asks for it
  @Option(names = "--help", usageHelp = true, description = "Prints this, and ends.")
  private boolean help;

  /** Where the command prints; flushed when it ends. */
  PrintWriter out() {
    return command().getOut();
  }

  /** Prints a line. */
  void say(@Nullable Object line) {
    out().println(line);
  }

  /** Prints by a pattern, with the digits and points that all machines read. */
  @FormatMethod
  void format(String pattern, @Nullable Object... values) {
    out().printf(Locale.ROOT, pattern, values);
  }

  /** For samples in which time passes: so that a test can have it pass at once. */
  Scheduler scheduler() {
    return ((Heddle) command().getCommandSpec().root().userObject()).schedulers.get();
  }

  /** Whether the user has given an option, were it with its default value. */
  boolean isGiven(String option) {
    return command().getParseResult().hasMatchedOption(option);
  }

  /** What to throw when the command was called wrongly. */
  ParameterException refusal(String why) {
    return new ParameterException(command(), why);
  }

  /** The command as picocli has it. */
  CommandLine command() {
    return Objects.requireNonNull(spec, "set by picocli").commandLine();
  }
}
