package dev.heddle.weave.classfile;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.invoke.MethodType;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Reads the class files of loaded classes, and makes sure that they are those classes'. */
public final class ClassFiles {
  private ClassFiles() {}

  /**
   * Returns null if the class file cannot be read. Refuses a class file that is, or may be, not the
   * one from which the class was loaded.
   */
  public static @Nullable ClassModel read(Class<?> type) {
    String name = type.getName();
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    if (!ClassVersion.isFirst(type)) {
      throw new Refusal("its class " + name + " was redefined after it was loaded");
    }
    ClassOrigin origin = new ClassOrigin(type);
    origin.checkTime();
    try (InputStream in = type.getResourceAsStream(file)) {
      byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
      ClassModel model = parse(Coverage.asLoaded(type, bytes), name.replace('.', '/'));
      if (model != null) {
        origin.checkLoader(bytes);
        if (!Coverage.isByTheOnlyAgent()) {
          ClassAgents.check();
        }
        ClassIdentity.check(type, model);
      }
      return model;
    } catch (IOException e) {
      return null;
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
