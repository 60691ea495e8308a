// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.exec.Host;
import tollway.identity.Identity;
import tollway.link.LinkConfig;
import tollway.seqno.SeqnoSource;
import tollway.tunnel.TunnelBackends;
import tollway.tunnel.TunnelDevice;
import tollway.tunnel.TunnelKey;
import tollway.tunnel.TunnelKeys;
import tollway.tunnel.TunnelNames;
import tollway.tunnel.TunnelPeer;
import tollway.tunnel.TunnelSpec;
import tollway.tunnel.Tunnels;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;
import tollway.wire.MalformedMessageException;

/**
 * Many neighbours in one process: each has a key, a control port and a real WireGuard interface of
 * its own, and answers whatever it is asked. Arguments: the interface, and how many.
 */
final class Crowd {
  private static final int FIRST_CONTROL = 9000;
  private static final int FIRST_TUNNEL = 20000;

  /** ff02::1 */
  private static final byte[] GROUP = {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

  private static final String ALIAS = "crowd:";

  private final NetworkInterface link;
  private final Inet6Address address;
  private final Tunnels tunnels;
  private final Selector selector = Selector.open();
  private final List<One> all = new ArrayList<>();

  private Crowd(String name, int count) throws IOException {
    link = NetworkInterface.getByName(name);
    address =
        Collections.list(link.getInetAddresses()).stream()
            .filter(each -> each instanceof Inet6Address && each.isLinkLocalAddress())
            .map(each -> (Inet6Address) each)
            .findFirst()
            .orElseThrow();
    Host host = Host.real();
    tunnels =
        new Tunnels(TunnelBackends.choose(TunnelBackends.Choice.USERSPACE, host), host, ALIAS);
    for (int i = 0; i < count; i++) {
      all.add(new One(i));
    }
  }

  public static void main(String[] arguments) throws Exception {
    Crowd crowd = new Crowd(arguments[0], Integer.parseInt(arguments[1]));
    System.out.println("ready");
    crowd.live();
  }

  private void live() throws IOException {
    long nextHello = 0;
    while (true) {
      if (System.nanoTime() - nextHello >= 0) {
        for (One one : all) {
          one.hello();
        }
        nextHello = System.nanoTime() + 1_500_000_000L;
      }
      selector.select(100);
      for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
        ((One) key.attachment()).receive();
      }
      selector.selectedKeys().clear();
    }
  }

  private final class One {
    private final Identity identity = Identity.generate(new SecureRandom());
    private final DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET6);
    private final Endpoint control;
    private final ByteBuffer in = ByteBuffer.allocate(2048);
    private TunnelSpec spec;

    One(int number) throws IOException {
      channel.bind(new InetSocketAddress(address, FIRST_CONTROL + number));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
      control = own(FIRST_CONTROL + number);
      String name =
          TunnelNames.interfaceName(identity.nodeId().key(), identity.nodeId().key(), "" + number);
      TunnelDevice device =
          new TunnelDevice(
              name, ALIAS + number, 1420, List.of(TunnelNames.linkLocal(identity.nodeId().key())));
      TunnelKeys keys = TunnelKeys.generate(new SecureRandom());
      spec = new TunnelSpec(device, keys, FIRST_TUNNEL + number, Optional.empty());
      tunnels.raise(spec);
    }

    private Endpoint own(int port) {
      return new Endpoint(Bytes.of(address.getAddress()), "", port);
    }

    void hello() throws IOException {
      InetAddress group = Inet6Address.getByAddress(null, GROUP, link);
      send(
          new LinkMessage.Hello(identity.nodeId(), control, seqno()),
          new InetSocketAddress(group, LinkConfig.PORT));
    }

    private long seqno() {
      return SeqnoSource.ofClock(Instant.now());
    }

    private void send(LinkMessage message, InetSocketAddress to) throws IOException {
      channel.send(ByteBuffer.wrap(LinkCodec.sign(message, identity).toArray()), to);
    }

    void receive() throws IOException {
      while (channel.receive(in.clear()) instanceof InetSocketAddress) {
        byte[] bytes = new byte[in.flip().remaining()];
        in.get(bytes);
        try {
          answer(LinkCodec.parse(Bytes.of(bytes), link.getName()).verify());
        } catch (MalformedMessageException refused) {
          System.out.println("refused " + refused.fault());
        }
      }
    }

    private void answer(LinkMessage message) throws IOException {
      if (message instanceof LinkMessage.Hello hello) {
        send(
            new LinkMessage.HelloConfirm(identity.nodeId(), control, seqno()),
            hello.controlAddress().toSocketAddress(link.getIndex()));
      } else if (message instanceof LinkMessage.Tunnel tunnel) {
        InetSocketAddress end = tunnel.tunnelEndpoint().toSocketAddress(link.getIndex());
        spec = spec.withPeer(new TunnelPeer(new TunnelKey(tunnel.tunnelKey()), end));
        tunnels.raise(spec);
        send(
            new LinkMessage.TunnelConfirm(
                identity.nodeId(), spec.keys().publicKey().bytes(), own(spec.port()), seqno()),
            new InetSocketAddress(end.getAddress(), LinkConfig.PORT));
      }
    }
  }
}
