package dev.heddle.weave.classfile;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.invoke.MethodType;
import java.lang.ref.SoftReference;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Reads the class files of loaded classes, and makes sure that they are those classes'. */
public final class ClassFiles {
  /** A class file that was found to be the loaded class's, as the agents have left it. */
  private static final class Proved {
    final byte[] bytes;

    /** What the reader has read; other threads may not use it, as it is filled while it is read. */
    final ClassModel model;

    /** The id of a thread. */
    final long reader;

    Proved(byte[] bytes, ClassModel model, long reader) {
      this.bytes = bytes;
      this.model = model;
      this.reader = reader;
    }
  }

  /** What was proved of each class, so that its next method is woven faster; while memory lasts. */
  private static final ClassValue<AtomicReference<@Nullable SoftReference<Proved>>> PROVED =
      new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable SoftReference<Proved>> computeValue(Class<?> type) {
          return new AtomicReference<>();
        }
      };

  private ClassFiles() {}

  /**
   * Returns null if the class file cannot be read. Refuses a class file that is, or may be, not the
   * one from which the class was loaded.
   */
  public static @Nullable ClassModel read(Class<?> type) {
    if (!ClassVersion.isFirst(type)) {
      throw new Refusal("its class " + type.getName() + " was redefined after it was loaded");
    }
    AtomicReference<@Nullable SoftReference<Proved>> known = PROVED.get(type);
    SoftReference<Proved> kept = known.get();
    Proved proved = kept == null ? null : kept.get();
    long reader = Thread.currentThread().threadId();
    if (proved == null) {
      proved = prove(type, reader);
    } else {
      checkAgents(); // one that has come since
      if (proved.reader != reader) {
        proved = new Proved(proved.bytes, ClassFile.of().parse(proved.bytes), reader);
      }
    }
    if (proved == null) {
      return null;
    }
    known.set(new SoftReference<>(proved));
    return proved.model;
  }

  private static @Nullable Proved prove(Class<?> type, long reader) {
    String name = type.getName();
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    ClassOrigin origin = new ClassOrigin(type);
    origin.checkTime();
    try (InputStream in = type.getResourceAsStream(file)) {
      byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
      byte[] loaded = Coverage.asLoaded(type, bytes);
      ClassModel model = parse(loaded, name.replace('.', '/'));
      if (model == null) {
        return null;
      }
      origin.checkLoader(bytes);
      checkAgents();
      ClassIdentity.check(type, model);
      return new Proved(loaded, model, reader);
    } catch (IOException e) {
      return null;
    }
  }

  private static void checkAgents() {
    if (!Coverage.isByTheOnlyAgent()) {
      ClassAgents.check();
    }
  }

  /**
   * Reads a class file by internal name, as the loader of {@code near} finds it, without loading
   * the class. Returns null if the class file cannot be read, or describes another class.
   */
  public static @Nullable ClassModel read(String internalName, Class<?> near) {
    ClassLoader loader = near.getClassLoader();
    String file = internalName + ".class";
    try (InputStream in =
        loader == null
            ? ClassLoader.getSystemResourceAsStream(file)
            : loader.getResourceAsStream(file)) {
      return in == null ? null : parse(in.readAllBytes(), internalName);
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable ClassModel parse(byte[] bytes, String internalName) {
    try {
      ClassModel model = ClassFile.of().parse(bytes);
      return model.thisClass().asInternalName().equals(internalName) ? model : null;
    } catch (IllegalArgumentException notAClassFile) {
      return null;
    }
  }

  /** Whether a class was not redefined since its file was read; any thread may ask. */
  public static boolean isFirst(Class<?> type) {
    return ClassVersion.isFirst(type);
  }

  /** The descriptor of a method or a constructor, as a class file has it. */
  public static String descriptorOf(Executable method) {
    Class<?> result = method instanceof Method m ? m.getReturnType() : void.class;
    return MethodType.methodType(result, method.getParameterTypes()).toMethodDescriptorString();
  }
}
