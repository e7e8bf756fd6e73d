package dev.heddle.weave.classfile;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Whether an agent may have changed a class. */
final class ClassAgentsTest {
  @Test
  void manyClassesInARowAreNotTakenForChanged() {
    assertDoesNotThrow(
        () -> {
          for (int i = 0; i < 5_000; i++) {
            ClassAgents.check();
          }
        });
  }

  @Test
  void aVirtualThreadAsksToo() throws Exception {
    FutureTask<Boolean> asked =
        new FutureTask<>(
            () -> {
              ClassAgents.check();
              return JvmFacts.KNOWN;
            });
    Thread.ofVirtual().start(asked);
    assertTrue(asked.get());
  }
}
