package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heddle.coroutine.Coroutine;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Heddle itself as a named module, which exports its API and no more: the machines in a user's
 * module extend and call what is not exported.
 */
final class NamedModuleTest {
  private static final String HEDDLE = "dev.heddle.scheduler";
  private static final List<String> EXPORTS = List.of("dev.heddle.coroutine", HEDDLE);

  private static final String GUEST =
      """
      package guest.body;
      import dev.heddle.coroutine.*;
      import dev.heddle.scheduler.*;
      import java.util.*;
      public class Guest {
        private static int secret = 3;
        private static Generator<Integer> digits() {
          return Generator.of(y -> { y.yield(secret++); y.yield(secret++); });
        }
        private static TaskFunction<Integer> part() {
          return co -> { co.await(Task.yield()); return secret; };
        }
        public static String run() {
          CoroutineBody<Integer, Integer, Integer> body =
              y -> { y.yieldFrom(digits()); y.yieldFrom(List.of(7)); return y.yield(8) + secret; };
          List<Object> seen = new ArrayList<>();
          seen.add(Engine.explain(body));
          try (var coroutine = Coroutine.of(body)) {
            while (coroutine.send(coroutine.state() == Coroutine.State.CREATED ? null
                : coroutine.yielded() == 8 ? 10 : null)) {
              seen.add(coroutine.yielded());
            }
            seen.add(coroutine.result());
          }
          try (Scheduler scheduler = Scheduler.create()) {
            Task<Integer> task = scheduler.submit(co -> 2 * co.yieldFrom(part()));
            scheduler.run();
            seen.add(task.resultNow());
          }
          return seen.toString();
        }
      }
      """;

  @TempDir Path folder;
  private Path heddle;

  @BeforeEach
  void copyHeddle() throws Exception {
    Path classes =
        Path.of(Coroutine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    heddle = folder.resolve("heddle");
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, heddle.resolve(classes.relativize(file)));
      }
    }
    Path info = heddle.resolve("module-info.class");
    if (!Files.exists(info)) {
      Files.write(info, moduleInfo());
    }
  }

  private static byte[] moduleInfo() {
    return ClassFile.of()
        .buildModule(
            ModuleAttribute.of(
                ModuleDesc.of(HEDDLE),
                module -> {
                  module.requires(ModuleDesc.of("java.base"), List.of(AccessFlag.MANDATED), null);
                  EXPORTS.forEach(name -> module.exports(PackageDesc.of(name), List.of()));
                }));
  }

  private String runGuest(String directives) throws Exception {
    Path sources = Files.createDirectories(folder.resolve("src/guest/body"));
    Path info = folder.resolve("src/module-info.java");
    Files.writeString(info, "module guest { requires " + HEDDLE + "; " + directives + " }");
    Path source = Files.writeString(sources.resolve("Guest.java"), GUEST);
    Path classes = folder.resolve("classes");
    compile(classes, info, source);
    ModuleLayer boot = ModuleLayer.boot();
    ModuleFinder modules = ModuleFinder.of(heddle, classes);
    Configuration configuration =
        boot.configuration().resolve(modules, ModuleFinder.of(), Set.of("guest"));
    ModuleLayer layer =
        boot.defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader());
    Module guest = layer.findModule("guest").orElseThrow();
    return (String) Class.forName(guest, "guest.body.Guest").getMethod("run").invoke(null);
  }

  private void compile(Path classes, Path... sources) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options = List.of("-d", "" + classes, "--module-path", "" + heddle, "-nowarn");
      var units = files.getJavaFileObjects(sources);
      assertEquals(true, compiler.getTask(null, files, null, options, null, units).call());
    }
  }

  @Test
  void bodiesInAModuleThatOpensItsPackageToHeddleAreWoven() throws Exception {
    assertEquals(
        "[woven, 3, 4, 7, 8, 15, 10]",
        runGuest("exports guest.body; opens guest.body to " + HEDDLE + ";"));
  }

  @Test
  void bodiesInAModuleThatDoesNotOpenItsPackageRunOnAnotherEngine() throws Exception {
    assertEquals(
        "[not woven: package guest.body of module guest is not open to module "
            + HEDDLE
            + ", 3, 4, 7, 8, 15, 10]",
        runGuest("exports guest.body;"));
  }
}
