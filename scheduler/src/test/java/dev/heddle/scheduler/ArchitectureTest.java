package dev.heddle.scheduler;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.heddle.fixtures.Modules;
import dev.heddle.sync.QueueShutdownException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of the house: which room knows which, and how big things may get. */
class ArchitectureTest {
  /** The doors: a package is a room with one, and what is public is on its list. */
  private static final Map<String, Set<String>> PUBLIC =
      Map.of(
          "dev.heddle.coroutine",
          Set.of(
              "Coroutine",
              "CoroutineBody",
              "Engine",
              "Generator",
              "Frames",
              "GeneratorBody",
              "GeneratorExit",
              "Yielder"),
          "dev.heddle.actor",
          Set.of(
              "Actor",
              "ActorRef",
              "ActorScheduler",
              "Exchange",
              "Exchanges",
              "GroupExchange",
              "OverflowPolicy",
              "Receiver",
              "ReceiverClosedException",
              "ReceiverFullException",
              "Reply",
              "Subscription",
              "Supervision",
              "Worker"),
          "dev.heddle.group",
          Set.of(
              "ForeignEvent",
              "GroupLoop",
              "GroupSpawner",
              "GroupStats",
              "GroupTask",
              "LoopFailedException",
              "SchedulerGroup",
              "SchedulerGroupBuilder"),
          "dev.heddle.pool",
          Set.of(
              "CancelPolicy",
              "PoolClosedException",
              "PollableQueue",
              "ResultIterator",
              "TaskExecutor",
              "ThreadPool",
              "WorkFunction"),
          "dev.heddle.scheduler",
          Set.of(
              "Awaiter",
              "Body",
              "CancelScope",
              "Cancelled",
              "Clock",
              "DeadlockException",
              "Finding",
              "HeldResource",
              "Poller",
              "Promise",
              "Resource",
              "Scheduler",
              "SchedulerBuilder",
              "Spawner",
              "Select",
              "SelectCases",
              "Step",
              "Task",
              "TaskBody",
              "TaskFunction",
              "TaskGroup",
              "TaskLocal",
              "TaskEvent",
              "TaskWait",
              "ThreadBody",
              "Timed",
              "TimeoutEvent",
              "Timers",
              "SingleWaiterEvent",
              "WaitQueue",
              "Waiter",
              "YieldEvent"),
          "dev.heddle.scheduler.view",
          Set.of(
              "Explainer",
              "KernelView",
              "LoopWatch",
              "RunLog",
              "TaskWatch",
              "TurnOrder",
              "AccessWatch"),
          "dev.heddle.jfr",
          Set.of("Flight", "RecordedTask"),
          "dev.heddle.log",
          Set.of("LogPrinter"),
          "dev.heddle.stats",
          Set.of("SchedulerStats"),
          "dev.heddle.trace",
          Set.of(
              "AttachedJvm",
              "Deadlock",
              "DeadlockCheck",
              "Inspector",
              "JsonDump",
              "OutsideAgent",
              "RunningSchedulers",
              "SchedulerMXBean",
              "TaskDump",
              "Timeline"));

  /** A reader shall be able to remember what is in the kernel's room. */
  private static final int MOST_TYPES_OF_THE_KERNEL = 45;

  /**
   * Packages that the module does not export: engines, what woven bodies are linked to, and the
   * view.
   */
  private static final Set<String> UNEXPORTED =
      Set.of(
          "dev.heddle.coroutine.engine",
          "dev.heddle.jfr",
          "dev.heddle.log",
          "dev.heddle.record",
          "dev.heddle.scheduler.view",
          "dev.heddle.weave",
          "dev.heddle.weave.classfile");

  private static final Path ROOT = Path.of("..");
  private static final int MOST_LINES = 450;
  private static final int MOST_LINES_WITH_A_REASON = 600;
  private static final int MOST_LINES_OF_THE_LOOP = 40;

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .importUrl(Scheduler.class.getProtectionDomain().getCodeSource().getLocation());

