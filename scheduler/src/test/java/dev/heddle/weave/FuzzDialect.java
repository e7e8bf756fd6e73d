package dev.heddle.weave;

/** The two ways to write a random program: as the body of a coroutine, or of a task. */
enum FuzzDialect {
  COROUTINE("Yielder<Object, Object>", "CoroutineBody<Object, Object, Object>"),
  TASK("Awaiter", "TaskFunction<Object>");

  /** The type of the suspender. */
  final String suspender;

  /** The type of a body. */
  final String body;

  FuzzDialect(String suspender, String body) {
    this.suspender = suspender;
    this.body = body;
  }

  /** An expression of type Object that suspends. */
  String suspend(String suspenderName, String value) {
    return this == COROUTINE
        ? suspenderName + ".yield(" + value + ")"
        : suspenderName + ".await(TaskRun.hand(" + value + "))";
  }

  /** An expression that runs a body as a part of the one that is being written. */
  String delegate(String suspenderName, String part) {
    return this == COROUTINE
        ? suspenderName + ".yieldFrom(Coroutine.of(" + part + "))"
        : suspenderName + ".yieldFrom(" + part + ")";
  }
}
