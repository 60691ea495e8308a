// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tollway.bytes.MalformedBytesException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.stun.NatMapping;

/**
 * Many agents, one after the other or at once, as a process of its own: {@code NUMBER ORDER} on
 * stdin, {@code NUMBER NEWS} on stdout. Arguments: the STUN servers, and {@code map-ports}.
 */
public final class NatProbe {
  private static final Pattern ADDRESS = Pattern.compile("\\[?([0-9a-fA-F.:]+?)]?:(\\d+)");

  private final NettyEventLoop loop;
  private final IceConfig config;
  private final Map<String, IceAgent> agents = new HashMap<>();

  private NatProbe(NettyEventLoop loop, List<InetSocketAddress> servers, boolean mapPorts) {
    this.loop = loop;
    config = IceConfig.defaults().withStunServers(servers).withPortMapping(mapPorts);
  }

  public static void main(String[] arguments) throws Exception {
    List<InetSocketAddress> servers = new ArrayList<>();
    boolean mapPorts = false;
    for (String argument : arguments) {
      if (argument.equals("map-ports")) {
        mapPorts = true;
        continue;
      }
      Matcher parts = ADDRESS.matcher(argument);
      if (!parts.matches()) {
        throw new IllegalArgumentException(argument);
      }
      servers.add(
          new InetSocketAddress(
              InetAddress.getByName(parts.group(1)), Integer.parseInt(parts.group(2))));
    }
    try (NettyLoops loops = new NettyLoops(1)) {
      NettyEventLoop loop = loops.next();
      NatProbe probe = new NatProbe(loop, servers, mapPorts);
      say("0", "ready");
      BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String order = orders.readLine(); order != null; order = orders.readLine()) {
        String[] words = order.split(" ", 2);
        loop.execute(() -> probe.obey(words[0], words[1]));
      }
    }
  }

  private void obey(String number, String order) {
    String[] words = order.split(" ");
    IceAgent agent = agents.get(number);
    if (words[0].equals("open")) {
      IceAgent made = IceAgent.open(loop, config, IceRole.valueOf(words[1]), new News(number));
      agents.put(number, made);
      say(number, "credentials " + made.localCredentials().ufrag() + " " + password(made));
    } else if (agent == null) {
      say(number, "unknown");
    } else if (words[0].equals("credentials")) {
      agent.remoteCredentials(new IceCredentials(words[1], words[2]));
      agent.gather();
    } else if (words[0].equals("close")) {
      agent.close();
      agents.remove(number);
    } else {
      try {
        IceCandidate.parse(order).ifPresent(agent::addRemoteCandidate);
      } catch (MalformedBytesException malformed) {
        say(number, "malformed " + order);
      }
    }
  }

  private static String password(IceAgent agent) {
    return agent.localCredentials().password();
  }

  private static synchronized void say(String number, String news) {
    System.out.println(number + " " + news);
  }

  private record News(String number) implements IceListener {
    @Override
    public void onLocalCandidate(IceCandidate candidate) {
      say(number, candidate.line());
    }

    @Override
    public void onGatheringDone(NatMapping nat) {
      say(number, "gathered " + nat);
    }

    @Override
    public void onConnected() {
      say(number, "connected");
    }

    @Override
    public void onDatagram(ByteBuf datagram) {
      say(number, "a datagram");
    }

    @Override
    public void onFailed(String why) {
      say(number, "failed " + why);
    }
  }
}
