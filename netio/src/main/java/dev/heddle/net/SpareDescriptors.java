package dev.heddle.net;

import java.io.Closeable;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the last descriptors of this process from clients: while a listener is open, some are held
 * open and lead nowhere. They are given back as soon as there is no other one left, and no client
 * is accepted before all of them can be held again. So a class that is loaded late, the log, a file
 * of the program, or the JDK itself finds a descriptor also when clients have used up all others.
 *
 * <p>Without them, a class that was to be loaded at that moment would be lost for the rest of the
 * JVM's life: the JVM does not try again.
 *
 * <p>One set for the process, as its descriptors are. Any thread may call.
 *
 * <p>Invariants: as many are held as are wanted, or none. None is wanted while no listener is open.
 */
final class SpareDescriptors {
  /** How many are held where there are plenty. */
  private static final int MOST = 16;

  /** Where there are not plenty, one of so many that are free is held. */
  private static final int SHARE = 4;

  /** With fewer that are free a server would not get far. */
  private static final int FEWEST_FREE = 12;

  /** What can be opened always, and needs nothing but a descriptor. */
  private static final File NOWHERE = new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");

  private static final SpareDescriptors OF_PROCESS = new SpareDescriptors();

  /** Those that are held: all or none. */
  private final List<Closeable> held = new ArrayList<>();

  /** How many are to be held; 0 as long as no listener was open. */
  private int wanted;

  /** How many listeners are open. */
  private int listeners;

  /** Whether as many as wanted are held; also when none is wanted. */
  private volatile boolean complete = true;

  SpareDescriptors() {}

  static SpareDescriptors ofProcess() {
    return OF_PROCESS;
  }

  /**
   * Some are held from now on.
   *
   * @throws IOException if there are too few; the listener does not count then
   */
  synchronized void listenerOpened() throws IOException {
    if (listeners == 0 && NOWHERE.canRead()) { // systems without it have other limits
      int free = open(MOST * SHARE);
      giveBack();
      if (free < FEWEST_FREE) {
        throw new IOException(
            "this process has only "
                + free
                + " descriptors left, and needs "
                + FEWEST_FREE
                + " or more to serve (ulimit -n)");
      }
      wanted = Math.max(free / SHARE, FEWEST_FREE / SHARE);
      boolean _ = hold();
    }
    listeners++;
    assert valid() : this;
  }

  /** None is held after the last listener. */
  synchronized void listenerClosed() {
    assert listeners > 0 : this + " hears of the end of one that was not opened";
    if (--listeners == 0) {
      giveBack();
      wanted = 0;
      complete = true;
    }
    assert valid() : this;
  }

  /**
   * Whether a client may be accepted: as many are held as there should be, or can be from now on.
   */
  boolean areHeld() {
    return complete || hold();
  }

  private synchronized boolean hold() {
    if (held.size() < wanted) {
      complete = open(wanted - held.size()) == wanted;
      if (!complete) {
        giveBack();
      }
    }
    assert complete == (held.size() == wanted) : this;
    return complete;
  }

  /** The invariants. */
  private boolean valid() {
    return (held.isEmpty() || held.size() == wanted) && (listeners > 0 || wanted == 0);
  }

  /** Whether, beside those that are held, there is another one. */
  boolean isOneLeft() {
    if (wanted == 0) {
      return true;
    }
    try (FileInputStream _ = new FileInputStream(NOWHERE)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** There is no other one left: these are free, for all but clients. */
  synchronized void giveBack() {
    complete = wanted == 0;
    for (Closeable one : held) {
      try {
        one.close();
      } catch (IOException e) {
        // the descriptor is free all the same
      }
    }
    held.clear();
  }

  /** Opens so many more, or fewer if there are fewer; how many are held now. */
  private int open(int more) {
    try {
      for (int i = 0; i < more; i++) {
        held.add(new FileInputStream(NOWHERE));
      }
    } catch (IOException e) {
      // there are no more
    }
    return held.size();
  }

  @Override
  public String toString() {
    return held.size() + " of " + wanted + " spare descriptors for " + listeners + " listeners";
  }
}
