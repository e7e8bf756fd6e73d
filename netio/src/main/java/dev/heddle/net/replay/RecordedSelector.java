package dev.heddle.net.replay;

import dev.heddle.record.EventKind;
import dev.heddle.record.EventLog;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells which channels are ready, in the order in which the system tells it, or in which it told
 * it. A replay does not wait: what comes next is known.
 */
final class RecordedSelector extends AbstractSelector {
  private final EventLog log;

  /** The system's; null in a replay. */
  private final @Nullable Selector real;

  /** By number, in the order in which they were registered: in it a reactor closes its sockets. */
  private final Map<Integer, Key> keys = new LinkedHashMap<>();

  /** Those of the poll that is under way. */
  private final List<Key> ready = new ArrayList<>();

  RecordedSelector(RecordedProvider provider, @Nullable Selector real) {
    super(provider);
    this.log = provider.log;
    this.real = real;
  }

  /** A channel and what somebody waits for there. */
  private static final class Key extends AbstractSelectionKey {
    private final RecordedSelector selector;
    private final SelectableChannel channel;

    /** The system's; null in a replay. */
    private @Nullable SelectionKey real;

    private int interest;
    private int ready;

    Key(RecordedSelector selector, SelectableChannel channel, int interest) {
      this.selector = selector;
      this.channel = channel;
      this.interest = interest;
    }

    int number() {
      return ((RecordedChannel) channel).number();
    }

    @Override
    public SelectableChannel channel() {
      return channel;
    }

    @Override
    public Selector selector() {
      return selector;
    }

    @Override
    public int interestOps() {
      checkValid();
      return interest;
    }

    @Override
    public SelectionKey interestOps(int operations) {
      checkValid();
      interest = operations;
      if (real != null) {
        real.interestOps(operations);
      }
      return this;
    }

    @Override
    public int readyOps() {
      checkValid();
      return ready;
    }

    private void checkValid() {
      if (!isValid()) {
        throw new CancelledKeyException();
      }
    }
  }

  @Override
  protected SelectionKey register(
      AbstractSelectableChannel channel, int operations, @Nullable Object attachment) {
    if (!(channel instanceof RecordedChannel recorded)) {
      throw new IllegalStateException(
          "a recorded scheduler cannot use a socket that none of its tasks has opened, as the"
              + " socket's calls are not recorded");
    }
    Key key = new Key(this, channel, operations);
    key.attach(attachment);
    SelectableChannel system = recorded.real();
    if (real != null && system != null) {
      try {
        key.real = system.register(real, operations, key);
      } catch (ClosedChannelException e) {
        throw new CancelledKeyException();
      }
    }
    keys.put(key.number(), key);
    return key;
  }

  private int poll(boolean waits, long millis, Consumer<SelectionKey> action) throws IOException {
    checkOpen();
    forgetCancelled();
    ready.clear();
    int count = (int) log.call(EventKind.SELECT, 0, 0, () -> pollSystem(waits, millis));
    for (int i = 0; i < count; i++) {
      Key key = log.replays() ? null : ready.get(i);
      int number = (int) log.number(key == null ? 0 : key.number());
      int operations = (int) log.number(key == null ? 0 : key.ready);
      if (key == null) {
        key = keys.get(number);
        if (key != null) {
          key.ready = operations;
          ready.add(key);
        }
      }
    }
    for (Key key : ready) {
      action.accept(key);
    }
    return ready.size();
  }

  private long pollSystem(boolean waits, long millis) throws IOException {
    Selector system = ChannelCalls.real(real);
    int _ = waits ? system.select(this::note, millis) : system.selectNow(this::note);
    return ready.size();
  }

  private void note(SelectionKey reported) {
    Key key = (Key) reported.attachment();
    key.ready = reported.readyOps();
    ready.add(key);
  }

  private void forgetCancelled() {
    Set<SelectionKey> cancelled = cancelledKeys();
    synchronized (cancelled) {
      for (SelectionKey each : cancelled) {
        forget((Key) each);
      }
      cancelled.clear();
    }
  }

  private void forget(Key key) {
    keys.remove(key.number());
    if (key.real != null) {
      key.real.cancel();
    }
    deregister(key);
  }

  private void checkOpen() {
    if (!isOpen()) {
      throw new ClosedSelectorException();
    }
  }

  @Override
  public int selectNow(Consumer<SelectionKey> action) throws IOException {
    return poll(false, 0, action);
  }

  @Override
  public int select(Consumer<SelectionKey> action, long timeout) throws IOException {
    return poll(true, timeout, action);
  }

  @Override
  public int select(Consumer<SelectionKey> action) throws IOException {
    return poll(true, 0, action);
  }

  @Override
  public Set<SelectionKey> keys() {
    checkOpen();
    return Collections.unmodifiableSet(new LinkedHashSet<>(keys.values()));
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    checkOpen();
    return new HashSet<>();
  }

  @Override
  public int selectNow() {
    throw new UnsupportedOperationException("a recorded selector is asked with an action");
  }

  @Override
  public int select(long timeout) {
    return selectNow();
  }

  @Override
  public int select() {
    return selectNow();
  }

  @Override
  public Selector wakeup() {
    if (real != null) {
      Selector _ = real.wakeup();
    }
    return this;
  }

  @Override
  protected void implCloseSelector() throws IOException {
    for (Key key : List.copyOf(keys.values())) {
      deregister(key);
    }
    keys.clear();
    if (real != null) {
      real.close();
    }
  }
}
