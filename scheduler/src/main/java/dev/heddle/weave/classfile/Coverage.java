package dev.heddle.weave.classfile;

import java.lang.classfile.ClassFile;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets JaCoCo's agent count the lines that woven bodies run.
 *
 * <p>The agent changes a class when the class is loaded: at each branch, the code marks a probe in
 * an array that the class gets from the agent. The class file has no probes. So the weaver lets the
 * agent's own instrumenter change the class file in the same way, and weaves the result. The
 * machine then marks the probes in the array of the body's class.
 *
 * <p>Everything of JaCoCo is reached by reflection, because programs need not have it. If a version
 * of JaCoCo has other names, the body is woven without probes, and its lines count as missed.
 */
final class Coverage {
  /** The method that JaCoCo adds to each class; it gives the array of the probes. */
  private static final String ADDED = "$jacocoInit";

  private static final @Nullable Coverage AGENT = find();

  private final Object instrumenter;
  private final Method instrument;

  /** What the agent has counted so far, by class; an {@code ExecutionDataStore}. */
  private final Object store;

  private final Method classId;

  private Coverage(Object agent) throws ReflectiveOperationException {
    String core = agent.getClass().getPackageName() + ".core.";
    ClassLoader loader = agent.getClass().getClassLoader();
    Class<?> generator =
        Class.forName(core + "runtime.IExecutionDataAccessorGenerator", true, loader);
    Class<?> type = Class.forName(core + "instr.Instrumenter", true, loader);
    // The generator writes the body of the added method, which the weaver does not read.
    Object none = Proxy.newProxyInstance(loader, new Class<?>[] {generator}, (_, _, _) -> 1);
    this.instrumenter = type.getConstructor(generator).newInstance(none);
    this.instrument = type.getMethod("instrument", byte[].class, String.class);
    this.classId =
        Class.forName(core + "internal.data.CRC64", true, loader)
            .getMethod("classId", byte[].class);
    Object data = agent.getClass().getMethod("getData").invoke(agent);
    Field counted = data.getClass().getDeclaredField("store");
    counted.setAccessible(true);
    this.store = counted.get(data);
  }

  private static @Nullable Coverage find() {
    try {
      ClassLoader system = ClassLoader.getSystemClassLoader();
      Class<?> rt = Class.forName("org.jacoco.agent.rt.RT", true, system);
      return new Coverage(rt.getMethod("getAgent").invoke(null));
    } catch (ReflectiveOperationException | RuntimeException | LinkageError absent) {
      return null;
    }
  }

  /** Whether JaCoCo's agent runs, and the JVM was started with no other agent written in Java. */
  static boolean isByTheOnlyAgent() {
    return AGENT != null
        && JvmFacts.AGENTS.stream().filter(a -> a.startsWith("-javaagent:")).count() == 1;
  }

  /**
   * The class file as the agent has changed it when it loaded the class; the class file itself if
   * the agent has not changed the class, or the class file has the probes already ("offline").
   *
   * @throws Refusal if the agent has seen another class file
   */
  static byte[] asLoaded(Class<?> type, byte[] classFile) {
    Coverage agent = AGENT;
    if (agent == null || classFile.length == 0 || !isChanged(type) || hasProbes(classFile)) {
      return classFile;
    }
    try {
      return agent.change(type.getName(), classFile);
    } catch (ReflectiveOperationException otherVersion) {
      return classFile;
    }
  }

  private static boolean isChanged(Class<?> type) {
    return Stream.of(type.getDeclaredMethods()).anyMatch(m -> m.getName().equals(ADDED));
  }

  private static boolean hasProbes(byte[] classFile) {
    try {
      return ClassFile.of().parse(classFile).methods().stream()
          .anyMatch(method -> method.methodName().equalsString(ADDED));
    } catch (IllegalArgumentException notAClassFile) {
      return false;
    }
  }

  private byte[] change(String name, byte[] classFile) throws ReflectiveOperationException {
    boolean same = counts("get", long.class, classId.invoke(null, (Object) classFile));
    if (!same && counts("contains", String.class, name.replace('.', '/'))) {
      throw new Refusal("JaCoCo's agent has seen another class file of " + name);
    }
    return (byte[]) instrument.invoke(instrumenter, classFile, name);
  }

  /** Whether the store answers neither null nor false. */
  private boolean counts(String method, Class<?> parameter, Object key)
      throws ReflectiveOperationException {
    Object answer = store.getClass().getMethod(method, parameter).invoke(store, key);
    return answer != null && !answer.equals(false);
  }
}
