package dev.heddle.weave;

import dev.heddle.coroutine.Coroutine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Source compiled in memory, and a class loader that has what came of it: also what its parent has
 * by the same name, but for the {@link Cases.Log}, in which a body and its test meet.
 */
final class Compiled extends ClassLoader {
  /** The compiler of the JDK. */
  static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();

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

  /**
   * Compiles these files with this compiler, against the classes of the main code and the tests.
   */
  static Compiled of(JavaCompiler compiler, List<Path> sources, String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(
        List.of("-classpath", place(Coroutine.class) + File.pathSeparator + place(Cases.class)));
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      var units = files.getJavaFileObjectsFromPaths(sources);
      return new Compiled(compile(compiler, files, units, all), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same classes, each with other bytes. */
  Compiled changed(UnaryOperator<byte[]> change) {
    Map<String, byte[]> others = new HashMap<>();
    classes.forEach((name, bytes) -> others.put(name, change.apply(bytes)));
    return new Compiled(others, readable);
  }

  private static String place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** As {@link #of}; nobody can read the class files. */
  static Compiled unreadable(String className, String source) {
    return new Compiled(compile(className, source), false);
  }

  private static Map<String, byte[]> compile(String className, String source, String... options) {
    StandardJavaFileManager files = JAVAC.getStandardFileManager(null, null, null);
    return compile(JAVAC, files, List.of(new Source(className, source)), List.of(options));
  }

  private static Map<String, byte[]> compile(
      JavaCompiler compiler,
      StandardJavaFileManager standard,
      Iterable<? extends JavaFileObject> units,
      List<String> options) {
    Map<String, byte[]> classes = new HashMap<>();
    JavaFileManager files =
        new ForwardingJavaFileManager<JavaFileManager>(standard) {
          @Override
          public JavaFileObject getJavaFileForOutput(
              Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return new Output(name.replace('/', '.'), classes);
          }
        };
    StringWriter messages = new StringWriter();
    if (!compiler.getTask(messages, files, null, options, null, units).call()) {
      throw new IllegalArgumentException(messages + "\n" + units);
    }
    return classes;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!classes.containsKey(name) || name.equals(Cases.Log.class.getName())) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
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
