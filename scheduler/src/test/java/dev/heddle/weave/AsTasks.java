package dev.heddle.weave;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Yielder;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.TaskFunction;
import dev.heddle.scheduler.YieldEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bodies of generators as bodies of tasks, without a second copy of them: a loader that has their
 * classes, with other names in the constant pool. {@code Yielder} is {@code Awaiter}, {@code
 * CoroutineBody} is {@code TaskFunction}, and {@code y.yield(x)} has become {@code
 * co.await(TaskRun.hand(x))}. {@code y.yieldFrom(coroutine)} has become {@code
 * co.yieldFrom(TaskRun.part(coroutine))}. Names, lines and all else are those of the source.
 */
final class AsTasks extends ClassLoader {
  private static final ClassDesc AWAITER = desc(Awaiter.class);
  private static final ClassDesc COROUTINE = desc(Coroutine.class);
  private static final ClassDesc FUNCTION = desc(TaskFunction.class);
  private static final ClassDesc EVENT = desc(YieldEvent.class);
  private static final ClassDesc OBJECT = desc(Object.class);
  private static final ClassDesc RUN = desc(TaskRun.class);
  private static final Map<String, String> NAMES =
      Map.of(
          internal(Yielder.class), internal(Awaiter.class),
          internal(CoroutineBody.class), internal(TaskFunction.class));

  /** Where the class files of the generators are. */
  private final ClassLoader generators;

  private AsTasks(ClassLoader generators) {
    super(AsTasks.class.getClassLoader());
    this.generators = generators;
    setDefaultAssertionStatus(AsTasks.class.desiredAssertionStatus()); // one body asserts
  }

  /** Makes a body that writes to this log. */
  interface Maker {
    TaskFunction<Object> make(Cases.Log log);
  }

  /** All bodies of the differential suite by name. */
  static Map<String, Maker> bodies() {
    Map<String, Maker> bodies = new LinkedHashMap<>();
    OtherCases everything =
        OtherCases.of(new AsTasks(AsTasks.class.getClassLoader()), "everything");
    everything
        .<TaskFunction<Object>>makers("all")
        .forEach((name, maker) -> bodies.put(name, maker::make));
    return bodies;
  }

  /** A loader that has the classes of these generators. */
  static ClassLoader of(ClassLoader generators) {
    return new AsTasks(generators);
  }

  private static boolean isRewritten(String name) {
    String room = AsTasks.class.getPackageName() + ".";
    return name.matches(
        "\\Q"
            + room
            + "\\E(other\\.)?(\\w+Bodies(\\$.*)?|Call\\w*(Base|Far)|MemberBase|Cases|Cases\\$\\w*Maker)");
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null && isRewritten(name)) {
        byte[] bytes = rewritten(name.replace('.', '/') + ".class");
        loaded = defineClass(name, bytes, 0, bytes.length);
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }

  @Override
  public InputStream getResourceAsStream(String file) {
    boolean ours =
        file.endsWith(".class") && isRewritten(file.replace('/', '.').replaceAll("\\.class$", ""));
    return ours ? new ByteArrayInputStream(rewritten(file)) : super.getResourceAsStream(file);
  }

  private byte[] rewritten(String file) {
    try (InputStream in = generators.getResourceAsStream(file)) {
      ClassFile classFile = ClassFile.of();
      return classFile.transformClass(
          classFile.parse(renamed(in.readAllBytes())),
          ClassTransform.transformingMethodBodies(AsTasks::rewrite));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void rewrite(CodeBuilder code, CodeElement element) {
    if (!(element instanceof InvokeInstruction call)) {
      code.with(element);
    } else if (call.owner().asSymbol().equals(AWAITER) && call.name().equalsString("yield")) {
      code.invokestatic(RUN, "hand", MethodTypeDesc.of(EVENT, OBJECT));
      code.invokeinterface(AWAITER, "await", MethodTypeDesc.of(OBJECT, EVENT));
    } else if (call.owner().asSymbol().equals(AWAITER)
        && call.typeSymbol().parameterList().equals(List.of(COROUTINE))) {
      code.invokestatic(RUN, "part", MethodTypeDesc.of(FUNCTION, COROUTINE));
      code.invokeinterface(AWAITER, "yieldFrom", MethodTypeDesc.of(OBJECT, FUNCTION));
    } else if (call.owner().asSymbol().equals(COROUTINE) && call.name().equalsString("of")) {
      code.invokestatic(RUN, "inner", call.typeSymbol());
    } else {
      code.with(element);
    }
  }

  /** Replaces names in the texts of the constant pool. */
  private static byte[] renamed(byte[] classFile) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(in.readLong()); // magic and version
    int count = in.readUnsignedShort();
    out.writeShort(count);
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      out.writeByte(tag);
      if (tag == 1) {
        out.writeUTF(renamed(in.readUTF()));
      } else {
        out.write(in.readNBytes(sizeOf(tag)));
      }
      i += tag == 5 || tag == 6 ? 1 : 0; // a long or double takes two places
    }
    in.transferTo(out);
    return bytes.toByteArray();
  }

  private static String renamed(String text) {
    String renamed = text;
    for (Map.Entry<String, String> name : NAMES.entrySet()) {
      renamed = renamed.replace(name.getKey(), name.getValue());
    }
    return renamed;
  }

  private static int sizeOf(int tag) {
    return switch (tag) {
      case 5, 6 -> 8;
      case 7, 8, 16, 19, 20 -> 2;
      case 15 -> 3;
      default -> 4;
    };
  }

  private static ClassDesc desc(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  private static String internal(Class<?> type) {
    return type.getName().replace('.', '/');
  }
}
