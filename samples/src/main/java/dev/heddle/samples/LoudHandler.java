package dev.heddle.samples;

/** An echo server as callbacks. It says when it is called. */
record LoudHandler(Terminal terminal) implements Dispatcher.Handler {
  @Override
  public void handleAccept(Dispatcher.Connection connection) {
    terminal.say("callback: handleAccept");
  }

  @Override
  public void handleConnect(Dispatcher.Connection connection) {
    throw new IllegalStateException("a server connects to nobody");
  }

  @Override
  public void handleRead(Dispatcher.Connection connection, String text) {
    terminal.say("callback: handleRead " + text.strip());
    connection.send("GOT:" + text);
  }

  @Override
  public void handleWrite(Dispatcher.Connection connection) {
    terminal.say("callback: handleWrite");
  }

  @Override
  public void handleClose(Dispatcher.Connection connection) {
    terminal.say("callback: handleClose");
  }
}
