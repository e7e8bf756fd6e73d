/**
 * Messages between schedulers, processes and machines: one contract, and the transports that keep
 * it as far as they say.
 */
module dev.heddle.transport {
  requires transitive dev.heddle.netio;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  exports dev.heddle.transport;
  exports dev.heddle.transport.local;

  opens dev.heddle.transport to
      dev.heddle.scheduler; // which weaves the bodies of the endpoints
}
