package dev.heddle.samples;

import dev.heddle.scheduler.Poller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** A selector that says what it does; it watches each channel for one read. */
final class LoudPoller implements Poller {
  private final Terminal terminal;
  private final Selector selector;
  private int watched;

  LoudPoller(Terminal terminal) throws IOException {
    this.terminal = terminal;
    this.selector = Selector.open();
  }

  void watch(SelectableChannel channel, LoudRecv event) throws IOException {
    channel.register(selector, SelectionKey.OP_READ, event);
    watched++;
  }

  /** Says nothing of a mere look: how often the loop looks while tasks are ready may change. */
  @Override
  public void poll(long timeoutNanos) {
    try {
      if (timeoutNanos == 0) {
        return;
      }
      terminal.say("loop: no task is ready, so to the selector");
      int _ = selector.select(this::noteReadiness, timeoutNanos == FOREVER ? 0 : 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void noteReadiness(SelectionKey key) {
    terminal.say("selector: there are bytes");
    key.cancel();
    watched--;
    ((LoudRecv) key.attachment()).ready();
  }

  @Override
  public void wakeup() {
    selector.wakeup();
  }

  @Override
  public boolean hasWaiters() {
    return watched > 0;
  }

  @Override
  public void close() {
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
