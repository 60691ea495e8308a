// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.stun.NatMapping;
import tollway.stun.StunResponder;

/**
 * An agent as a process of its own, for tests with namespaces: orders on stdin, news on stdout.
 * Arguments: {@code stun ADDRESS:PORT} for a responder; or a role and the STUN servers.
 */
public final class IceProbe implements IceListener {
  private final IceAgent agent;
  private long datagrams;
  private long bytes;

  private IceProbe(NettyEventLoop loop, IceRole role, List<InetSocketAddress> servers)
      throws Exception {
    IceConfig config =
        IceConfig.defaults()
            .withStunServers(servers)
            .withConsent(Duration.ofMillis(500), Duration.ofSeconds(4))
            .withConnectTimeout(Duration.ofSeconds(60));
    agent =
        CompletableFuture.supplyAsync(() -> IceAgent.open(loop, config, role, this), loop).get();
  }

  public static void main(String[] arguments) throws Exception {
    NettyLoops loops = new NettyLoops(1);
    if (arguments[0].equals("stun")) {
      StunResponder responder = StunResponder.bind(loops, address(arguments[1]));
      say("open " + responder.addresses());
      System.in.read();
      responder.close();
      return;
    }
    List<InetSocketAddress> servers = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      servers.add(address(arguments[i]));
    }
    NettyEventLoop loop = loops.next();
    IceProbe probe = new IceProbe(loop, IceRole.valueOf(arguments[0]), servers);
    IceCredentials mine = probe.agent.localCredentials();
    say("credentials " + mine.ufrag() + " " + mine.password());
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      String now = order;
      loop.execute(() -> probe.obey(now));
    }
    loop.execute(probe.agent::close);
    loops.close();
  }

  private static InetSocketAddress address(String text) throws Exception {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        InetAddress.getByName(text.substring(0, colon)),
        Integer.parseInt(text.substring(colon + 1)));
  }

  private void obey(String order) {
    String[] words = order.split(" ");
    switch (words[0]) {
      case "credentials" -> agent.remoteCredentials(new IceCredentials(words[1], words[2]));
      case "gather" -> agent.gather();
      case "burst" -> burst(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      case "count" -> say("counted " + datagrams + " " + bytes);
      default -> addCandidate(order);
    }
  }

  private void addCandidate(String line) {
    try {
      IceCandidate.parse(line).ifPresent(agent::addRemoteCandidate);
    } catch (tollway.bytes.MalformedBytesException malformed) {
      say("malformed " + line);
    }
  }

  private void burst(int count, int size) {
    for (int i = 0; i < count; i++) {
      agent.send(IcePeer.buffer("x".repeat(size)));
    }
    agent.flush();
  }

  private static synchronized void say(String news) {
    System.out.println(news);
  }

  @Override
  public void onLocalCandidate(IceCandidate candidate) {
    say(candidate.line());
  }

  @Override
  public void onGatheringDone(NatMapping nat) {
    say("gathered");
  }

  @Override
  public void onConnected() {
    say("connected");
  }

  @Override
  public void onDatagram(ByteBuf datagram) {
    datagrams++;
    bytes += datagram.readableBytes();
  }

  @Override
  public void onFailed(String why) {
    say("failed " + why);
  }
}
