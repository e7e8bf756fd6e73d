package dev.heddle.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.tools.attach.VirtualMachine;
import dev.heddle.fixtures.Foreign;
import dev.heddle.scheduler.Scheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.management.JMX;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A program that hangs, seen from another process. */
class AttachedJvmTest {
  private static Process program;

  @BeforeAll
  static void start() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    program =
        new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+EnableDynamicAgentLoading",
                "-cp",
                System.getProperty("java.class.path"),
                HungProgram.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader said = program.inputReader(StandardCharsets.UTF_8);
    assertThat(said.readLine()).isEqualTo("hangs");
  }

  @AfterAll
  static void stop() throws Exception {
    program.getOutputStream().close();
    assertThat(program.waitFor(40, TimeUnit.SECONDS)).isTrue();
  }

  private static String ask(String question) throws IOException {
    return AttachedJvm.ask(program.pid(), question);
  }

  /** A busy machine may hold up the program, so that its loop does not answer in time. */
  private static String askUntil(String question, String... words) throws IOException {
    String answer = ask(question);
    while (!List.of(words).stream().allMatch(answer::contains)) {
      answer = ask(question);
    }
    return answer;
  }

  @Test
  void aCycleOfLocksShowsWhoHoldsAndAsksAtWhichLine() throws IOException {
    String dump =
        askUntil(
            "dump",
            "lock 'right' held by",
            "lock 'left' held by",
            "HungProgram.both(HungProgram.java:");
    assertThat(dump).containsPattern("'lefty' waits .* for lock 'right' held by task 'righty'");
    assertThat(dump).containsPattern("'righty' waits .* for lock 'left' held by task 'lefty'");
  }

  @Test
  void aLoopThatIsHeldUpNamesTheTaskThatHoldsItAndThoseWhoStarve() throws IOException {
    String lines = askUntil("ps", "starved", "HungProgram.hog:");
    assertThat(lines).containsPattern("\\d +running +\\S.* +main +- +HungProgram\\.hog:\\d+");
    assertThat(lines).containsPattern("\\d +ready +\\S.* +starved +- +-");
    assertThat(lines).contains("seen from outside: the loop did not answer within");
  }

  @Test
  void aLostWakeShowsTheWaitThatNobodyEnds() throws IOException {
    String tree = askUntil("tree", "forgotten", "promise");
    assertThat(tree).containsPattern("\\+- #\\d+ 'forgotten\\?\\[31m' waits .* for .*promise");
    assertThat(tree).doesNotContain("\u001b");
  }

  @Test
  void whoHasTheTurnIsCounted() throws IOException {
    assertThat(ask("top 50")).containsPattern("100\\.0 % +main");
  }

  @Test
  void oneAgentAnswersAgainAndAgain() throws Exception {
    List<String> answers = new ArrayList<>();
    AttachedJvm.watch(
        program.pid(),
        "top 5",
        answer -> {
          answers.add(answer);
          return answers.size() < 3;
        });
    assertThat(answers).hasSize(3).allMatch(answer -> answer.contains("100.0 %  main"));
  }

  @Test
  void aLongQuestionKeepsNobodyElseFromAnAnswer() throws Exception {
    FutureTask<Void> asks = Foreign.start("asks", () -> ask("top 60000"));
    for (int i = 0; i < 10; i++) {
      assertThat(ask("ps")).contains("starved");
    }
    assertThat(asks.isDone()).as("before the long one was over").isFalse();
    asks.cancel(true);
  }

  @Test
  void jsonIsAnArrayWithAnObjectForEachScheduler() throws IOException {
    assertThat((List<?>) JsonReader.parse(ask("json"))).hasSize(2);
  }

  @Test
  void aTimelineOfAProgramThatHangsShowsWhoHoldsEachLoop() throws IOException {
    TraceEvents events = TraceEvents.parse(ask("trace 1500"));
    while (!events.arrows().contains("the loop -> main #1")) { // no sleep was over in this time
      events = TraceEvents.parse(ask("trace 1500"));
    }
    events.checkForm();
    assertThat(events.track("main #1")).contains("main (has the turn still)");
    assertThat(events.track("the loop")).contains("STALL by task 'main' (has the turn still)");
  }

  @Test
  @SuppressWarnings("BanJNDI") // it asks a child of its own
  void anMXBeanIsRegisteredInAProgramThatDidNotAskForOneAndIsSeenOverJmx() throws Exception {
    String names = ask("mxbean");
    assertThat(names.lines())
        .containsExactlyInAnyOrder(
            "dev.heddle:type=Scheduler,name=scheduler-1",
            "dev.heddle:type=Scheduler,name=scheduler-2");
    VirtualMachine jvm = VirtualMachine.attach("" + program.pid());
    String address = jvm.startLocalManagementAgent();
    jvm.detach();
    try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
      for (String name : names.lines().toList()) {
        SchedulerMXBean bean =
            JMX.newMXBeanProxy(
                connector.getMBeanServerConnection(), new ObjectName(name), SchedulerMXBean.class);
        assertThat(bean.isRunning()).isTrue();
        assertThat(bean.getStats().loop().turns()).isNotNegative();
        assertThat(bean.dump()).contains("'main'");
        assertThat(bean.tree()).containsAnyOf("starved", "righty");
        assertThat(bean.getTasks()).isIn(2, 4);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "trace 0, must be ps",
    "trace x, must be ps",
    "top 0, must be ps",
    "top 60001, must be ps",
    "what, must be ps",
  })
  void aWrongQuestionIsNamedWithTheOnesThereAre(String question, String words) {
    assertThatThrownBy(() -> ask(question))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("process " + program.pid())
        .hasMessageContaining("'" + question + "'")
        .hasMessageContaining(words);
  }

  @Test
  void aProcessThatIsNoJvmAndOneThatIsNotThereAreToldInOneLine() throws Exception {
    Process other = new ProcessBuilder("cat").start();
    try {
      assertThatThrownBy(() -> AttachedJvm.ask(other.pid(), "ps"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("process " + other.pid() + ": cannot attach, is it a JVM");
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThatThrownBy(() -> AttachedJvm.ask(other.pid(), "ps"))
        .hasMessage("process " + other.pid() + ": there is none");
    assertThatThrownBy(() -> AttachedJvm.ask(0, "ps"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("process 0: must be 1 or more");
  }

  @Test
  void aSchedulerIsKnownWhileItRunsAndNotBeforeOrAfter() {
    Scheduler[] seen = new Scheduler[1];
    try (Scheduler scheduler = Scheduler.create()) {
      scheduler.spawn(co -> seen[0] = RunningSchedulers.all().getLast());
      assertThat(RunningSchedulers.all()).doesNotContain(scheduler);
      scheduler.run();
      assertThat(seen[0]).isSameAs(scheduler);
      assertThat(RunningSchedulers.all()).doesNotContain(scheduler);
    }
    assertThat(RunningSchedulers.answer("ps")).isNotNull();
  }
}
