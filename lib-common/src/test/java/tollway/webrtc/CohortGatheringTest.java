// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.cohort.KnownServers;
import tollway.cohort.KnownServers.Source;
import tollway.crawl.ScriptedServer;
import tollway.crawl.ScriptedServer.Kind;
import tollway.lab.Await;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.stun.StunCohort;

/** Agents that ask servers of all kinds, over loopback. */
final class CohortGatheringTest {
  private final NettyLoops loops = new NettyLoops(1);
  private final NettyEventLoop loop = loops.next();
  private final List<IcePeer> peers = new ArrayList<>();
  private final List<ScriptedServer> servers = new ArrayList<>();
  private final List<InetSocketAddress> heard = Collections.synchronizedList(new ArrayList<>());
  private final KnownServers known =
      new KnownServers(loop, new Random(3), (at, after) -> heard.add(at));

  @AfterEach
  void close() throws Exception {
    for (IcePeer peer : peers) {
      peer.close();
    }
    servers.forEach(ScriptedServer::close);
    loops.close();
  }

  /** Each at an address of its own. */
  private List<InetSocketAddress> start(Kind... kinds) throws Exception {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (Kind kind : kinds) {
      ScriptedServer server = ScriptedServer.on(kind, "127.0.0." + (10 + servers.size()));
      servers.add(server);
      addresses.add(server.address());
    }
    return addresses;
  }

  private List<InetSocketAddress> draw() throws Exception {
    return IcePeer.onLoop(loop, known::draw).servers();
  }

  private IcePeer peer(IceConfig config, IceRole role) throws Exception {
    IcePeer peer = new IcePeer(loop, config, role);
    peers.add(peer);
    return peer;
  }

  private IcePeer gather() throws Exception {
    StunCohort cohort = IcePeer.onLoop(loop, known::draw);
    IcePeer peer =
        peer(IceConfig.defaults().withLoopback(true).withStun(cohort), IceRole.CONTROLLING);
    peer.run(peer.agent::gather);
    return peer;
  }

  private void learn(Source source, List<InetSocketAddress> named) throws Exception {
    IcePeer.onLoop(
        loop,
        () -> {
          known.learn(source, named);
          return true;
        });
  }

  @Test
  void whoIsOfNoUseMakesRoomForOthers() throws Exception {
    List<InetSocketAddress> bad =
        start(Kind.SILENT, Kind.GARBAGE, Kind.REFUSING, Kind.EMPTY, Kind.WRONG_ID);
    List<InetSocketAddress> good = start(Kind.HONEST, Kind.HONEST);
    learn(Source.PERSON, bad);
    learn(Source.FREDDIE, good);
    assertThat(draw()).containsExactlyInAnyOrderElementsOf(bad);
    gather().awaitGathered();
    assertThat(heard).isEmpty();
    assertThat(servers.subList(0, 5)).allMatch(server -> server.asked() > 0);
    assertThat(draw()).containsExactlyInAnyOrderElementsOf(good);
    gather().awaitGathered();
    assertThat(heard).containsExactlyInAnyOrderElementsOf(good);
    assertThat(draw()).containsExactlyInAnyOrderElementsOf(good);
  }

  @Test
  void aLiarAmongThreeOthersIsNotAskedAgain() throws Exception {
    List<InetSocketAddress> honest = start(Kind.HONEST, Kind.HONEST, Kind.HONEST);
    List<InetSocketAddress> all = new ArrayList<>(honest);
    all.addAll(start(Kind.LIAR));
    learn(Source.FREDDIE, all);
    IcePeer asking = gather();
    asking.awaitGathered();
    assertThat(asking.ask(() -> List.copyOf(asking.candidates)))
        .as("each answer is told when it comes")
        .anyMatch(candidate -> candidate.address().getPort() == 6666);
    assertThat(draw()).containsExactlyInAnyOrderElementsOf(honest);
  }

  /** What would be held up is told before the silent one could be given up. */
  @Test
  void oneBlackHoleAmongFiveHoldsUpNothing() throws Exception {
    List<InetSocketAddress> all =
        start(Kind.SILENT, Kind.HONEST, Kind.HONEST, Kind.HONEST, Kind.LIAR);
    learn(Source.FREDDIE, all);
    IcePeer alice = gather();
    IcePeer bob = peer(IceConfig.defaults().withLoopback(true), IceRole.CONTROLLED);
    IcePeer.join(alice, bob);
    alice.awaitConnected();
    bob.awaitConnected();
    assertThat(alice.gathered.getCount()).as("connected before gathering ended").isOne();
    Await.until("the others have answered", () -> heard.size() == 4);
    alice.close();
    // It was cut short: nobody is blamed for a silence that was not waited for.
    assertThat(draw()).hasSize(5);
  }
}
