package dev.heddle.net;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the server logs while it is open, kept from the console. */
final class LogRecords extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("dev.heddle.net");
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  LogRecords() {
    logger.addHandler(this);
    logger.setUseParentHandlers(false);
  }

  List<LogRecord> atLeast(Level level) {
    List<LogRecord> found = new ArrayList<>(records);
    found.removeIf(r -> r.getLevel().intValue() < level.intValue());
    return found;
  }

  @Override
  public void publish(LogRecord r) {
    records.add(r);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
