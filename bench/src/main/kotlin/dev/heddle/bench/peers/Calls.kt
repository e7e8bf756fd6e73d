package dev.heddle.bench.peers

import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield

/** What the benchmarks of suspending calls do, done with Kotlin's `suspend` functions. */
object Calls {
  private const val NEVER = Int.MIN_VALUE

  private interface Adder {
    suspend fun SequenceScope<Int>.add(a: Int, b: Int): Int
  }

  private class First : Adder {
    override suspend fun SequenceScope<Int>.add(a: Int, b: Int): Int {
      if (a == NEVER) yield(b)
      return 31 * a + b
    }
  }

  private class Second : Adder {
    override suspend fun SequenceScope<Int>.add(a: Int, b: Int): Int {
      if (a == NEVER) yield(b)
      return 29 * a + b
    }
  }

  private class Third : Adder {
    override suspend fun SequenceScope<Int>.add(a: Int, b: Int): Int = sum(a, b)
  }

  private class Fourth : Adder {
    override suspend fun SequenceScope<Int>.add(a: Int, b: Int): Int = sum(a, b)
  }

  private class Fifth : Adder {
    override suspend fun SequenceScope<Int>.add(a: Int, b: Int): Int = sum(a, b)
  }

  private class Sixth : Adder {
    override suspend fun SequenceScope<Int>.add(a: Int, b: Int): Int = sum(a, b)
  }

  private suspend fun SequenceScope<Int>.sum(a: Int, b: Int): Int {
    if (a == NEVER) yield(b)
    return 31 * a + b
  }

  /** Each item takes so many calls of a function that does not suspend. */
  @JvmStatic
  fun ofAFunction(calls: Int): Iterator<Int> = iterator {
    while (true) {
      var sum = 0
      for (i in 0 until calls) {
        sum = sum(sum, i)
      }
      yield(sum)
    }
  }

  /** The same through an interface, to receivers of so many classes in turn. */
  @JvmStatic
  fun ofAnInterface(calls: Int, receivers: Int): Iterator<Int> = iterator {
    val adders = listOf(First(), Second(), Third(), Fourth(), Fifth(), Sixth())
    val all = Array(8) { adders[it % receivers] }
    while (true) {
      var sum = 0
      for (i in 0 until calls) {
        sum = with(all[i and 7]) { add(sum, i) }
      }
      yield(sum)
    }
  }

  /** Each item is yielded at the same place at this depth of calls. */
  @JvmStatic
  fun itemsAt(depth: Int): Iterator<Int> = iterator {
    if (depth > 0) {
      itemsBelow(depth)
    }
    while (true) {
      yield(1)
    }
  }

  private suspend fun SequenceScope<Int>.itemsBelow(depth: Int): Int {
    if (depth > 1) {
      return itemsBelow(depth - 1) + 1
    }
    while (true) {
      yield(1)
    }
  }

  /** Before each item so many functions are called, and all return after it. */
  @JvmStatic
  fun descents(depth: Int): Iterator<Int> = iterator {
    while (true) {
      if (depth == 0) yield(1) else descend(depth)
    }
  }

  private suspend fun SequenceScope<Int>.descend(depth: Int): Int {
    if (depth > 1) {
      return descend(depth - 1) + 1
    }
    yield(1)
    return 1
  }

  /** Coroutines that give up their turn at this depth of calls. */
  @JvmStatic
  fun turnsAt(depth: Int, tasks: Int, turns: Int) = runBlocking {
    repeat(tasks) {
      launch {
        if (depth > 0) {
          turnsBelow(depth, turns)
        } else {
          repeat(turns) { yield() }
        }
      }
    }
  }

  private suspend fun turnsBelow(depth: Int, turns: Int): Int {
    if (depth > 1) {
      return turnsBelow(depth - 1, turns) + 1
    }
    repeat(turns) { yield() }
    return 1
  }

  /** Is suspended at this depth of calls, each of which keeps a name and a number. */
  @JvmStatic
  fun suspendedAt(depth: Int, name: String): Iterator<String> =
    iterator { if (depth == 0) yield(name) else keep(name, depth) }.also { it.hasNext() }

  private suspend fun SequenceScope<String>.keep(name: String, depth: Int): Int {
    var more = 0
    if (depth > 1) {
      more = keep(name, depth - 1)
    } else {
      yield(name)
    }
    return name.length + depth + more
  }
}
