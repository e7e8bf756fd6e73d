package dev.heddle.test;

import dev.heddle.process.Channel;
import dev.heddle.process.ChildProvider;
import dev.heddle.scheduler.TaskBody;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** The child processes that one scheduler of a simulation has started, and that have not ended. */
final class SimulatedChildren extends ChildProvider {
  /** Of the scheduler; asked when the first child starts. */
  private final Supplier<SimulatedProvider> sockets;

  private final Set<SimulatedChild> running = new LinkedHashSet<>();

  SimulatedChildren(Supplier<SimulatedProvider> sockets) {
    this.sockets = sockets;
  }

  @Override
  protected Stub start(String name, Function<SocketChannel, TaskBody> child) throws IOException {
    SimulatedProvider parent = sockets.get();
    parent.host.network().processes().checkStart(parent, name);
    SimulatedChild made = new SimulatedChild(this, parent, name, child);
    running.add(made);
    made.start();
    return made;
  }

  void ended(SimulatedChild child) {
    running.remove(child);
  }

  /** The parent has ended, or its host: no child outlives it. */
  void killAll() {
    List.copyOf(running).forEach(child -> child.kill(SimulatedChild.KILLED));
  }

  static <T> List<Channel<T>> pair(Class<T> messages, String name) {
    return channels(messages, name);
  }
}
