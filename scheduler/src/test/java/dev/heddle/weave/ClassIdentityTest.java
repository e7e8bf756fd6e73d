package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.ForkedJvm;
import dev.heddle.fixtures.Holds;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The class that runs is the class that was loaded. A body whose class file cannot be known to be
 * the loaded class's is not woven.
 */
@Holds("K5")
final class ClassIdentityTest {
  @TempDir Path folder;

  private static String source(String version, String more) {
    return """
    import dev.heddle.coroutine.CoroutineBody;
    public class App implements java.util.function.Supplier<Object> {
      %s
      public Object get() {
        CoroutineBody<Object, Object, Object> body = y -> y.yield("%s");
        return body;
      }
    }
    """
        .formatted(more, version);
  }

  private static Compiled version(String version) {
    return Compiled.of("App", source(version, ""));
  }

  private static byte[] bytes(Compiled from) throws Exception {
    try (InputStream in = from.getResourceAsStream("App.class")) {
      return in.readAllBytes();
    }
  }

  /** A loader that defines the class from bytes of its own. */
  private static class Reloading extends ClassLoader {
    final byte[] bytes;

    Reloading(byte[] bytes, ClassLoader parent) {
      super(parent);
      this.bytes = bytes;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals("App")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? defineClass(name, bytes, 0, bytes.length) : loaded;
    }
  }

  private static final class Giving extends Reloading {
    Giving(byte[] bytes, ClassLoader parent) {
      super(bytes, parent);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
      return name.equals("App.class")
          ? new ByteArrayInputStream(bytes)
          : super.getResourceAsStream(name);
    }
  }

  private static CoroutineBody<Object, Object, Object> bodyOf(ClassLoader loader)
      throws ReflectiveOperationException {
    return RefusalTest.body(loader.loadClass("App").getConstructor().newInstance());
  }

  private static void runs(String expected, CoroutineBody<Object, Object, Object> body) {
    try (Coroutine<Object, Object, Object> coroutine = Coroutine.of(body)) {
      coroutine.next();
      assertEquals(expected, coroutine.yielded());
    }
  }

  private static void refused(String reason, CoroutineBody<Object, Object, Object> body) {
    String explanation = Engine.explain(body);
    assertTrue(explanation.startsWith("not woven: "), explanation);
    assertTrue(explanation.contains(reason), explanation);
  }

  @Test
  void aLoaderThatLeavesTheClassFileToItsParentIsNotBelieved() throws Exception {
    passATick(written(version("one")));
    try (var parent = loaderOfFolder()) {
      assertEquals("woven", Engine.explain(bodyOf(parent)));
      var body = bodyOf(new Reloading(bytes(version("two")), parent));
      runs("two", body);
      refused("leaves the class file to its parent", body);
    }
  }

  @Test
  void aLoaderThatGivesItsOwnClassFileIsBelieved() throws Exception {
    var body = bodyOf(new Giving(bytes(version("two")), version("one")));
    runs("two", body);
    assertEquals("woven", Engine.explain(body));
  }

  @Test
  void aClassFileWithOtherMembersIsRefusedByTheirNames() throws Exception {
    byte[] loaded = bytes(version("two"));
    byte[] given = bytes(Compiled.of("App", source("one", "int added; void more() {}")));
    var loader =
        new Reloading(loaded, ClassIdentityTest.class.getClassLoader()) {
          @Override
          public InputStream getResourceAsStream(String name) {
            return name.equals("App.class")
                ? new ByteArrayInputStream(given)
                : super.getResourceAsStream(name);
          }
        };
    var body = bodyOf(loader);
    runs("two", body);
    refused("fields differ: added I (0x0)", body);
  }

  private Path written(Compiled version) throws Exception {
    return Files.write(folder.resolve("App.class"), bytes(version));
  }

  /** Waits until the clock of files has gone on, so that what is read now is read later. */
  private void passATick(Path file) throws Exception {
    Path clock = folder.resolve("clock");
    do {
      Files.writeString(clock, "tick");
    } while (!Files.getLastModifiedTime(clock)
        .toInstant()
        .isAfter(Files.getLastModifiedTime(file).toInstant()));
  }

  private URLClassLoader loaderOfFolder() throws Exception {
    return new URLClassLoader(
        new URL[] {folder.toUri().toURL()}, ClassIdentityTest.class.getClassLoader());
  }

  @Test
  void aClassThatWasCompiledAndThenLoadedIsBelieved() throws Exception {
    passATick(written(version("one")));
    try (var loader = loaderOfFolder()) {
      var body = bodyOf(loader);
      runs("one", body);
      assertEquals("woven", Engine.explain(body));
    }
  }

  @Test
  void aClassThatWasCompiledAnewAfterItWasLoadedIsNotBelieved() throws Exception {
    passATick(written(version("one")));
    try (var loader = loaderOfFolder()) {
      var body = bodyOf(loader);
      passATick(written(version("two")));
      refused("App.class was changed after this JVM started", body);
      runs("one", body);
    }
  }

