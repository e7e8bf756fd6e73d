package dev.heddle.samples;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import org.jspecify.annotations.Nullable;

/** A receive that says what it does. For use there is {@link dev.heddle.net.TcpSocket#recv}. */
final class LoudRecv extends YieldEvent<Integer, IOException> {
  private final Terminal terminal;
  private final LoudPoller poller;
  private final Pipe.SourceChannel source;
  private final ByteBuffer buffer;
  private @Nullable Waiter waiter;

  LoudRecv(Terminal terminal, LoudPoller poller, Pipe.SourceChannel source, ByteBuffer buffer) {
    this.terminal = terminal;
    this.poller = poller;
    this.source = source;
    this.buffer = buffer;
  }

  @Override
  protected void handleYield(Scheduler scheduler, Waiter task) {
    terminal.say("event: was yielded by " + task.task().name() + ", asks the poller to watch");
    waiter = task;
    try {
      poller.watch(source, this);
    } catch (IOException e) {
      fail(task, e);
    }
  }

  /** Called by the poller, in the middle of its batch: only makes the task ready. */
  void ready() {
    Waiter task = waiter;
    if (task != null) {
      terminal.say("event: makes " + task.task().name() + " ready");
      wakeToResume(task);
    }
  }

  @Override
  protected void handleResume(Scheduler scheduler, Waiter task) {
    terminal.say("event: the turn of " + task.task().name() + " has come, reads");
    try {
      wake(task, source.read(buffer));
    } catch (IOException e) {
      fail(task, e);
    }
  }

  @Override
  protected boolean handleCancel(Scheduler scheduler, Waiter task) {
    waiter = null;
    return true;
  }

  @Override
  public String describe() {
    return "bytes from a pipe";
  }
}
