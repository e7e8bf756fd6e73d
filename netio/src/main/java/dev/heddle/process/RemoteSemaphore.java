package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Held;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A semaphore of the parent, as a child sees it. */
final class RemoteSemaphore implements ProcessSemaphore {
  private final ChildSession session;
  private final String name;

  RemoteSemaphore(ChildSession session, String name) {
    this.session = session;
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public YieldEvent<Held, IOException> acquire() {
    return new RemoteCall<>(
        session, name, Operation.ACQUIRE, RemoteCall.Argument.NONE, (_, _) -> new RemotePermit());
  }

  @Override
  public YieldEvent<@Nullable Void, IOException> release() {
    return RemoteCall.of(session, name, Operation.RELEASE);
  }

  @Override
  public String toString() {
    return "semaphore '" + name + "' of the parent";
  }

  private final class RemotePermit implements Held {
    private boolean givenBack;

    @Override
    public void close() {
      if (givenBack) {
        throw new IllegalStateException(
            "the permit of " + RemoteSemaphore.this + " was given back before");
      }
      givenBack = true;
      session.tell(name, Operation.RELEASE, null);
    }
  }
}
