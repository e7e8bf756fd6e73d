package dev.heddle.test;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks which channels are ready, in the order in which they were registered. It never waits: the
 * loop waits in the {@link World}, which knows when something comes.
 *
 * <p>Invariant: a key is selected only while it is one of the keys.
 */
final class SimulatedSelector extends AbstractSelector {
  private final Set<SelectionKey> keys = new LinkedHashSet<>();
  private final Set<SelectionKey> selected = new LinkedHashSet<>();

  SimulatedSelector(SimulatedProvider provider) {
    super(provider);
  }

  /** A channel and what somebody waits for there. */
  private static final class Key extends AbstractSelectionKey {
    private final SimulatedSelector selector;
    private final AbstractSelectableChannel channel;
    private int interest;
    private int ready;

    Key(SimulatedSelector selector, AbstractSelectableChannel channel, int interest) {
      this.selector = selector;
      this.channel = channel;
      this.interest = interest;
    }

    int readyNow() {
      return isValid() ? ((SimulatedChannel) channel).readyOps() & interest : 0;
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

  /** A channel may be ready: the loops of the selectors where it is registered have a look. */
  static void changed(AbstractSelectableChannel channel) {
    // A channel of this package belongs to one scheduler, whose provider has opened it; or will.
    if (channel.provider() instanceof SimulatedProvider provider) {
      provider.poller.woken = true;
    }
  }

  boolean anyIsReady() {
    return isOpen() && keys.stream().anyMatch(key -> ((Key) key).readyNow() != 0);
  }

  @Override
  protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
    Key key = new Key(this, channel, ops);
    key.attach(attachment);
    keys.add(key);
    return key;
  }

  @Override
  public Set<SelectionKey> keys() {
    checkOpen();
    return Collections.unmodifiableSet(keys);
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    checkOpen();
    return selected;
  }

  private void checkOpen() {
    if (!isOpen()) {
      throw new ClosedSelectorException();
    }
  }

  @Override
  public int selectNow() {
    checkOpen();
    for (SelectionKey cancelled : cancelledKeys()) {
      keys.remove(cancelled);
      selected.remove(cancelled);
      deregister((AbstractSelectionKey) cancelled);
    }
    cancelledKeys().clear();
    for (SelectionKey each : keys) {
      Key key = (Key) each;
      key.ready = key.readyNow();
      if (key.ready != 0) {
        selected.add(key);
      }
    }
    assert keys.containsAll(selected) : "a key is selected that is cancelled";
    return selected.size();
  }

  /** In the order of the keys; the JDK's own walks through them in an order that varies. */
  @Override
  public int selectNow(Consumer<SelectionKey> action) {
    selected.clear();
    int _ = selectNow();
    List<SelectionKey> ready = List.copyOf(selected);
    selected.clear();
    ready.forEach(action);
    return ready.size();
  }

  @Override
  public int select(Consumer<SelectionKey> action, long timeout) {
    return selectNow(action);
  }

  @Override
  public int select(Consumer<SelectionKey> action) {
    return selectNow(action);
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
    return this; // it never waits
  }

  @Override
  protected void implCloseSelector() throws IOException {
    for (SelectionKey key : keys) {
      deregister((AbstractSelectionKey) key);
    }
    keys.clear();
    selected.clear();
  }
}
