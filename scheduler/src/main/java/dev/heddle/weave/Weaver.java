package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entry of this package: gives the {@link WeaveResult} of a body, which is woven at its first
 * use.
 *
 * <p>A {@link ClassValue} keeps the result with the class of the body; each lambda in the source
 * has a class of its own. A result refers only to classes of the body's loader, so the weaver does
 * not keep that loader from being collected. Any thread may call. Two threads that are first at the
 * same time may both weave; one of the two machine classes is then never used.
 */
public final class Weaver {
  /**
   * The size in bytes of the largest method that is woven. The machine's method is larger, and must
   * stay under the JVM's limit of 64 KiB.
   */
  private static final int LARGEST = 16_000;

  /**
   * Whether weaving is switched off, for debuggers that look for a breakpoint's line only in the
   * body's own class.
   */
  private static final boolean OFF = "false".equals(System.getProperty("heddle.weave"));

  /** The number of the next machine class, for each class with bodies; all dialects share it. */
  private static final ClassValue<AtomicInteger> NUMBERS =
      new ClassValue<>() {
        @Override
        protected AtomicInteger computeValue(Class<?> home) {
          return new AtomicInteger();
        }
      };

  private final Dialect dialect;

  /** The result for each class of bodies; null until the first body of the class is woven. */
  private final ClassValue<AtomicReference<@Nullable WeaveResult>> results =
      new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable WeaveResult> computeValue(Class<?> body) {
          return new AtomicReference<>();
        }
      };

  /** Makes a weaver for bodies of one kind. */
  public Weaver(Dialect dialect) {
    this.dialect = dialect;
  }

  /** The result for {@code body}; weaves at the first use of the body's class. */
  public WeaveResult resultOf(Object body) {
    AtomicReference<@Nullable WeaveResult> known = results.get(body.getClass());
    WeaveResult result = known.get();
    if (result == null) {
      result = weave(() -> new BodyFinder(dialect).find(body));
      known.set(result);
    }
    return result;
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
        .map(site -> site.place() + ": " + weave(() -> scan.source(site)).explain())
        .toList();
  }

  private WeaveResult weave(Supplier<BodySource> found) {
    if (OFF) {
      return WeaveResult.refused(new Refusal("weaving is switched off by -Dheddle.weave=false"));
    }
    try {
      BodySource source = found.get();
      if (source.methodCode().code.codeLength() > LARGEST) {
        throw new Refusal("its method is too large: more than " + LARGEST + " bytes");
      }
      MethodHandles.Lookup lookup = lookupIn(source.home());
      WeaveUnit unit = plan(source, new AccessCheck(source, lookup));
      return WeaveResult.of(maker(unit, define(unit, lookup), lookup));
    } catch (Refusal refusal) {
      return WeaveResult.refused(refusal);
    } catch (RuntimeException | LinkageError | ReflectiveOperationException e) {
      // A body of an unusual compiler must run too, on another engine.
      return WeaveResult.refused(new Refusal("its machine cannot be made: " + e));
    }
  }

  private WeaveUnit plan(BodySource source, AccessCheck access) {
    MethodCode methodCode = source.methodCode();
    FrameAnalysis analysis = new FrameAnalysis(methodCode, dialect);
    analysis.newExpressions.deferBeyond(access);
    SpillPlan plan = new SpillPlan(methodCode, analysis, new Liveness(methodCode), access);
    return new WeaveUnit(dialect, source, analysis, plan, access);
  }

  private static Class<?> define(WeaveUnit unit, MethodHandles.Lookup lookup)
      throws IllegalAccessException {
    Class<?> home = unit.source().home();
    exportTo(home.getModule(), unit.dialect().machine(), Linkage.class);
    String name = home.getName() + MachineWriter.MARK + NUMBERS.get(home).getAndIncrement();
    Class<?> machine = lookup.defineClass(new MachineWriter(unit, ClassDesc.of(name)).write());
    assert machine.getSuperclass() == unit.dialect().machine() : machine;
    return lookup.ensureInitialized(machine); // so that an error of the verifier comes now
  }

  /** Adapts the machine's constructor to {@code (Object body, Object suspender)Object}. */
  private static MethodHandle maker(WeaveUnit unit, Class<?> machine, MethodHandles.Lookup lookup)
      throws ReflectiveOperationException {
    List<MethodHandle> getters = new ArrayList<>(unit.source().captured());
    List<Class<?>> types = new ArrayList<>();
    getters.forEach(getter -> types.add(getter.type().returnType()));
    boolean suspender = unit.analysis().flow.needsSuspender;
    if (suspender) {
      types.add(unit.dialect().suspender());
    }
    MethodHandle make = lookup.findConstructor(machine, MethodType.methodType(void.class, types));
    make = MethodHandles.filterArguments(make, 0, getters.toArray(MethodHandle[]::new));
    int[] order = new int[types.size()]; // each argument is of the body, argument 0
    if (suspender) {
      order[getters.size()] = 1; // but the last is the suspender
    }
    MethodType generic = make.type().generic();
    return MethodHandles.permuteArguments(
        make.asType(generic), MethodType.genericMethodType(2), order);
  }

  private MethodHandles.Lookup lookupIn(Class<?> home) {
    if (!sees(home.getClassLoader(), dialect.machine())) {
      throw new Refusal("the class loader of " + home.getName() + " does not see Heddle");
    }
    try {
      return privateLookup(home);
    } catch (IllegalAccessException e) {
      throw new Refusal(notOpen(home));
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

  /** Lets machines in a user's module use their superclass and {@link Linkage}. */
  private static void exportTo(Module user, Class<?>... seen) {
    Module ours = Weaver.class.getModule();
    for (Class<?> type : seen) {
      if (type.getModule() == ours) {
        ours.addExports(type.getPackageName(), user);
      }
    }
  }

  private static boolean sees(ClassLoader loader, Class<?> type) {
    try {
      return Class.forName(type.getName(), false, loader) == type;
    } catch (ClassNotFoundException e) {
      return false;
    }
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
