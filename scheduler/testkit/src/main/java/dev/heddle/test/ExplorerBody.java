package dev.heddle.test;

/**
 * A test that an {@link Explorer} runs many times, each time with another order of turns.
 *
 * <pre>{@code
 * Explorer.of(sim -> {
 *   Account account = new Account();
 *   sim.scheduler().spawn("A", co -> account.deposit(co, 10));
 *   sim.scheduler().spawn("B", co -> account.deposit(co, 20));
 *   sim.run();
 *   if (account.balance() != 30) {
 *     throw new AssertionError("the balance is " + account.balance());
 *   }
 * }).check();
 * }</pre>
 */
@FunctionalInterface
public interface ExplorerBody {
  /**
   * Makes all that the test needs, spawns the tasks, lets them run by {@link Simulation#run}, and
   * checks what came of it. Tasks that it has spawned and not run are run when it returns. Whatever
   * it or one of its tasks throws is a failure. It must make everything anew: what one run leaves
   * in a static field is seen by the next, which then is no repetition.
   */
  void run(Simulation sim) throws Exception;
}
