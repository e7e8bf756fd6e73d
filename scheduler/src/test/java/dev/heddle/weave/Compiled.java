package dev.heddle.weave;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Source compiled in memory, and a class loader that has what came of it. */
final class Compiled extends ClassLoader {
  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
  private static final StandardJavaFileManager FILES =
      COMPILER.getStandardFileManager(null, null, null);

  private final Map<String, byte[]> classes;

  /** Whether class files are given as resources, as the weaver needs. */
  private final boolean readable;

  private Compiled(Map<String, byte[]> classes, boolean readable) {
    super("compiled", Compiled.class.getClassLoader());
    this.classes = classes;
    this.readable = readable;
  }

  /** Compiles one source file with these options. */
  static Compiled of(String className, String source, String... options) {
    return new Compiled(compile(className, source, options), true);
  }

  /** As {@link #of}; nobody can read the class files. */
  static Compiled unreadable(String className, String source) {
    return new Compiled(compile(className, source), false);
  }

  private static Map<String, byte[]> compile(String className, String source, String... options) {
    Map<String, byte[]> classes = new HashMap<>();
    JavaFileManager files =
        new ForwardingJavaFileManager<JavaFileManager>(FILES) {
          @Override
          public JavaFileObject getJavaFileForOutput(
              Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new Output(name, classes);
          }
        };
    java.io.StringWriter messages = new java.io.StringWriter();
    boolean compiled =
        COMPILER
            .getTask(
                messages,
                files,
                null,
                List.of(options),
                null,
                List.of(new Source(className, source)))
            .call();
    if (!compiled) {
      throw new IllegalArgumentException(messages + "\n" + source);
    }
    return classes;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = classes.get(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  @Override
  public InputStream getResourceAsStream(String name) {
    if (name.endsWith(".class")) {
      byte[] bytes = classes.get(name.substring(0, name.length() - 6).replace('/', '.'));
      if (bytes != null) {
        return readable ? new ByteArrayInputStream(bytes) : null;
      }
    }
    return super.getResourceAsStream(name);
  }

  /** An object of the class, made by its constructor without parameters. */
  Object newInstance(String className) throws ReflectiveOperationException {
    var constructor = loadClass(className).getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String className, String text) {
      super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Output extends SimpleJavaFileObject {
    private final String name;
    private final Map<String, byte[]> classes;

    Output(String name, Map<String, byte[]> classes) {
      super(URI.create("bytes:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
      this.name = name;
      this.classes = classes;
    }

    @Override
    public OutputStream openOutputStream() {
      return new ByteArrayOutputStream() {
        @Override
        public void close() {
          classes.put(name, toByteArray());
        }
      };
    }
  }
}
