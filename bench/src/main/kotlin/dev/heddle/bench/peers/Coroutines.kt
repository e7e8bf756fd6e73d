package dev.heddle.bench.peers

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.Semaphore
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield

/**
 * What the benchmarks do with tasks, done with Kotlin's coroutines: all of them on the thread that
 * calls, by the event loop of `runBlocking`.
 */
object Coroutines {
  private const val ITEM = 1
  private const val LONG_MILLIS = 60_000L

  /** Coroutines that give up their turn. */
  @JvmStatic
  fun turns(tasks: Int, turns: Int) = runBlocking {
    repeat(tasks) {
      launch {
        repeat(turns) {
          yield()
        }
      }
    }
  }

  /** One sends, one receives. */
  @JvmStatic
  fun channel(items: Int, capacity: Int) = runBlocking {
    val channel = Channel<Int>(capacity)
    launch { repeat(items) { channel.send(ITEM) } }
    launch { repeat(items) { channel.receive() } }
    Unit
  }

  /** Two hand a mutex to each other: each stands in its queue when the other lets go. */
  @JvmStatic
  fun mutex(handOffs: Int) = runBlocking {
    val mutex = Mutex()
    repeat(2) {
      launch {
        mutex.lock()
        yield()
        mutex.unlock()
        repeat(handOffs / 2 - 1) {
          mutex.lock()
          mutex.unlock()
        }
      }
    }
  }

  /** The same with a semaphore's only permit. */
  @JvmStatic
  fun semaphore(handOffs: Int) = runBlocking {
    val semaphore = Semaphore(1)
    repeat(2) {
      launch {
        semaphore.acquire()
        yield()
        semaphore.release()
        repeat(handOffs / 2 - 1) {
          semaphore.acquire()
          semaphore.release()
        }
      }
    }
  }

  /** One waits for the first of two channels; the other sends to one, then to the other. */
  @JvmStatic
  fun select(items: Int) = runBlocking {
    val left = Channel<Int>(1)
    val right = Channel<Int>(1)
    launch {
      repeat(items) {
        select<Int> {
          left.onReceive { it }
          right.onReceive { it }
        }
      }
    }
    launch {
      repeat(items) {
        (if (it % 2 == 0) left else right).trySend(ITEM)
        yield()
      }
    }
    Unit
  }

  /** One receives within a time that does not pass; the other sends. */
  @JvmStatic
  fun timeout(items: Int) = runBlocking {
    val channel = Channel<Int>(1)
    launch { repeat(items) { withTimeout(LONG_MILLIS) { channel.receive() } } }
    launch {
      repeat(items) {
        channel.trySend(ITEM)
        yield()
      }
    }
    Unit
  }

  /** Children that end at once, and a scope that ends with the last of them. */
  @JvmStatic
  fun groups(groups: Int, children: Int) = runBlocking {
    repeat(groups) {
      coroutineScope {
        repeat(children) {
          launch {}
        }
      }
    }
  }

  /** Many that sleep; each tells before and after. */
  @JvmStatic
  fun sleepers(tasks: Int, millis: Long, asleep: Runnable, awake: Runnable) = runBlocking {
    repeat(tasks) {
      launch {
        asleep.run()
        delay(millis)
        awake.run()
      }
    }
  }

  /** A message goes round among actors, each a coroutine with a channel. */
  @JvmStatic
  fun ring(actors: Int, rounds: Int) = runBlocking {
    val mailboxes = List(actors) { Channel<Int>(1) }
    for (i in 0 until actors) {
      launch {
        repeat(rounds) {
          mailboxes[(i + 1) % actors].send(mailboxes[i].receive())
        }
      }
    }
    mailboxes[0].send(ITEM)
  }

  /** One sends to each of some actors in turn. */
  @JvmStatic
  fun fanOut(actors: Int, rounds: Int, room: Int) = runBlocking {
    val mailboxes = List(actors) { Channel<Int>(room) }
    for (mailbox in mailboxes) {
      launch { repeat(rounds) { mailbox.receive() } }
    }
    repeat(rounds) {
      for (mailbox in mailboxes) {
        mailbox.send(ITEM)
      }
    }
  }

  /** Children that sleep, and a scope that is cancelled; each says that it has ended. */
  @JvmStatic
  fun cancelled(children: Int, ended: Runnable) = runBlocking {
    val scope = launch {
      repeat(children) {
        launch {
          try {
            delay(LONG_MILLIS)
          } finally {
            ended.run()
          }
        }
      }
    }
    while (scope.children.count() < children) {
      yield()
    }
    yield() // the last one sleeps
    scope.cancel()
  }
}
