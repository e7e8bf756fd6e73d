package dev.heddle.weave.classfile;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.SourceDebugExtensionAttribute;
import java.lang.constant.ClassDesc;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * Notices agents that may have changed a class, when it was loaded or later.
 *
 * <p>The JVM hands each class that it defines to the agents' transformers, as a new array in the
 * heap of the thread that defines it. So the weaver defines a small class with a large attribute,
 * and looks at how much its thread has allocated. An agent without a transformer, such as the one
 * with which an IDE starts programs, costs nothing and is not noticed.
 */
final class ClassAgents {
  /** The size of the array that a transformer is given. */
  private static final int SIZE = 32_000;

  private static final int TRIES = 4;

  private static final byte[] PROBE =
      ClassFile.of()
          .build(
              ClassDesc.of("Probe"),
              builder -> builder.with(SourceDebugExtensionAttribute.of(new byte[SIZE])));

  private static final class Loader extends ClassLoader {
    Loader() {
      super(null);
    }

    Class<?> define() {
      return defineClass(null, PROBE, 0, PROBE.length);
    }
  }

  /** Whether an agent of the JVM's arguments has asked for the right to change loaded classes. */
  private static final boolean REDEFINING =
      JvmFacts.AGENTS.stream().anyMatch(ClassAgents::redefines);

  /** The files of agents of which the user says that they leave classes with bodies alone. */
  private static final Set<String> TRUSTED =
      Set.copyOf(Arrays.asList(System.getProperty("heddle.weave.trustedAgents", "").split(",")));

  private ClassAgents() {}

  /** Refuses to believe class files if an agent changes classes. */
  static void check() {
    if (ModuleLayer.boot().findModule("java.instrument").isEmpty()) {
      return; // no agent can be loaded
    }
    if (!names().isEmpty() && TRUSTED.containsAll(names())) {
      return;
    }
    if (!JvmFacts.KNOWN || REDEFINING || transformsAnywhere()) {
      throw new Refusal(
          names().isEmpty()
              ? "a Java agent may have changed its class"
              : "a Java agent may have changed its class: "
                  + String.join(", ", names())
                  + " (if it does not: -Dheddle.weave.trustedAgents="
                  + String.join(",", names())
                  + ")");
    }
  }

  /** The files of the agents with which the JVM was started; others may have come since. */
  private static List<String> names() {
    return JvmFacts.AGENTS.stream()
        .filter(argument -> argument.startsWith("-javaagent:"))
        .map(argument -> Path.of(jar(argument)).getFileName().toString())
        .toList();
  }

  private static String jar(String argument) {
    return argument.replaceFirst("-javaagent:([^=]*).*", "$1");
  }

  private static boolean redefines(String argument) {
    if (!argument.startsWith("-javaagent:")) {
      return false;
    }
    try (JarFile jar = new JarFile(jar(argument))) {
      Manifest manifest = jar.getManifest();
      Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
      return Boolean.parseBoolean(main.getValue("Can-Redefine-Classes"))
          || Boolean.parseBoolean(main.getValue("Can-Retransform-Classes"));
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * The JVM counts the allocation of platform threads only. A virtual thread waits for one without
   * parking: its loop would give other tasks their turns meanwhile, or not, as chance has it.
   */
  private static boolean transformsAnywhere() {
    if (!Thread.currentThread().isVirtual()) {
      return transforms();
    }
    FutureTask<Boolean> asked = new FutureTask<>(ClassAgents::transforms);
    Thread.ofPlatform().daemon().name("heddle-agents").start(asked);
    while (!asked.isDone()) {
      Thread.onSpinWait(); // while a few classes are defined
    }
    return asked.state() != Future.State.SUCCESS || asked.resultNow(); // else nothing is known
  }

  /** Whether each of some classes makes the thread allocate its size; one may by chance. */
  private static boolean transforms() {
    for (int i = 0; i < TRIES; i++) {
      if (allocatedByDefining(new Loader()) < SIZE) {
        return false;
      }
    }
    return true;
  }

  private static long allocatedByDefining(Loader loader) {
    long before = JvmFacts.allocated();
    Class<?> probe = loader.define();
    assert probe.getClassLoader() == loader : probe;
    return JvmFacts.allocated() - before;
  }
}
