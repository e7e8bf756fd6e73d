package dev.heddle.transport.amqp;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
import dev.heddle.transport.TransportLimits;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The first connection. */
final class FirstConnection extends SingleWaiterEvent<AmqpTransport, IOException> {
  private final Scheduler scheduler;
  private final String name;
  private final AmqpOptions options;
  private final TransportLimits limits;

  /** What is connecting; null if nothing is. */
  private @Nullable AmqpTransport transport;

  FirstConnection(Scheduler scheduler, String name, AmqpOptions options, TransportLimits limits) {
    this.scheduler = scheduler;
    this.name = name;
    this.options = options;
    this.limits = limits;
  }

  @Override
  protected void start(Scheduler user, Waiter waiter) throws IOException {
    scheduler.checkInside("connect");
    try {
      AmqpTransport made = new AmqpTransport(scheduler, name, options, limits, this);
      transport = made;
      made.bridge().start();
    } catch (NoClassDefFoundError e) {
      throw AmqpFailures.missing(e);
    }
  }

  void connected(AmqpTransport made) {
    if (transport == made) {
      transport = null;
      made.serve();
      wake(made);
    }
  }

  void failed(AmqpTransport made, IOException why) {
    if (transport == made) {
      transport = null;
      fail(why);
    }
  }

  @Override
  protected boolean undo(Scheduler user, Waiter waiter) {
    if (transport != null) {
      transport.close();
      transport = null;
    }
    return true;
  }

  @Override
  protected boolean isWokenFromOutside() {
    return true;
  }

  @Override
  public String describe() {
    return "a connection to " + options;
  }
}
