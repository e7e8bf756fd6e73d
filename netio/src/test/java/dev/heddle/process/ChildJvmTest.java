package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.Task;
import org.junit.jupiter.api.Test;

/** The options of a child's JVM that whoever starts a program may set for all its children. */
class ChildJvmTest {
  private static final String PROPERTY = "heddle.child.jvm";

  static String property(String name) {
    return System.getProperty(name, "(none)");
  }

  @Test
  void thePropertyHasWordsAndNoneIsTheUsualCollector() {
    assertThat(ChildJvm.options(null)).containsExactly("-XX:+UseSerialGC");
    assertThat(ChildJvm.options(" -Xmx200m   -Da=b\n")).containsExactly("-Xmx200m", "-Da=b");
    assertThat(ChildJvm.options("")).isEmpty();
  }

  @Test
  void aChildHasThePropertyToSoThatItsOwnChildrenHaveTheOptions() throws Exception {
    String before = System.getProperty(PROPERTY);
    System.setProperty(PROPERTY, "-Dof.all=yes");
    ProcessOptions options = ProcessOptions.DEFAULT.withJvmOptions("-Dof.one=1");
    try {
      Scheduler.run(
          () -> {
            try (ProcessPool pool = ProcessPool.open(Task.current().scheduler(), 1, options)) {
              assertThat(await(pool.apply(ChildJvmTest::property, PROPERTY)))
                  .isEqualTo("-Dof.all=yes");
              assertThat(await(pool.apply(ChildJvmTest::property, "of.one"))).isEqualTo("1");
              assertThat(await(pool.apply(ChildJvmTest::property, "of.all"))).isEqualTo("(none)");
            }
          });
    } finally {
      if (before == null) {
        System.clearProperty(PROPERTY);
      } else {
        System.setProperty(PROPERTY, before);
      }
    }
  }
}
