package dev.heddle.coroutine.engine;

import org.jspecify.annotations.Nullable;

/**
 * Where woven bodies say what they read and write, if a test wants to know: the bodies that a
 * thread makes while it has a {@link Listener} are woven another time, with calls of the methods
 * below. Other bodies have no such calls. Public because those bodies are in the packages of users.
 */
public final class Stamps {
  /** Hears of reads and writes, on the thread that does them. It must not throw. */
  public interface Listener {
    /** A field is to be read; of a static field, the holder is the name of its class. */
    void reads(Object holder, String field, String site);

    /** A field is to be written. */
    void writes(Object holder, String field, String site);

    /** An element of an array is to be read. */
    void readsElement(Object array, int index, String name, String site);

    /** An element of an array is to be written. */
    void writesElement(Object array, int index, String name, String site);

    /** An iterator is to be made of this object. */
    void iterates(Object iterable, String name, String site);

    /** The iterator that was to be made. */
    void iterator(Object made);

    /** An iterator is asked for what comes next. */
    void goesOn(Object iterator, String site);
  }

  private static final ThreadLocal<@Nullable Listener> LISTENER = new ThreadLocal<>();

  /** Whether any thread has ever had a listener: most programs have none. */
  private static boolean used;

  private Stamps() {}

  /** The calling thread's listener from now on; null for none. */
  public static void listen(@Nullable Listener listener) {
    used |= listener != null;
    if (listener == null) {
      LISTENER.remove();
    } else {
      LISTENER.set(listener);
    }
  }

  /** Whether bodies that this thread makes are to say what they do. */
  static boolean areWanted() {
    return used && LISTENER.get() != null;
  }

  // The rest is called by woven bodies.

  /** See {@link Listener#reads}. */
  public static void reads(@Nullable Object holder, String field, String site) {
    Listener listener = LISTENER.get();
    if (listener != null && holder != null) {
      listener.reads(holder, field, site);
    }
  }

  /** See {@link Listener#writes}. */
  public static void writes(@Nullable Object holder, String field, String site) {
    Listener listener = LISTENER.get();
    if (listener != null && holder != null) {
      listener.writes(holder, field, site);
    }
  }

  /** See {@link Listener#readsElement}. */
  public static void readsElement(@Nullable Object array, int index, String name, String site) {
    Listener listener = LISTENER.get();
    if (listener != null && array != null) {
      listener.readsElement(array, index, name, site);
    }
  }

  /** See {@link Listener#writesElement}. */
  public static void writesElement(@Nullable Object array, int index, String name, String site) {
    Listener listener = LISTENER.get();
    if (listener != null && array != null) {
      listener.writesElement(array, index, name, site);
    }
  }

  /** See {@link Listener#iterates}. */
  public static void iterates(@Nullable Object iterable, String name, String site) {
    Listener listener = LISTENER.get();
    if (listener != null && iterable != null) {
      listener.iterates(iterable, name, site);
    }
  }

  /** See {@link Listener#iterator}. */
  public static void iterator(@Nullable Object made) {
    Listener listener = LISTENER.get();
    if (listener != null && made != null) {
      listener.iterator(made);
    }
  }

  /** See {@link Listener#goesOn}. */
  public static void goesOn(@Nullable Object iterator, String site) {
    Listener listener = LISTENER.get();
    if (listener != null && iterator != null) {
      listener.goesOn(iterator, site);
    }
  }
}
