package dev.heddle.weave;

import dev.heddle.weave.classfile.Refusal;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/** Weaves one method: all steps from the method's code to a machine class that can be used. */
final class MachineMaker {
  /** The size in bytes of the largest method that is woven. */
  private static final int LARGEST = 48 * 1024;

  /** The JVM's limit for the machine's method. */
  private static final int LIMIT = 65_535;

  private final Dialect dialect;
  private final BodySource source;
  private final Class<?> home;
  private final boolean stamps;

  /** {@code stamps}: whether the machine says what it reads and writes. */
  MachineMaker(Dialect dialect, BodySource source, boolean stamps) {
    this.stamps = stamps;
    this.dialect = dialect;
    this.source = source;
    this.home = source.home();
  }

  Machine make(String name) throws ReflectiveOperationException {
    int size = source.methodCode().code.codeLength();
    if (size > LARGEST) {
      throw new Refusal(
          "its method is too large: " + size + " bytes; the limit is " + LARGEST + " bytes");
    }
    MethodHandles.Lookup lookup = lookup();
    WeaveUnit unit = plan(new AccessCheck(source, lookup));
    Class<?> machine = define(unit, name, lookup);
    return new Machine(machine, lookup, unit.analysis().flow.calls(), null);
  }

  private MethodHandles.Lookup lookup() {
    if (!sees(home.getClassLoader(), dialect.machine())) {
      throw new Refusal("the class loader of " + home.getName() + " does not see Heddle");
    }
    try {
      return Weaver.privateLookup(home);
    } catch (IllegalAccessException e) {
      throw new Refusal(Weaver.notOpen(home));
    }
  }

  private static boolean sees(ClassLoader loader, Class<?> type) {
    try {
      return Class.forName(type.getName(), false, loader) == type;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private WeaveUnit plan(AccessCheck access) {
    MethodCode methodCode = source.methodCode();
    FrameAnalysis analysis = new FrameAnalysis(methodCode, source.suspenders(), dialect);
    analysis.newExpressions.deferBeyond(access);
    SpillPlan plan = new SpillPlan(source, analysis, new Liveness(methodCode), access);
    return new WeaveUnit(dialect, source, analysis, plan, access, stamps);
  }

  private Class<?> define(WeaveUnit unit, String name, MethodHandles.Lookup lookup)
      throws ReflectiveOperationException {
    exportTo(home.getModule(), dialect.machine(), Linkage.class);
    Class<?> machine = define(write(unit, name), name, lookup);
    MethodHandle setTable =
        lookup.findStaticSetter(machine, MachineWriter.TABLE, SourceTable.class);
    try {
      setTable.invokeExact(new SourceTable(unit));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) {
      throw new LinkageError("a static field cannot be written", impossible);
    }
    return lookup.ensureInitialized(machine); // so that an error of the verifier comes now
  }

  private byte[] write(WeaveUnit unit, String name) {
    try {
      return new MachineWriter(unit, ClassDesc.of(name)).write();
    } catch (IllegalArgumentException e) { // from the class-file library
      int size = source.methodCode().code.codeLength();
      throw new Refusal(
          "its method is too large: with "
              + unit.plan().stops.size()
              + " suspensions in "
              + size
              + " bytes its machine would be larger than "
              + LIMIT
              + " bytes ("
              + e.getMessage()
              + ")");
    }
  }

  /** Another thread may have been first. */
  private Class<?> define(byte[] classFile, String name, MethodHandles.Lookup lookup)
      throws ReflectiveOperationException {
    try {
      return lookup.defineClass(classFile);
    } catch (LinkageError e) {
      Class<?> known = Class.forName(name, false, home.getClassLoader());
      boolean ours =
          known.getSuperclass() == dialect.machine() || known.getSuperclass() == dialect.frame();
      if (!ours) {
        throw e;
      }
      return known;
    }
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
}
