package dev.heddle.coroutine;

/**
 * Thrown at the yield of a body that is being {@linkplain Coroutine#close closed}, so that its
 * {@code finally} blocks run. An {@code Error}, so that {@code catch (Exception e)} around a yield
 * does not swallow it; a body that catches it must end without yielding again (PEP 342).
 */
public final class GeneratorExit extends Error {
  private static final long serialVersionUID = 1L;

  GeneratorExit() {
    super("the coroutine is being closed");
  }
}
