package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An event of the parent, as a child sees it. */
final class RemoteEvent implements ProcessEvent {
  private final ChildSession session;
  private final String name;

  RemoteEvent(ChildSession session, String name) {
    this.session = session;
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> await() {
    return RemoteCall.of(session, name, Operation.AWAIT);
  }

  @Override
  public void set() {
    session.tell(name, Operation.SET, null);
  }

  @Override
  public void clear() {
    session.tell(name, Operation.CLEAR, null);
  }

  @Override
  public YieldEvent<Boolean, IOException> isSet() {
    return new RemoteCall<>(
        session,
        name,
        Operation.IS_SET,
        RemoteCall.Argument.NONE,
        (answer, _) -> answer != null && answer[0] == 1);
  }

  @Override
  public String toString() {
    return "event '" + name + "' of the parent";
  }
}
