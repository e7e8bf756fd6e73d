package dev.heddle.trace;

import org.jspecify.annotations.Nullable;

/** An open page: what it wants to see, and the latest view, which it has not got yet. */
final class OpenPage {
  final LiveLoop loop;
  final LiveView.Filter filter;
  private @Nullable String latest;
  private boolean isNew = true;
  private boolean over;

  OpenPage(LiveLoop loop, LiveView.Filter filter) {
    this.loop = loop;
    this.filter = filter;
  }

  synchronized void give(String view) {
    latest = view;
    isNew = false;
    notifyAll();
  }

  synchronized void end() {
    over = true;
    notifyAll();
  }

  synchronized boolean isNew() {
    return isNew;
  }

  /** The latest view, once there is one that was not taken; null at the end. */
  synchronized @Nullable String take() throws InterruptedException {
    while (latest == null && !over) {
      wait();
    }
    String view = latest;
    latest = null;
    return over ? null : view;
  }
}
