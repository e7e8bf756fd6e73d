package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Resource;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.List;

/** A lock of the parent, as a child sees it. */
final class RemoteLock implements ProcessLock {
  private final ChildSession session;
  private final String name;

  RemoteLock(ChildSession session, String name) {
    this.session = session;
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public YieldEvent<Hold, IOException> acquire() {
    return new RemoteCall<>(
        session,
        name,
        Operation.ACQUIRE,
        RemoteCall.Argument.NONE,
        (answer, call) -> new RemoteHold(HostedLock.Granted.decode(answer), call.task()));
  }

  @Override
  public String toString() {
    return "lock '" + name + "' of the parent";
  }

  /** That a task of this child holds the lock. If the task ends with it, the parent is told. */
  final class RemoteHold implements Hold, Resource {
    private final HostedLock.Granted granted;
    private final Task<?> task;
    private boolean passedOn;

    RemoteHold(HostedLock.Granted granted, Task<?> task) {
      this.granted = granted;
      this.task = task;
      task.hold(this);
    }

    @Override
    public boolean isAbandoned() {
      return granted.abandoned();
    }

    @Override
    public void close() {
      if (passedOn) {
        throw new IllegalStateException(describe() + " was passed on before");
      }
      task.letGo(this);
      passOn(Operation.RELEASE);
    }

    private void passOn(Operation how) {
      passedOn = true;
      try {
        session.tell(name, how, granted.encode());
      } catch (CodecException e) {
        throw new AssertionError("a number and a flag are plain data", e);
      }
    }

    @Override
    public String describe() {
      return RemoteLock.this.toString();
    }

    @Override
    public List<Task<?>> holders() {
      return List.of(task);
    }

    @Override
    public void holderEnded(Task<?> ended) {
      passOn(Operation.ABANDON);
    }
  }
}
