package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/**
 * Three tasks take turns: two count down, one counts up (Python Cookbook 12.12, TaskScheduler).
 *
 * <p>You will see {@code T-minus 10}, {@code T-minus 5}, {@code Counting up 0}, {@code T-minus 9}
 * and so on, strictly in turn. The style changes how a task is written ({@link Counting}), not what
 * you see.
 */
@Command(name = "countdown", description = "Three tasks count down, down and up, in turn.")
@Recipe("R1")
final class Countdown implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--style", converter = Style.Reader.class, description = Style.OPTION)
  private Style style = Style.COROUTINE;

  @Parameters(
      paramLabel = "A B C",
      hideParamSyntax = true,
      description = "Down from A, down from B, up to C: whole numbers from 0; default 10 5 15")
  private List<String> numbers = List.of("10", "5", "15");

  @Override
  public void run() {
    if (numbers.size() != 3) {
      throw terminal.refusal("expected three numbers A B C or none, but got " + numbers.size());
    }
    int a = number(0);
    int b = number(1);
    int c = number(2);
    try (Scheduler scheduler = Scheduler.create()) {
      Counting.down(a, terminal.out()).spawnOn(scheduler, style);
      Counting.down(b, terminal.out()).spawnOn(scheduler, style);
      Counting.up(c, terminal.out()).spawnOn(scheduler, style);
      scheduler.run();
    }
  }

  private int number(int index) {
    try {
      return new WholeNumber.Count().convert(numbers.get(index));
    } catch (TypeConversionException e) {
      throw terminal.refusal(String.valueOf(e.getMessage()));
    }
  }
}
