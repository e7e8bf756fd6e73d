package dev.heddle.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.fixtures.CompiledBodies;
import org.junit.jupiter.api.Test;

/** Whatever bodies stand in our classes are woven, but for those that are refused on purpose. */
final class CompiledBodiesTest {

  @Test
  void allBodiesInTheLibraryAreWovenButOneForThoseThatAreNot() {
    assertThat(CompiledBodies.beside(Coroutine.class).refused())
        .containsExactly("PartOnStack: its Yielder is passed to apply()");
  }

  /**
   * A body that gives its Yielder or Awaiter away runs on a stack. Tests of stacks do it on
   * purpose; one that does not should not stand here.
   */
  @Test
  void allBodiesInTheTestsAreWovenButThoseOfTestsAboutStacks() {
    CompiledBodies bodies = CompiledBodies.beside(CompiledBodiesTest.class);
    assertThat(bodies.woven()).hasSizeGreaterThan(350);
    assertThat(bodies.refused())
        .filteredOn(
            line ->
                !line.matches(
                    "(AccessTest|RefusalTest|MethodFoundTest|CompilerBodies): .*")) // check each
        // themselves
        .filteredOn(line -> !line.matches("\\w*Call\\w*Bodies: .*")) // CallTest checks each
        .isSubsetOf(
            // a bare continuation and monitors
            "ContinuationTest: its Yielder is stored in forTheInitializer",
            "ContinuationTest: its method is synchronized",
            "ContinuationTest: suspends inside synchronized",
            // from any call depth
            "CallTest: its Awaiter is captured by an inner lambda",
            "CoroutineTest: its Yielder is captured by an inner lambda",
            "DeepStackTest: its Yielder is captured by the method reference ::yield",
            // by nobody but the body
            "GeneratorSemanticsTest: its Yielder is captured by an inner lambda",
            "GeneratorSemanticsTest: its Yielder is passed to add()",
            // scripts that are run in any style
            "Kind: its Awaiter is passed to the constructor of Hidden",
            "PartsTest: its Awaiter is passed to add()",
            "PartsTest: its Awaiter is passed to of()",
            "PartsTest: a part on a stack: onStackInStructure(): its Awaiter is captured by an"
                + " inner lambda",
            "PartsTest: a part on a stack: onStackWithAnInnerBody(): its Awaiter is captured by an"
                + " inner lambda",
            "ScriptStep: its Yielder is passed to the constructor of ByStep",
            "SuspendedAtTest: its Yielder is captured by an inner lambda",
            "TaskRun: its Yielder is passed to the constructor of HandedOn",
            "FlightTest: its Awaiter is passed to add()",
            "LiveViewTest: its Awaiter is passed to add()",
            "WovenBodiesTest: its Awaiter is passed to add()",
            "WovenTaskTest: its Awaiter is passed to add()",
            "WovenTaskTest: a part on a stack: give(): its Awaiter is passed to add()",
            // scripts that assert what an await throws, or give their Awaiter to a player
            "AcrossLoopsTest: its Awaiter is captured by an inner lambda",
            "ActorSchedulerTest: its Awaiter is passed to the constructor of Player",
            "CancelScopeTest: its Awaiter is captured by an inner lambda",
            "CancellationTest: its Awaiter is captured by an inner lambda",
            "EventAgainTest: a part on a stack: task(): its Awaiter is captured by an inner lambda",
            "EventAgainTest: its Awaiter is captured by an inner lambda",
            "EventContract: a part on a stack: play(): its Awaiter is captured by an inner lambda",
            "EventScenes: its Awaiter is captured by an inner lambda",
            "ExpiredScopeTest: its Awaiter is captured by an inner lambda",
            "FailureTest: its Awaiter is captured by an inner lambda",
            "FailureTest: its Awaiter is captured by the method reference ::await",
            "ForeignCodeTest: its Awaiter is captured by an inner lambda",
            "GeneratorInTaskTest: its Awaiter is captured by an inner lambda",
            "GroupEndTest: its Awaiter is captured by an inner lambda",
            "GroupFailureTest: its Awaiter is captured by an inner lambda",
            "HookFailureTest: its Awaiter is captured by an inner lambda",
            "JoinTest: its Awaiter is captured by an inner lambda",
            "MoveTest: a part on a stack: onAStack(): its method is synchronized",
            "NestedSelectTest: its Awaiter is captured by an inner lambda",
            "PeriodicTimerTest: its Awaiter is passed to the constructor of Player",
            "PlacementTest: its Awaiter is captured by an inner lambda",
            "Play: its Awaiter is passed to the constructor of Player",
            "PollableQueueEndTest: its Awaiter is captured by an inner lambda",
            "PollableQueueTest: its Awaiter is captured by an inner lambda",
            "PromiseTest: its Awaiter is captured by an inner lambda",
            "ResultIteratorTest: its Awaiter is captured by an inner lambda",
            "SelectArmTest: its Awaiter is captured by an inner lambda",
            "SelectCasesTest: its Awaiter is captured by an inner lambda",
            "SelectTest: its Awaiter is captured by an inner lambda",
            "TaskGroupLeavingTest: its Awaiter is captured by an inner lambda",
            "TaskGroupPolicyTest: its Awaiter is captured by an inner lambda",
            "TaskGroupTest: its Awaiter is captured by an inner lambda",
            "TaskStateTest: its Awaiter is captured by an inner lambda",
            "ThreadPoolManyTest: its Awaiter is captured by an inner lambda",
            "ThreadPoolTest: its Awaiter is captured by an inner lambda",
            "TimersTest: its Awaiter is captured by an inner lambda",
            "Troupe: its Awaiter is passed to the constructor of Player",
            "UndoFailureTest: a part on a stack: assertFailsToBeUndone(): its Awaiter is captured"
                + " by an inner lambda",
            "UndoFailureTest: a part on a stack: assertFailsToBeUndone(): its Awaiter is captured"
                + " by an inner lambda; assertFailsToBeUndone(): its Awaiter is captured by an"
                + " inner lambda; assertFailsToBeUndone(): its Awaiter is captured by an inner"
                + " lambda",
            "UndoFailureTest: its Awaiter is captured by an inner lambda",
            "UserCodeThrowsTest: its Awaiter is captured by an inner lambda",
            "UserEventTest: its Awaiter is captured by an inner lambda",
            "WithinTest: its Awaiter is captured by an inner lambda",
            // what cannot be woven
            "DifferentialTest: its Awaiter is captured by an inner lambda",
            "DurationEdgesTest: its Awaiter is captured by an inner lambda",
            "FuzzComparison: its Awaiter is captured by an inner lambda",
            "TraceCalls: a part on a stack: onStack(): its Awaiter is captured by an inner lambda",
            "SuspendingCallTest: a part on a stack: store(): its Yielder is passed to add()",
            "StaticInitializerTest: its Yielder is captured by the method reference ::yield",
            "MirrorTest: a part on a stack: inPart(): suspends inside synchronized",
            "SupervisionTest: its Awaiter is captured by an inner lambda",
            "MirrorTest: its Awaiter is captured by an inner lambda",
            "WrongAwaitTest: its Awaiter is captured by an inner lambda",
            "WrongThreadTest: its Awaiter is captured by an inner lambda",
            "WrongThreadTest: its Awaiter is stored in an array");
  }
}
