package dev.heddle.scheduler.view;

/**
 * Hears of what woven bodies read and write, on the thread that does them, before they do: see
 * {@link KernelView#watchAccesses}. It must not throw. A site is a method with its file and line.
 */
public interface AccessWatch {
  /** A field is read; of a static field, the holder is the name of its class. */
  void reads(Object holder, String field, String site);

  /** A field is written. */
  void writes(Object holder, String field, String site);

  /** An element of an array is read; the name is that of the variable which has the array. */
  void readsElement(Object array, int index, String name, String site);

  /** An element of an array is written. */
  void writesElement(Object array, int index, String name, String site);

  /** An iterator of this object is made; the name is that of the variable which has it. */
  void iterates(Object iterable, String name, String site);

  /** The iterator that was made. */
  void iterator(Object made);

  /** An iterator is asked for what comes next. */
  void goesOn(Object iterator, String site);
}
