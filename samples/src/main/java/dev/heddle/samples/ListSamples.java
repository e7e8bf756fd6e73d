package dev.heddle.samples;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** Prints a line for each sample: its command, its recipe, what it shows. */
@Command(name = "list", description = "Lists the samples.")
final class ListSamples implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  @Override
  public void run() {
    CommandSpec list = terminal.command().getCommandSpec();
    for (var sample : list.parent().subcommands().values()) {
      CommandSpec command = sample.getCommandSpec();
      Recipe recipe = command.userObject().getClass().getAnnotation(Recipe.class);
      if (command != list) {
        String number = recipe == null ? "-" : recipe.value();
        String line = command.usageMessage().description()[0];
        terminal.out().printf("%-10s %-3s %s%n", command.name(), number, line);
      }
    }
  }
}
