package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The room's door: gives the {@link WeaveResult} of a body, woven at its first use.
 *
 * <p>Results are kept with the class of the body, which is one per lambda in the source, by a
 * {@link ClassValue}. A result refers to classes of the body's loader only, so nothing here keeps
 * that loader from being collected. Any thread may call; two that come first at the same time may
 * both weave, and one machine class is then never used.
 */
public final class Weaver {
  /** The largest method that is woven, in bytes: with the rest added it must stay under 64 KiB. */
  private static final int LARGEST = 16_000;

  /** For debuggers that look for a breakpoint's line in the body's own class alone. */
  private static final boolean OFF = "false".equals(System.getProperty("heddle.weave"));

  /** Numbers the machine classes of a class, whatever their dialect. */
  private static final ClassValue<AtomicInteger> NUMBERS =
      new ClassValue<>() {
        @Override
        protected AtomicInteger computeValue(Class<?> home) {
          return new AtomicInteger();
        }
      };

  private final Dialect dialect;

  private final ClassValue<Slot> results =
      new ClassValue<>() {
        @Override
        protected Slot computeValue(Class<?> body) {
          return new Slot();
        }
      };

  /** Holds the result of a class of bodies; written once, or by racing threads alike. */
  private static final class Slot {
    volatile @org.jspecify.annotations.Nullable WeaveResult result;
  }

  /** For bodies of one kind. */
  public Weaver(Dialect dialect) {
    this.dialect = dialect;
  }

  /** What became of this body. */
  public WeaveResult resultOf(Object body) {
    Slot slot = results.get(body.getClass());
    WeaveResult result = slot.result;
    if (result == null) {
      result = weave(() -> new BodyFinder(dialect).find(body));
      slot.result = result;
    }
    return result;
  }

  /**
   * Tries to weave all bodies that stand in a class as lambdas, or as references to its own
   * methods.
   *
   * @return a line for each: the method around it, file and line, and whether it is woven or why
   *     not
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
      // Nobody's body fails because we cannot weave it: javac is not the only compiler.
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
    return lookup.ensureInitialized(machine); // so that the verifier objects now, if ever
  }

  /** Makes {@code (Object body, Object suspender)Object} of the machine's constructor. */
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
    int[] order = new int[types.size()];
    if (suspender) {
      order[getters.size()] = 1;
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
   * A lookup that may do what {@code type} may do. Our module must read the module of {@code type}.
   */
  static MethodHandles.Lookup privateLookup(Class<?> type) throws IllegalAccessException {
    Weaver.class.getModule().addReads(type.getModule());
    return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
  }

  /** Lets machines in a user's module see what they extend and what links them. */
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
