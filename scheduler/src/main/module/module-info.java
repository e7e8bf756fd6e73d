/**
 * Coroutines, the round-robin scheduler, and what stands on it without I/O.
 *
 * <p>The packages that users need are exported. The weaver, which rewrites bodies, is not.
 *
 * <p>A body is woven only if its package is open to this module: write {@code opens my.package to
 * dev.heddle.scheduler} in your own descriptor. A body in a package that is not open runs on an
 * engine with a stack, with the same result. The faster of these engines needs {@code --add-opens
 * java.base/java.lang=dev.heddle.scheduler} on the command line of {@code java}.
 */
@SuppressWarnings({"module", "requires-automatic"}) // micrometer.core is no module yet, and
// the modules that it is opened to are not there when it is compiled
module dev.heddle.scheduler {
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;
  // Only for dev.heddle.trace.AttachedJvm, and for the agent that it loads.
  requires static java.instrument;
  requires static jdk.attach;
  // Only for dev.heddle.jfr, which does nothing without it.
  requires static jdk.jfr;
  // Only for dev.heddle.trace.Inspector, the live page.
  requires static jdk.httpserver;
  // Only for dev.heddle.micrometer, a binder that no other class names.
  requires static micrometer.core;
  // Only for the MXBean of a scheduler that was asked for one.
  requires static java.management;

  exports dev.heddle.actor;
  exports dev.heddle.coroutine;
  exports dev.heddle.group;
  exports dev.heddle.micrometer;
  exports dev.heddle.pool;
  exports dev.heddle.scheduler;
  exports dev.heddle.stats;
  exports dev.heddle.sync;
  exports dev.heddle.trace;
  exports dev.heddle.jfr to
      dev.heddle.netio;
  exports dev.heddle.log to
      dev.heddle.netio;
  exports dev.heddle.record to
      dev.heddle.netio;
  exports dev.heddle.scheduler.view to
      dev.heddle.test;
}
