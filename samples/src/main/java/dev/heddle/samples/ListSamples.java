package dev.heddle.samples;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** Prints a line for each sample, by recipe: the recipe's number, the command, what it shows. */
@Command(name = "list", description = "Lists the samples.")
final class ListSamples implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    CommandSpec list = terminal.command().getCommandSpec();
    List<CommandSpec> samples =
        list.parent().subcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .filter(command -> command != list && !(command.userObject() instanceof Tool))
            .sorted(Comparator.comparingInt(ListSamples::number))
            .toList();
    int width = samples.stream().mapToInt(sample -> sample.name().length()).max().orElse(1);
    for (CommandSpec sample : samples) {
      Recipe recipe = recipe(sample);
      String number = recipe == null ? "-" : recipe.value();
      String line = sample.usageMessage().description()[0];
      String name = sample.name() + " ".repeat(width - sample.name().length());
      terminal.format("%-3s  %s  %s%n", number, name, line);
    }
  }

  /** Those that follow no recipe come last. */
  private static int number(CommandSpec sample) {
    Recipe recipe = recipe(sample);
    return recipe == null ? Integer.MAX_VALUE : Integer.parseInt(recipe.value().substring(1));
  }

  private static @Nullable Recipe recipe(CommandSpec sample) {
    return sample.userObject().getClass().getAnnotation(Recipe.class);
  }
}
