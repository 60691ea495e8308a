// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.reach.Reach;
import tollway.signaling.Advert;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingListener;

/** Somebody with our signalling client; remembers what it was told. */
final class Person implements SignalingListener, AutoCloseable {
  private final Identity identity = Identity.generate(new SecureRandom());
  private final BlockingQueue<Signal> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<List<String>> connections = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> disconnections = new LinkedBlockingQueue<>();
  private final NettyEventLoop loop;
  private final NodeId egress;
  private final SignalingClient client;

  /**
   * Begins to connect to one of the freddies of {@code reach}; means {@code egress} in all it says.
   */
  Person(NettyEventLoop loop, NodeId egress, Reach reach) {
    this(loop, egress, reach, false);
  }

  /** {@code ownHost}: it is to meet others on its host. */
  Person(NettyEventLoop loop, NodeId egress, Reach reach, boolean ownHost) {
    this.loop = loop;
    this.egress = egress;
    client = new SignalingClient(loop, reach, identity, this);
    if (ownHost) {
      client.meetOwnHost();
    }
    loop.execute(client::start);
  }

  NodeId nodeId() {
    return identity.nodeId();
  }

  /** Waits for a connection; the STUN servers that freddie told. */
  List<String> connected() throws InterruptedException {
    List<String> stun = connections.poll(30, TimeUnit.SECONDS);
    assertThat(stun).as("connected; before that %s", disconnections).isNotNull();
    return stun;
  }

  /** Waits until a connection ends or does not come to be; why. */
  String disconnected() throws InterruptedException {
    String why = disconnections.poll(30, TimeUnit.SECONDS);
    assertThat(why).isNotNull();
    return why;
  }

  /** Why connections ended or did not come to be, that nobody waited for yet. */
  List<String> troubles() {
    return List.copyOf(disconnections);
  }

  void offers(int slots) {
    loop.execute(() -> client.offerSlots(new Advert(slots, List.of(egress), "v")));
  }

  void wishes(int count) {
    loop.execute(() -> client.requestPeers(new Signal.PeerRequest(count, egress, List.of())));
  }

  void says(Signal signal) {
    loop.execute(() -> client.send(signal));
  }

  /** Waits for the next signal, which is a {@code type}. */
  <S extends Signal> S hears(Class<S> type) throws InterruptedException {
    Signal next = heard.poll(30, TimeUnit.SECONDS);
    assertThat(next).isInstanceOf(type);
    return type.cast(next);
  }

  /** What it heard and was not asked for yet. */
  List<Signal> unasked() {
    return List.copyOf(heard);
  }

  /** Leaves, and does not come back. */
  @Override
  public void close() {
    loop.execute(client::close);
  }

  @Override
  public void connected(List<String> stun) {
    connections.add(stun);
  }

  @Override
  public void disconnected(String why) {
    disconnections.add(why);
  }

  @Override
  public void matched(Signal.Matched match) {
    heard.add(match);
  }

  @Override
  public void description(Signal.Description description) {
    heard.add(description);
  }

  @Override
  public void candidate(Signal.Candidate candidate) {
    heard.add(candidate);
  }

  @Override
  public void hungUp(Signal.HangUp hangUp) {
    heard.add(hangUp);
  }

  @Override
  public void refused(Signal.Refusal refusal) {
    if (refusal.code() != Signal.Code.STOPPING) {
      heard.add(refusal);
    }
  }
}
