/**
 * Sockets whose operations are events, the {@code java.nio} selector under the scheduler, and child
 * processes that do jobs.
 */
module dev.heddle.netio {
  requires transitive dev.heddle.scheduler;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  exports dev.heddle.net;
  exports dev.heddle.net.echo;
  exports dev.heddle.process;
  exports dev.heddle.process.codec;

  opens dev.heddle.net to
      dev.heddle.scheduler; // which weaves the bodies of the servers
  opens dev.heddle.net.echo to
      dev.heddle.scheduler;
}
