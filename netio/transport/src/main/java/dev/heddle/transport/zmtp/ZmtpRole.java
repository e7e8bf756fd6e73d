package dev.heddle.transport.zmtp;

import dev.heddle.transport.Address;

/** What one side of a ZeroMQ connection does. */
public enum ZmtpRole {
  /** Puts to a queue: each message goes to one of the peers. */
  PUSH,
  /** Receives from a queue. */
  PULL,
  /** Puts to a topic: two frames, the name of the topic and the message. */
  PUB,
  /** Receives from a topic. */
  SUB,
  /** Asks at a queue, one question at a time for each connection. */
  REQ,
  /** Answers at a queue. */
  REP;

  /** What the peer has to be. */
  ZmtpRole other() {
    return switch (this) {
      case PUSH -> PULL;
      case PULL -> PUSH;
      case PUB -> SUB;
      case SUB -> PUB;
      case REQ -> REP;
      case REP -> REQ;
    };
  }

  /** Whether the peer's name for itself fits, which for some may be a wider one. */
  boolean fits(String peer) {
    return peer.equals(other().name())
        || switch (this) {
          case PUB -> peer.equals("XSUB");
          case SUB -> peer.equals("XPUB");
          case REQ -> peer.equals("ROUTER");
          case REP -> peer.equals("DEALER");
          case PUSH, PULL -> false;
        };
  }

  boolean sends() {
    return this == PUSH || this == PUB || this == REQ;
  }

  boolean isOfTopics() {
    return this == PUB || this == SUB;
  }

  void check(Address address) {
    if (address.isTopic() != isOfTopics()) {
      throw new IllegalArgumentException(
          this + " at " + address + ": must be a " + (isOfTopics() ? "topic" : "queue"));
    }
  }
}
