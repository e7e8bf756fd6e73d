package dev.heddle.jfr;

import dev.heddle.jfr.FlightEvents.Accept;
import dev.heddle.jfr.FlightEvents.BodyFirstUse;
import dev.heddle.jfr.FlightEvents.ConnectionClosed;
import dev.heddle.jfr.FlightEvents.Offload;
import dev.heddle.jfr.FlightEvents.Stall;
import java.util.function.Supplier;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The door to the JDK's Flight Recorder. Any thread may call.
 *
 * <p>Until somebody starts the first recording of this JVM, {@link #mayRecord} is all that is
 * asked, and no class of an event is loaded: it reads one static field of the JDK. From then on the
 * JDK tells for each event whether some recording wants it.
 */
public final class Flight {
  /** Whether the JVM has the Flight Recorder, and this module reads it: it need not. */
  private static final boolean PRESENT =
      ModuleLayer.boot()
          .findModule("jdk.jfr")
          .filter(Flight.class.getModule()::canRead)
          .isPresent();

  private Flight() {}

  /** Whether the Flight Recorder has begun its work; ask first, for all else loads classes. */
  public static boolean mayRecord() {
    return PRESENT && FlightRecorder.isInitialized();
  }

  /** The watchdog reports a stall. */
  public static void stall(
      String scheduler, @Nullable String task, long nanos, boolean over, int ready) {
    if (mayRecord()) {
      Stall event = new Stall();
      event.scheduler = scheduler;
      event.task = task;
      event.lasted = nanos;
      event.over = over;
      event.ready = ready;
      event.commit();
    }
  }

  /** Something that is recorded when it is over. */
  public interface Recorded extends AutoCloseable {
    @Override
    void close();
  }

  /** A thread of the pool begins work; to be called only if {@link #mayRecord}. */
  public static Recorded offload(String pool) {
    Offload event = new Offload();
    event.begin();
    return () -> {
      event.pool = pool;
      event.commit();
    };
  }

  /** A listener has accepted a connection; both are asked for their text if it is recorded. */
  public static void accepted(Object listener, Object connection) {
    if (mayRecord()) {
      Accept event = new Accept();
      if (event.shouldCommit()) {
        event.listener = listener.toString();
        event.connection = connection.toString();
        event.commit();
      }
    }
  }

  /** A connection was closed at this end; it is asked for its text if that is recorded. */
  public static void closed(Object connection, String cause) {
    if (mayRecord()) {
      ConnectionClosed event = new ConnectionClosed();
      if (event.shouldCommit()) {
        event.connection = connection.toString();
        event.cause = cause;
        event.commit();
      }
    }
  }

  /** A body was used for the first time, as far as this JVM knows. */
  public static void firstUse(Class<?> body, boolean woven, Supplier<String> explanation) {
    if (mayRecord()) {
      BodyFirstUse event = new BodyFirstUse();
      if (event.shouldCommit()) {
        event.body = body.getName();
        event.woven = woven;
        event.explanation = explanation.get();
        event.commit();
      }
    }
  }
}
