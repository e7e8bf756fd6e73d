package dev.heddle.samples.examples;

import dev.heddle.actor.Actor;
import dev.heddle.actor.Exchange;
import dev.heddle.actor.Reply;
import dev.heddle.process.codec.Codec;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.transport.Address;
import dev.heddle.transport.Transport;
import java.net.InetSocketAddress;

/** What examples of the transports use and do not declare. Nothing of it ever runs. */
abstract class TransportNames {
  Scheduler scheduler;
  Awaiter co;
  Transport transport;
  InetSocketAddress address;
  byte[] bytes;
  String password;

  Address accounts;
  Actor<Command> account;
  Codec codec;
  Exchange<String> events;

  abstract void handle(byte[] body);

  /** The messages of an account. */
  sealed interface Command {}

  record Deposit(long cents) implements Command {}

  record Balance() implements Command {}

  /** A question as the actor sees it. */
  record Ask(Balance question, Reply<Long> reply) implements Command {}
}
