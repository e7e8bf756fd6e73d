package dev.heddle.weave;

import dev.heddle.jfr.Flight;
import dev.heddle.weave.classfile.Refusal;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entry of this package: gives the {@link WeaveResult} of a body, and the {@link Machine} of a
 * method that bodies call. Each is woven at its first use.
 *
 * <p>A {@link ClassValue} keeps results with the class of the body, and machines with the class
 * that declares the method; each lambda in the source has a class of its own. Both refer only to
 * classes of the same loader, so the weaver does not keep that loader from being collected. Any
 * thread may call. Two threads that are first at the same time may both weave; both then use the
 * machine class that was defined first.
 */
public final class Weaver {
  /**
   * Whether weaving is switched off, for debuggers that look for a breakpoint's line only in the
   * body's own class.
   */
  private static final boolean OFF = "false".equals(System.getProperty("heddle.weave"));

  /** The weaver for each type of suspender: how a call in a machine finds it. */
  private static final Map<Class<?>, Weaver> WEAVERS = new ConcurrentHashMap<>();

  /** How the name of a machine ends that says what it reads and writes. */
  private static final String STAMPED = "$stamped";

  final Dialect dialect;

  /** Whether its machines say what they read and write: see {@link Dialect#stamps}. */
  private final boolean stamps;

  /** Weaves the same bodies with stamps; null until somebody asks for it, and in itself. */
  private volatile @Nullable Weaver stamping;

  /** The result for each class of bodies; null until the first body of the class is woven. */
  private final ClassValue<AtomicReference<@Nullable WeaveResults>> results =
      new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable WeaveResults> computeValue(Class<?> body) {
          return new AtomicReference<>();
        }
      };

  /** The machines of the methods of each class, by name. */
  private final ClassValue<Map<String, Machine>> machines =
      new ClassValue<>() {
        @Override
        protected Map<String, Machine> computeValue(Class<?> home) {
          return new ConcurrentHashMap<>();
        }
      };

  /** How many bodies that could not be woven are kept with the reason. */
  private static final int MOST_REASONS = 50;

  private final AtomicLong woven = new AtomicLong();
  private final AtomicLong notWoven = new AtomicLong();

  /** Why the last bodies could not be woven, in words, which keep no class alive. */
  private final List<String> reasons = new CopyOnWriteArrayList<>();

  /** Makes the weaver for bodies of one kind. */
  public Weaver(Dialect dialect) {
    this(dialect, false);
    WEAVERS.put(dialect.suspender(), this);
  }

  private Weaver(Dialect dialect, boolean stamps) {
    this.dialect = dialect;
    this.stamps = stamps;
  }

  /** The weaver for methods with a suspender of this type, which a machine calls. */
  static Weaver of(Class<?> suspender, Class<?> machine) {
    Weaver weaver = WEAVERS.get(suspender);
    assert weaver != null : "a machine names an unknown " + suspender;
    return machine.getName().endsWith(STAMPED) ? weaver.stamping() : weaver;
  }

  /**
   * The weaver of other machines for the same bodies: machines that say what they read and write.
   */
  public synchronized Weaver stamping() {
    Weaver known = stamping;
    if (known == null) {
      known = new Weaver(dialect, true);
      stamping = known;
    }
    return known;
  }

  /** The result for {@code body}; weaves at the first use of the body's class. */
  public WeaveResult resultOf(Object body) {
    AtomicReference<@Nullable WeaveResults> known = results.get(body.getClass());
    WeaveResults family = known.get();
    if (family == null) {
      family = new BodyFinder(dialect).results(body, this);
      known.set(family);
      WeaveResult first = family.of(body);
      if (!stamps) {
        Flight.firstUse(body.getClass(), first.isWoven(), first::explain);
      }
    }
    WeaveResult result = family.of(body);
    return result.isCurrent() ? result : redefined(body, known);
  }

  /** How many bodies were woven at their first use. */
  public long woven() {
    return woven.get();
  }

  /** How many could not be woven at their first use. */
  public long notWoven() {
    return notWoven.get();
  }

  /** Why the last {@value #MOST_REASONS} of them could not be woven: a copy. */
  public List<String> whyNotWoven() {
    return List.copyOf(reasons);
  }

  /** A body's first use: it has a result now. */
  void firstUse(WeaveResult result) {
    if (result.isWoven()) {
      woven.incrementAndGet();
      return;
    }
    notWoven.incrementAndGet();
    String reason = result.explain();
    synchronized (reasons) {
      if (reasons.size() == MOST_REASONS) {
        reasons.removeFirst();
      }
      reasons.add(reason);
    }
  }

  /** The class with the method was redefined: another version must not run without a word. */
  private WeaveResult redefined(Object body, AtomicReference<@Nullable WeaveResults> known) {
    WeaveResults family = new BodyFinder(dialect).results(body, this);
    known.set(family);
    return family.of(body);
  }

  /**
   * Tries to weave all bodies in the code of {@code home}: lambdas, and references to methods of
   * {@code home}.
   *
   * @return a line for each body: the method that makes the body, file and line, and whether the
   *     body is woven or why not
   */
  public List<String> explain(Class<?> home) {
    BodyScan scan = new BodyScan(home, dialect);
    return scan.sites().stream()
        .map(site -> site.place() + ": " + explain(() -> scan.source(site)))
        .toList();
  }

  private String explain(Supplier<BodySource> found) {
    return new CallTree(this).explain(machine(found));
  }

  /** The machine of a method, or why there is none. Nothing that goes wrong here escapes. */
  Machine machine(Supplier<BodySource> found) {
    if (OFF) {
      return Machine.refused(new Refusal("weaving is switched off by -Dheddle.weave=false"));
    }
    try {
      BodySource source = found.get();
      Map<String, Machine> known = machines.get(source.home());
      String name = source.machineName() + (stamps ? STAMPED : "");
      Machine machine = known.get(name);
      if (machine == null) { // weaving can load classes, and so run code that weaves
        machine = make(name, source);
        known.put(name, machine);
      }
      return machine;
    } catch (Refusal refusal) {
      return Machine.refused(refusal);
    } catch (RuntimeException | AssertionError | StackOverflowError | LinkageError e) {
      // A body of an unusual compiler must run too, on another engine.
      return Machine.refused(Refusal.because("its machine cannot be made: ", e));
    }
  }

  private Machine make(String name, BodySource source) {
    try {
      return new MachineMaker(dialect, source, stamps).make(name);
    } catch (Refusal refusal) {
      return Machine.refused(refusal);
    } catch (RuntimeException
        | AssertionError
        | StackOverflowError
        | LinkageError
        | ReflectiveOperationException e) {
      return Machine.refused(Refusal.because("its machine cannot be made: ", e));
    }
  }

  /**
   * A lookup that may do what {@code type} may do. Makes our module read the module of {@code
   * type}, as the JDK requires.
   */
  static MethodHandles.Lookup privateLookup(Class<?> type) throws IllegalAccessException {
    Weaver.class.getModule().addReads(type.getModule());
    return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
  }

  static String notOpen(Class<?> type) {
    return "package "
        + type.getPackageName()
        + " of "
        + type.getModule()
        + " is not open to "
        + Weaver.class.getModule();
  }
}
