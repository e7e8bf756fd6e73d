package dev.heddle.net;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends a server in an orderly way when the process is told to end.
 *
 * <pre>{@code
 * Signals.onTerminate(scheduler::close);
 * }</pre>
 */
public final class Signals {
  // A shutdown hook would not do: with a hook the JVM exits with 143 and sees no second signal.
  // The JDK's signal class is in jdk.unsupported, but has no successor. It is used by reflection,
  // so that the compiler's warning about it need not be silenced everywhere.

  private static final int SIGNAL_EXIT_BASE = 128;

  /** Whether a signal has asked for the end. */
  private static volatile boolean terminating;

  private Signals() {}

  /** Whether a signal has asked for the end. */
  static boolean isTerminating() {
    return terminating;
  }

  /**
   * Calls {@code shutdown} at the first SIGTERM or SIGINT. The program then ends when {@code main}
   * does. A second signal ends the JVM at once, with 128 plus the number of the signal as its exit
   * code. Where signals cannot be handled, a shutdown hook calls {@code shutdown}.
   *
   * @param shutdown called once, on a thread of the JDK
   */
  public static void onTerminate(Runnable shutdown) {
    AtomicBoolean once = new AtomicBoolean();
    try {
      for (String name : new String[] {"TERM", "INT"}) {
        handle(
            name,
            number -> {
              if (once.getAndSet(true)) {
                Runtime.getRuntime().halt(SIGNAL_EXIT_BASE + number);
              }
              terminating = true;
              shutdown.run();
            });
      }
    } catch (ReflectiveOperationException e) {
      Runtime.getRuntime().addShutdownHook(new Thread(shutdown, "heddle-shutdown"));
    }
  }

  private interface Handler {
    void handle(int number);
  }

  private static void handle(String name, Handler handler) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
    Method number = signal.getMethod("getNumber");
    Object proxy =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {signalHandler},
            (self, method, args) -> {
              if (method.getName().equals("handle")) {
                handler.handle((Integer) number.invoke(args[0]));
                return null;
              }
              return method.getName().equals("hashCode") ? System.identityHashCode(self) : null;
            });
    Object named = signal.getConstructor(String.class).newInstance(name);
    Object _ = signal.getMethod("handle", signal, signalHandler).invoke(null, named, proxy);
  }
}