  /** Runs in a JVM of its own, whose class path has the folder. */
  static final class Recompiled {
    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(System.getProperty("folder"));
      var body = RefusalTest.body(Class.forName("App").getConstructor().newInstance());
      Files.copy(
          folder.resolve("two"),
          folder.resolve("App.class"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      runs("one", body);
      System.out.println(Engine.explain(body));
    }
  }

  @Test
  void aClassOfTheClassPathThatIsCompiledAnewIsNotBelieved() throws Exception {
    written(version("one"));
    Files.write(folder.resolve("two"), bytes(version("two")));
    String output = ForkedJvm.runWith(folder, Recompiled.class, "-Dfolder=" + folder).output();
    assertTrue(output.contains("App.class was changed after this JVM started"), output);
  }

  /** Runs in a JVM of its own, perhaps with an agent. */
  static final class Greeting {
    static CoroutineBody<Object, Object, Object> body() {
      return y -> y.yield("hello");
    }

    public static void main(String[] arguments) {
      System.out.println(Engine.explain(body()));
      try (Coroutine<Object, Object, Object> coroutine = Coroutine.of(body())) {
        coroutine.next();
        System.out.println(coroutine.yielded());
      }
    }
  }

  private static final String NOT_TRUSTED =
      "not woven: a Java agent may have changed its class: agent.jar (if it does not:"
          + " -Dheddle.weave.trustedAgents=agent.jar)\n";

  private String greetingWith(String agentManifest, String... options) throws Exception {
    Path jar = GreetingAgent.jar(folder.resolve("agent.jar"), agentManifest);
    List<String> all = new ArrayList<>(List.of(options));
    all.add("-javaagent:" + jar);
    return ForkedJvm.run(Greeting.class, all.toArray(String[]::new)).output();
  }

  /** The user is believed, here in vain. */
  @Test
  void anAgentThatTheUserTrustsIsNoReason() throws Exception {
    String manifest = "Premain-Class: " + GreetingAgent.class.getName();
    assertEquals(
        "woven\nhello\n",
        greetingWith(manifest, "-Dheddle.weave.trustedAgents=other.jar,agent.jar"));
    assertEquals(
        NOT_TRUSTED + "bonjour\n",
        greetingWith(manifest, "-Dheddle.weave.trustedAgents=other.jar"));
  }

  /** Gives class files as the compiler made them, and counts how often. */
  private static final class Counting extends ClassLoader {
    final Compiled from;
    int read;

    Counting(Compiled from) {
      super(ClassIdentityTest.class.getClassLoader());
      this.from = from;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      try {
        byte[] bytes = bytes(from);
        return defineClass(name, bytes, 0, bytes.length);
      } catch (Exception e) {
        throw new ClassNotFoundException(name, e);
      }
    }

    @Override
    public InputStream getResourceAsStream(String name) {
      read++;
      return from.getResourceAsStream(name);
    }
  }

  @Test
  void theClassFileIsReadOnceForAllMethodsOfItsClass() throws Exception {
    Counting loader =
        new Counting(
            Compiled.of(
                "App",
                """
                import dev.heddle.coroutine.*;
                public class App implements java.util.function.Supplier<Object> {
                  static Object one(Yielder<Object, Object> y) { return y.yield("one"); }
                  static Object two(Yielder<Object, Object> y) { return one(y); }
                  public Object get() {
                    CoroutineBody<Object, Object, Object> body = y -> two(y);
                    return body;
                  }
                }
                """));
    Object supplier = loader.loadClass("App").getConstructor().newInstance();
    CoroutineBody<Object, Object, Object> body = RefusalTest.body(supplier);
    assertEquals("woven", Engine.explain(body));
    assertEquals(1, loader.read);
    runs("one", body);
    FutureTask<String> elsewhere = new FutureTask<>(() -> Engine.explain(body));
    Thread.ofPlatform().start(elsewhere);
    assertEquals("woven", elsewhere.get());
    assertEquals(1, loader.read);
  }

  @Test
  void aClassThatAnAgentMayHaveChangedIsNotBelieved() throws Exception {
    assertEquals(
        NOT_TRUSTED + "bonjour\n", greetingWith("Premain-Class: " + GreetingAgent.class.getName()));
  }

  @Test
  void anAgentThatMayRedefineClassesIsNotTrusted() throws Exception {
    assertEquals(
        NOT_TRUSTED + "hello\n",
        greetingWith(
            "Premain-Class: "
                + GreetingAgent.Idle.class.getName()
                + "\nCan-Redefine-Classes: true"));
  }

  @Test
  void anAgentThatChangesNoClassIsNoReason() throws Exception {
    assertEquals(
        "woven\nhello\n", greetingWith("Premain-Class: " + GreetingAgent.Idle.class.getName()));
  }
}