  @Test
  void coroutineKnowsNoScheduler() {
    noClasses()
        .that()
        .resideInAPackage("dev.heddle.coroutine..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.heddle..")
                .and(
                    not(
                        resideInAnyPackage(
                            "dev.heddle.coroutine..", "dev.heddle.weave..", "dev.heddle.log"))))
        .check(MAIN);
  }

  @Test
  void schedulerStandsOnCoroutineAlone() {
    classes()
        .that()
        .resideInAPackage("dev.heddle.scheduler")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.heddle.scheduler",
            "dev.heddle.scheduler.view",
            "dev.heddle.stats",
            "dev.heddle.log",
            "dev.heddle.coroutine..",
            "java..",
            "org.jspecify.annotations",
            "com.google.errorprone.annotations")
        .check(MAIN);
  }

  /** So that every room may tell what it does. */
  @Test
  void theRoomOfEventsForTheFlightRecorderKnowsNobody() {
    classes()
        .that()
        .resideInAPackage("dev.heddle.jfr")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.heddle.jfr", "java..", "jdk.jfr", "org.jspecify.annotations")
        .check(MAIN);
  }

  @Test
  void theRoomOfTheLogKnowsNobody() {
    classes()
        .that()
        .resideInAPackage("dev.heddle.log")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.heddle.log", "java..", "org.jspecify.annotations")
        .check(MAIN);
  }

  /** The Flight Recorder may not be there. */
  @Test
  void onlyTheRoomOfEventsNamesTheFlightRecorder() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.heddle.jfr")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.jfr")
        .check(MAIN);
  }

  /** So that the kernel may give numbers to whoever asks. */
  @Test
  void statsAreValuesThatKnowNobody() {
    classes()
        .that()
        .resideInAPackage("dev.heddle.stats")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.heddle.stats", "java..", "org.jspecify.annotations")
        .check(MAIN);
  }

  @Test
  void theKernelsRoomHoldsAtMost45Types() {
    assertThat(MAIN.stream().filter(JavaClass::isTopLevelClass))
        .filteredOn(type -> type.getPackageName().equals("dev.heddle.scheduler"))
        .filteredOn(type -> !type.getSimpleName().equals("package-info"))
        .hasSizeLessThanOrEqualTo(MOST_TYPES_OF_THE_KERNEL);
  }

  @Test
  void traceStandsOnTheSchedulerAndItsCoroutines() {
    classes()
        .that()
        .resideInAPackage("dev.heddle.trace")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.heddle.trace",
            "dev.heddle.jfr",
            "dev.heddle.log",
            "dev.heddle.stats",
            "dev.heddle.scheduler",
            "dev.heddle.coroutine",
            "dev.heddle.scheduler.view",
            "java..",
            "javax.management",
            "com.sun.tools.attach",
            "com.sun.net.httpserver",
            "org.jspecify.annotations",
            "com.google.errorprone.annotations")
        .check(MAIN);
  }

  @Test
  void onlyTraceRecordAndTheKernelKnowTheView() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.heddle.trace", "dev.heddle.record", "dev.heddle.scheduler..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.heddle.scheduler.view")
        .check(MAIN);
  }

  @Test
  void poolStandsOnSchedulerAndTheExceptionOfQueues() {
    classes()
        .that()
        .resideInAPackage("dev.heddle.pool")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "dev.heddle.pool",
                    "dev.heddle.jfr",
                    "dev.heddle.log",
                    "dev.heddle.scheduler",
                    "java..",
                    "org.jspecify.annotations",
                    "com.google.errorprone.annotations")
                .or(type(QueueShutdownException.class)))
        .check(MAIN);
  }

  /**
   * Loops and what goes from one to the other: a room below actors, as an actor may be far away.
   */
  @Test
  void groupStandsOnSchedulerAndTraceAndKnowsNoActor() {
    classes()
        .that()
        .resideInAPackage("dev.heddle.group")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.heddle.group",
            "dev.heddle.log",
            "dev.heddle.scheduler",
            "dev.heddle.stats",
            "dev.heddle.trace",
            "java..",
            "org.jspecify.annotations",
            "com.google.errorprone.annotations")
        .check(MAIN);
  }

  /** A reader who meets a name in a message or an import shall know which type it is. */
  @Test
  void noTwoTypesOfMainHaveOneName() throws IOException {
    assertThat(Modules.sources(Modules.libraries(ROOT), "src/main/java"))
        .extracting(file -> String.valueOf(file.getFileName()))
        .filteredOn(name -> !name.equals("package-info.java"))
        .doesNotHaveDuplicates();
  }

  /** {@code SpinLock} tells why: such a lock can stop a loop for ever. */
  @Test
  void poolHasNoLockOfTheJdks() throws IOException {
    Pattern lock =
        Pattern.compile(
            "\\bsynchronized \\(|\\bReentrant|BlockingQueue|ThreadPoolExecutor\\(|newFixed");
    for (Path file : sources("scheduler/src/main/java/dev/heddle/pool")) {
      assertThat(Files.readString(file)).as("%s", file).doesNotContainPattern(lock);
    }
  }

  /** Imports, as the class files of other modules are not here. */
  @Test
  void noModuleImportsAgainstTheArrows() throws IOException {
    for (Path file : sources("netio/src/main")) {
      assertThat(imports(file)).as("%s", file).noneMatch(i -> i.startsWith("dev.heddle.coroutine"));
    }
    for (Path file : sources("scheduler/src/main")) {
      assertThat(imports(file)).as("%s", file).noneMatch(i -> i.startsWith("dev.heddle.net"));
    }
  }

  @Test
  void mainScopeDependsOnJSpecifyAndErrorProneAnnotationsOnly() {
    for (JavaClass type : MAIN) {
      assertThat(type.getDirectDependenciesFromSelf())
          .as("%s", type.getName())
          .allMatch(
              dependency -> {
                String target = dependency.getTargetClass().getBaseComponentType().getName();
                return !target.contains(".")
                    || target.startsWith("java.")
                    || target.startsWith("jdk.internal.vm.")
                    || target.startsWith("com.sun.management.") // the module jdk.management
                    || target.startsWith("com.sun.tools.attach.") // the module jdk.attach
                    || target.startsWith("com.sun.net.httpserver.") // the module jdk.httpserver
                    || (target.startsWith("io.micrometer.") // optional
                        && type.getPackageName().equals("dev.heddle.micrometer"))
                    || target.startsWith("jdk.jfr.")
                    || target.startsWith("javax.management.") // the module java.management
                    || target.startsWith("dev.heddle.")
                    || target.startsWith("org.jspecify.annotations.")
                    || target.startsWith("com.google.errorprone.annotations.");
              });
    }
  }

  @Test
  void jdkInternalsAreImportedByOneFileAtTheMost() throws IOException {
    List<Path> importing =
        sources("scheduler/src/main").stream()
            .filter(file -> imports(file).stream().anyMatch(i -> i.startsWith("jdk.internal")))
            .toList();
    assertThat(importing).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void internalsArePackagePrivate() {
    PUBLIC.forEach((room, door) -> assertThat(publicTypes(room)).as(room).isSubsetOf(door));
  }

  /** Else a user could see a type in a signature, and neither name nor use it. */
  @Test
  void noExportedSignatureMentionsAnUnexportedType() {
    for (JavaClass type : MAIN) {
      if (!UNEXPORTED.contains(type.getPackageName()) && isAccessible(type)) {
        assertThat(mentioned(type))
            .as("%s", type.getName())
            .doesNotContainAnyElementsOf(UNEXPORTED);
      }
    }
  }

  private static boolean isAccessible(JavaClass type) {
    return isAccessible(type.getModifiers())
        && type.getEnclosingClass().map(ArchitectureTest::isAccessible).orElse(true);
  }

  private static boolean isAccessible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  /** The packages of the types that a user of this type sees. */
  private static Set<String> mentioned(JavaClass type) {
    Stream<JavaType> inherited =
        Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
    Stream<JavaType> ofMembers =
        type.getAllMembers().stream()
            .filter(member -> isAccessible(member.getModifiers()))
            .flatMap(
                member ->
                    member instanceof JavaCodeUnit unit
                        ? Stream.concat(
                            Stream.of(unit.getReturnType()), unit.getParameterTypes().stream())
                        : Stream.of(((JavaField) member).getType()));
    return Stream.concat(inherited, ofMembers)
        .flatMap(mentioned -> mentioned.getAllInvolvedRawTypes().stream())
        .map(JavaClass::getPackageName)
        .collect(Collectors.toSet());
  }

  /** What engines and weaver offer is for coroutines and the scheduler. */
  @Test
  void onlyCoroutineAndSchedulerUseEngines() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.heddle.coroutine..", "dev.heddle.scheduler..", "dev.heddle.weave..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.heddle.coroutine.engine")
                .or(resideInAPackage("dev.heddle.weave..")))
        .check(MAIN);
  }

  private static List<String> publicTypes(String room) {
    return MAIN.stream()
        .filter(type -> type.getPackageName().equals(room) && type.isTopLevelClass())
        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
        .map(JavaClass::getSimpleName)
        .toList();
  }

  @Test
  void noTestSleeps() throws IOException {
    Pattern sleep = Pattern.compile("\\bThread\\s*\\.\\s*sleep\\s*\\(|TimeUnit\\.\\w+\\.sleep");
    List<Path> tests = new ArrayList<>(Modules.sources(Modules.all(ROOT), "src/test"));
    tests.addAll(Modules.sources(Modules.all(ROOT), "src/fixtures"));
    for (Path file : tests) {
      assertThat(Files.readString(file)).as("%s", file).doesNotContainPattern(sleep);
    }
  }

  @Test
  void aFileOfMoreThan450LinesSaysWhyAndNoneHasMoreThan600() throws IOException {
    for (Path file : Modules.sources(Modules.all(ROOT), "src")) {
      int lines = Files.readAllLines(file).size();
      assertThat(lines).as("%s", file).isLessThanOrEqualTo(MOST_LINES_WITH_A_REASON);
      if (lines > MOST_LINES) {
        assertThat(Files.readString(file)).as("%s", file).contains("This file is long because");
      }
    }
  }

  @Test
  void theLoopFitsOnOneScreen() throws IOException {
    List<String> lines =
        Files.readAllLines(ROOT.resolve("scheduler/src/main/java/dev/heddle/scheduler/Loop.java"));
    assertThat(lengthOf("void run()", lines) + lengthOf("void pass()", lines))
        .isLessThanOrEqualTo(MOST_LINES_OF_THE_LOOP);
  }

  private static int lengthOf(String method, List<String> lines) {
    int from = 0;
    while (!lines.get(from).equals("  " + method + " {")) {
      from++;
    }
    int to = from;
    while (!lines.get(to).equals("  }")) {
      to++;
    }
    return to - from + 1;
  }

  private static List<Path> sources(String part) {
    return Modules.sources(ROOT.resolve(part));
  }

  private static List<String> imports(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("import "))
          .map(line -> line.replaceFirst("^import (static )?", ""))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
