package dev.heddle.transport.zmtp;

import dev.heddle.transport.Address;
import dev.heddle.transport.parts.Outgoing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One role at one address, with its peers: what is to be sent, and who may send it. */
final class ZmtpSocket {
  private final ZmtpTransport transport;
  private final Address address;
  private final ZmtpRole role;

  /** Of PUSH and REQ: what no peer has taken yet. */
  private final ArrayDeque<Outgoing> ready = new ArrayDeque<>();

  private final List<ZmtpPeer> peers = new ArrayList<>();

  ZmtpSocket(ZmtpTransport transport, Address address, ZmtpRole role) {
    this.transport = transport;
    this.address = address;
    this.role = role;
  }

  ZmtpTransport transport() {
    return transport;
  }

  Address address() {
    return address;
  }

  ZmtpRole role() {
    return role;
  }

  int peers() {
    return peers.size();
  }

  /** Of PUB: how many names the peers want. */
  int subscriptions() {
    return peers.stream().mapToInt(ZmtpPeer::subscriptions).sum();
  }

  void add(ZmtpPeer peer) {
    peers.add(peer);
  }

  void remove(ZmtpPeer peer) {
    peers.remove(peer);
  }

  void send(Outgoing message) {
    if (role != ZmtpRole.PUB) {
      ready.add(message);
      peers.forEach(peer -> peer.work().ring());
      return;
    }
    for (ZmtpPeer peer : peers) {
      peer.publish(message.body());
    }
    transport.sent(message);
  }

  /** The next message, for a peer that is free to send it. */
  @Nullable Outgoing next() {
    return ready.poll();
  }

  boolean hasNext() {
    return !ready.isEmpty();
  }

  /** It could not be sent to the end; another peer takes it. */
  void back(Outgoing message) {
    ready.addFirst(message);
    peers.forEach(peer -> peer.work().ring());
  }

  /** Nobody waits for the answer any more. */
  void abandoned(Outgoing question) {
    boolean _ = ready.remove(question);
    for (ZmtpPeer peer : List.copyOf(peers)) {
      peer.abandoned(question);
    }
  }

  /** Messages of the peers are over. */
  void room() {
    peers.forEach(peer -> peer.room().ring());
  }

  void close() {
    ready.clear();
    List.copyOf(peers).forEach(ZmtpPeer::close);
  }

  @Override
  public String toString() {
    return role + " at " + address;
  }
}
