package dev.heddle.samples;

import dev.heddle.sync.Event;

/** A client as callbacks: sends a line, and hangs up when it has the answer. It says so. */
record LoudClient(Terminal terminal, Event closed) implements Dispatcher.Handler {
  @Override
  public void handleAccept(Dispatcher.Connection connection) {
    throw new IllegalStateException("a client accepts nobody");
  }

  @Override
  public void handleConnect(Dispatcher.Connection connection) {
    terminal.say("client callback: handleConnect");
    connection.send("hello, server\n");
  }

  @Override
  public void handleRead(Dispatcher.Connection connection, String text) {
    terminal.say("client callback: handleRead " + text.strip());
    connection.hangUp();
  }

  @Override
  public void handleWrite(Dispatcher.Connection connection) {}

  @Override
  public void handleClose(Dispatcher.Connection connection) {
    terminal.say("client callback: handleClose");
    closed.set();
  }
}
