package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.weave.other.CallFar;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A body in a named module: woven if its package is open to Heddle, else run by another engine. */
final class ModuleTest {
  @TempDir Path folder;

  private CoroutineBody<Object, Object, Object> bodyIn(String moduleInfo) throws Exception {
    return RefusalTest.body(guestIn(moduleInfo));
  }

  private Object guestIn(String moduleInfo) throws Exception {
    Path sources = Files.createDirectories(folder.resolve("src/guest/body"));
    Path info = folder.resolve("src/module-info.java");
    Files.writeString(info, moduleInfo);
    Path source = sources.resolve("Guest.java");
    Files.writeString(
        source,
        """
        package guest.body;
        import dev.heddle.coroutine.*;
        import dev.heddle.weave.other.CallFar;
        public class Guest implements java.util.function.Supplier<Object>, CallFar.Walker {
          private int secret = 3;
          public Object walk(Yielder<Object, Object> y, Object to) {
            return y.yield(to) + "" + secret + y.yield("walked");
          }
          public Object get() {
            CoroutineBody<Object, Object, Object> body = y -> y.yield(secret++) + "" + secret;
            return body;
          }
        }
        """);
    Path classes = folder.resolve("classes");
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                classes.toString(),
                "--add-reads",
                "guest=ALL-UNNAMED",
                "-classpath",
                System.getProperty("java.class.path"),
                info.toString(),
                source.toString());
    assertEquals(0, exit);
    return newGuest(classes);
  }

  private static Object newGuest(Path classes) throws ReflectiveOperationException {
    ModuleLayer boot = ModuleLayer.boot();
    Configuration configuration =
        boot.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("guest"));
    ModuleLayer.Controller controller =
        ModuleLayer.defineModulesWithOneLoader(
            configuration, List.of(boot), ModuleTest.class.getClassLoader());
    Module guest = controller.layer().findModule("guest").orElseThrow();
    controller.addReads(guest, ModuleTest.class.getModule());
    return Class.forName(guest, "guest.body.Guest").getConstructor().newInstance();
  }

  private static void assertRuns(CoroutineBody<Object, Object, Object> body) {
    try (Coroutine<Object, Object, Object> coroutine = Coroutine.of(body)) {
      coroutine.next();
      assertEquals(3, coroutine.yielded());
      coroutine.send("sent ");
      assertEquals("sent 4", coroutine.result());
    }
  }

  @Test
  void aBodyInAModuleThatOpensItsPackageIsWoven() throws Exception {
    var body = bodyIn("module guest { exports guest.body; opens guest.body; }");
    assertEquals("woven", Engine.explain(body));
    assertRuns(body);
  }

  @Test
  void aBodyInAModuleThatDoesNotOpenItsPackageRunsOnAnotherEngine() throws Exception {
    var body = bodyIn("module guest { exports guest.body; }");
    String explanation = Engine.explain(body);
    assertTrue(
        explanation.contains("package guest.body of module guest is not open to"), explanation);
    assertRuns(body);
  }

  private static void assertWalks(CoroutineBody<Object, Object, Object> body) {
    String expected = Script.echoing().trace(Coroutine.of(Engine.HANDOFF, body), new Cases.Log());
    assertEquals(expected, Script.echoing().trace(Coroutine.of(body), new Cases.Log()));
  }

  @Test
  void aCalleeInAModuleThatOpensItsPackageIsWoven() throws Exception {
    var guest = (CallFar.Walker) guestIn("module guest { exports guest.body; opens guest.body; }");
    CoroutineBody<Object, Object, Object> body = y -> "" + guest.walk(y, 1) + guest.walk(y, 2);
    assertWalks(body);
    assertEquals("woven", Engine.explain(body));
  }

  @Test
  void aCalleeInAModuleThatDoesNotOpenItsPackageRunsOnAStack() throws Exception {
    var guest = (CallFar.Walker) guestIn("module guest { exports guest.body; }");
    CoroutineBody<Object, Object, Object> body = y -> "" + guest.walk(y, 1) + guest.walk(y, 2);
    assertWalks(body);
  }
}
