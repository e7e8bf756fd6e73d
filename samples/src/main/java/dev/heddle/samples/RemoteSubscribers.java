package dev.heddle.samples;

import dev.heddle.actor.Exchange;
import dev.heddle.process.JobProcess;
import dev.heddle.process.ProcessOptions;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.TaskGroup;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The exchange of {@link Subscribers} with its receivers in three processes, over a transport.
 *
 * <p>You will see that three processes have subscribed, and then what each has been sent. Who comes
 * late to a topic has missed what was sent, so the sender greets until all three have answered; and
 * it says that this was all until all three have heard that.
 */
@Command(name = "exchange", description = "Publish to subscribers in three processes.")
@Recipe("R16")
final class RemoteSubscribers implements Callable<Integer> {
  private static final Duration GREETINGS = Duration.ofMillis(20);

  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final TransportChoice choice = new TransportChoice();

  @Option(
      names = "--numbers",
      converter = WholeNumber.Times.class,
      description = "How many to send, 1 to 1000000; default ${DEFAULT-VALUE}")
  private int numbers = 4;

  @Override
  public Integer call() throws Exception {
    Route route = choice.route(terminal, EnumSet.allOf(Over.class), "");
    Scheduler.run(co -> publish(co, route));
    return 0;
  }

  private void publish(Awaiter co, Route route) throws Exception {
    HeardByAll heard = new HeardByAll(List.of("Ada", "Bob", "Cleo"));
    try (TaskGroup<?> group = TaskGroup.open()) {
      Exchange<Integer> exchange = new Exchange<>(Scheduler.current(), "numbers");
      Publishing publishing = new Publishing(group, exchange, heard::allHaveEnded);
      Route there = publishing.open(co, route, heard.names().size());
      group.spawn("heard", heard::listen);
      for (String name : heard.names()) {
        NumberDisplay.Place place = new NumberDisplay.Place(name, there);
        if (route.over() == Over.LOCAL) {
          group.spawn(name, c -> NumberDisplay.show(c, place, publishing.local(), heard));
        } else {
          ProcessOptions options = ProcessOptions.DEFAULT.withName(name).sharing(heard.shared());
          JobProcess.start(group, options, NumberDisplay::run, place);
        }
      }
      while (!heard.allAreHere()) {
        co.await(exchange.put(NumberDisplay.GREETING));
        co.await(Task.sleep(GREETINGS));
      }
      terminal.say("Ada, Bob and Cleo have subscribed, over " + route.over());
      terminal.out().flush();
      for (int n = 1; n <= numbers; n++) {
        co.await(exchange.put(n));
      }
      while (!heard.allHaveEnded()) { // one who is slow may have missed that, too
        co.await(exchange.put(NumberDisplay.END));
        co.await(Task.sleep(GREETINGS));
      }
      heard.say(terminal, numbers);
      exchange.close();
      co.await(group.join());
    }
  }
}
