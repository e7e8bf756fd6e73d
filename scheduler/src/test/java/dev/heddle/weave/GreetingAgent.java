package dev.heddle.weave;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A Java agent that makes "bonjour" of "hello". */
public final class GreetingAgent {
  private GreetingAgent() {}

  /** The JVM calls it before the main method. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    instrumentation.addTransformer(
        new ClassFileTransformer() {
          @Override
          public byte[] transform(
              ClassLoader loader, String name, Class<?> old, ProtectionDomain d, byte[] bytes) {
            return name != null && name.endsWith("$Greeting") ? translated(bytes) : null;
          }
        });
  }

  private static byte[] translated(byte[] bytes) {
    ClassFile classFile = ClassFile.of();
    CodeTransform hello =
        (code, element) -> {
          if (element instanceof ConstantInstruction c && "hello".equals(c.constantValue())) {
            code.loadConstant("bonjour");
          } else {
            code.with(element);
          }
        };
    return classFile.transformClass(
        classFile.parse(bytes), ClassTransform.transformingMethodBodies(hello));
  }

  /** An agent that does nothing, like the one with which an IDE starts programs. */
  public static final class Idle {
    private Idle() {}

    /** The JVM calls it before the main method. */
    public static void premain(String arguments, Instrumentation instrumentation) {}
  }

  /**
   * Writes a jar with nothing but a manifest, which makes an agent of a class of the class path.
   */
  static Path jar(Path jar, String manifest) throws IOException {
    byte[] text = ("Manifest-Version: 1.0\n" + manifest + "\n\n").getBytes(StandardCharsets.UTF_8);
    try (var out =
        new JarOutputStream(
            Files.newOutputStream(jar), new Manifest(new ByteArrayInputStream(text)))) {
      return jar;
    }
  }
}
