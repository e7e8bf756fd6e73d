package dev.heddle.samples;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskGroup;
import java.io.IOException;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The chat of {@link ChatRoom} across two servers, each in a process of its own.
 *
 * <p>You will see that who is at one server hears who is at the other: Ada's burst of 40 lines
 * arrives whole at Bob and Cleo, and Bob's answer at Ada.
 */
@Command(name = "two-chats", description = "A chat across two servers, in two processes.")
final class ChatServers implements Callable<Integer> {
  private static final int BURST = 40;
  private static final String NOT = "what is said goes both ways; there are link, nats and amqp";

  @Mixin private final Terminal terminal = new Terminal();
  @Mixin private final TransportChoice choice = new TransportChoice();

  @Override
  public Integer call() throws Exception {
    Route route = choice.route(terminal, EnumSet.of(Over.LINK, Over.NATS, Over.AMQP), NOT);
    Scheduler.run(
        co -> {
          try (TaskGroup<?> group = TaskGroup.open()) {
            ChatServer.Pair servers = ChatServer.start(co, group, route);
            talk(co, servers);
            servers.end(co, group);
          }
        });
    return 0;
  }

  private void talk(Awaiter co, ChatServer.Pair servers) throws IOException {
    try (ChatClient bob = ChatClient.connect(co, servers.second());
        ChatClient cleo = ChatClient.connect(co, servers.second())) {
      cleo.say(co, "Cleo is here");
      terminal.say("Bob reads: " + bob.read(co)); // so that their server knows them both
      try (ChatClient ada = ChatClient.connect(co, servers.first())) {
        ada.say(co, "Ada is here");
        terminal.say("Bob reads: " + bob.read(co)); // from the other server
        terminal.say("Cleo reads: " + cleo.read(co));
        for (int n = 1; n <= BURST; n++) {
          ada.say(co, "Ada has much to tell, " + n);
        }
        hear(co, "Bob", bob);
        hear(co, "Cleo", cleo);
        bob.say(co, "Bob has heard Ada");
        String line = ada.read(co);
        terminal.say("Ada reads: " + (line.startsWith("Cleo") ? ada.read(co) : line));
      }
    }
  }

  private void hear(Awaiter co, String who, ChatClient client) throws IOException {
    String last = "";
    for (int count = 0; count < BURST; count++) {
      last = client.read(co);
    }
    terminal.say(who + " reads " + BURST + " lines, and the last is: " + last);
  }
}
