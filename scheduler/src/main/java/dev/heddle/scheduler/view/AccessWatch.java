package dev.heddle.scheduler.view;

import dev.heddle.coroutine.engine.Stamps;

/**
 * Hears of what woven bodies read and write, on the thread that does them, before they do: see
 * {@link KernelView#watchAccesses}. It must not throw. A site is a method with its file and line.
 *
 * <p>It is the engine's own listener under a name that the test kit can see.
 */
public interface AccessWatch extends Stamps.Listener {}
