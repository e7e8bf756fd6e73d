package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Event;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An event in the process that has opened it. */
final class HostedEvent implements ProcessEvent, Hosted {
  private final String name;
  private final Event event;

  HostedEvent(String name) {
    this.name = Hosted.checkName(name);
    this.event = new Event(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "event";
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> await() {
    return Hosted.withIoException(event.await());
  }

  @Override
  public void set() {
    event.set();
  }

  @Override
  public void clear() {
    event.clear();
  }

  @Override
  public YieldEvent<Boolean, IOException> isSet() {
    return new ImmediateEvent<>("whether " + title() + " is set", event::isSet);
  }

  @Override
  public byte @Nullable [] perform(
      Awaiter co, Party party, Operation operation, byte @Nullable [] argument) {
    switch (operation) {
      case AWAIT -> co.await(event.await());
      case IS_SET -> {
        return new byte[] {(byte) (event.isSet() ? 1 : 0)};
      }
      default -> throw unknown(operation);
    }
    return null;
  }

  @Override
  public void tell(Party party, Operation operation, byte @Nullable [] argument) {
    switch (operation) {
      case SET -> event.set();
      case CLEAR -> event.clear();
      default -> throw unknown(operation);
    }
  }

  @Override
  public String toString() {
    return event.toString();
  }
}
