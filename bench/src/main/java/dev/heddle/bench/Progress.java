package dev.heddle.bench;

import java.io.Console;

/** A line on the terminal that is written over; nothing if the output is no terminal. */
final class Progress {
  private static final String TO_START_AND_CLEAR = "\r\u001b[K";

  private final boolean shown;

  @SuppressWarnings("SystemConsoleNull") // on 25 it is null again where there is no terminal
  Progress() {
    Console console = System.console();
    shown = console != null && console.isTerminal();
  }

  void show(String text) {
    if (shown) {
      System.err.print(TO_START_AND_CLEAR + text);
    }
  }

  void clear() {
    show("");
  }
}
