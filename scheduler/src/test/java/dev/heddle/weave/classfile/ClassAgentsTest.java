package dev.heddle.weave.classfile;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

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
}
