package dev.heddle.samples;

import dev.heddle.group.SchedulerGroup;
import dev.heddle.net.echo.EchoServer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What {@link Echo} answers, and how its tasks are written. */
final class EchoWays {
  @Option(
      names = "--mode",
      converter = ModeReader.class,
      paramLabel = "MODE",
      description =
          "got: each line with GOT: and the line, the default; rfc862: what comes, as it is.")
  private EchoServer.@Nullable Mode mode;

  @Option(
      names = "--udp",
      description = "Over UDP instead of TCP: each datagram goes back as it is (RFC 862).")
  boolean udp;

  @Option(
      names = "--style",
      converter = Style.Reader.class,
      paramLabel = "STYLE",
      description = "How the tasks are written: thread, coroutine, step; default coroutine.")
  private Style style = Style.COROUTINE;

  @Option(
      names = "--loops",
      converter = WholeNumber.Loops.class,
      paramLabel = "N",
      description =
          "So many loops serve, each on a thread of its own, and one more accepts; default 1, which"
              + " does both.")
  int loops = 1;

  EchoServer.Mode mode() {
    EchoServer.Mode usual = udp ? EchoServer.Mode.RFC862 : EchoServer.Mode.GOT;
    return mode == null ? usual : mode;
  }

  /** The loops that serve. */
  SchedulerGroup group() {
    return SchedulerGroup.builder().name("echo").loops(loops).daemon(true).open();
  }

  EchoServer.Style style() {
    return EchoServer.Style.valueOf(style.name());
  }

  /** Reads a mode; another word is refused with a line that names the word and the modes. */
  static final class ModeReader implements ITypeConverter<EchoServer.Mode> {
    @Override
    public EchoServer.Mode convert(String word) {
      for (EchoServer.Mode mode : EchoServer.Mode.values()) {
        if (mode.name().toLowerCase(Locale.ROOT).equals(word)) {
          return mode;
        }
      }
      throw new TypeConversionException("'" + word + "' is not one of got, rfc862");
    }
  }
}
