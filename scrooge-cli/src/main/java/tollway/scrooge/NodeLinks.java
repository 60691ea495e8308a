// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.Closeable;
import java.io.IOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.link.LinkConfig;
import tollway.link.LinkDatagram;
import tollway.link.LinkInterface;
import tollway.link.LinkInterfaces;
import tollway.link.LinkListener;
import tollway.link.LinkSocket;
import tollway.loop.EventLoop;
import tollway.tunnel.TunnelNames;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;

/**
 * The links of a node by name: the socket on them, their addresses and sizes. Owned by its loop.
 */
final class NodeLinks implements Closeable {
  private static final int USUAL_MTU = 1500;

  /** IPv6 40, UDP 8, WireGuard 32 bytes. */
  private static final int TUNNEL_OVERHEAD = 80;

  private final Map<String, LinkInterface> up = new LinkedHashMap<>();
  private final LinkConfig config;
  private final LinkSocket socket;

  private NodeLinks(EventLoop loop, List<String> patterns, LinkListener listener)
      throws IOException {
    config = LinkConfig.wellKnown(patterns, LinkCodec.SIZE_LIMIT);
    socket = LinkSocket.open(loop, config, new Remembering(listener));
  }

  static NodeLinks open(EventLoop loop, List<String> patterns, LinkListener listener)
      throws IOException {
    return new NodeLinks(loop, patterns, listener);
  }

  /** The links that can be used now, also before the listener has heard of them. */
  List<LinkInterface> usable() throws IOException {
    return LinkInterfaces.usable().stream()
        .filter(each -> config.wants(each.name()) && !TunnelNames.isInterfaceName(each.name()))
        .toList();
  }

  /** Whether the operator named it, or a pattern that fits it. */
  boolean wants(String name) {
    return config.wants(name);
  }

  Optional<LinkInterface> find(String link) {
    return Optional.ofNullable(up.get(link));
  }

  List<LinkInterface> all() {
    return List.copyOf(up.values());
  }

  void multicast(String link, Bytes datagram) {
    find(link).ifPresent(on -> socket.multicast(on, datagram));
  }

  void send(String link, Endpoint to, Bytes datagram) {
    find(link).ifPresent(on -> socket.send(datagram, to.toSocketAddress(on.index())));
  }

  /** Where neighbours on {@code link} reach us. */
  static Endpoint control(LinkInterface link) {
    return new Endpoint(link.linkLocal(), "", LinkConfig.PORT);
  }

  /** The largest packet that fits a tunnel over {@code link}. */
  static int tunnelMtu(String link) {
    int mtu = USUAL_MTU;
    try {
      @Nullable NetworkInterface known = NetworkInterface.getByName(link);
      mtu = known == null ? USUAL_MTU : known.getMTU();
    } catch (SocketException vanished) {
      // Its neighbours vanish with it, too.
    }
    return mtu - TUNNEL_OVERHEAD;
  }

  static boolean exists(String link) {
    try {
      return LinkInterfaces.names().contains(link);
    } catch (IOException unreadable) {
      return true; // Whether it works will be seen.
    }
  }

  static boolean isOnLink(String link, Bytes address) {
    try {
      @Nullable NetworkInterface known = NetworkInterface.getByName(link);
      return known != null
          && known.getInterfaceAddresses().stream().anyMatch(own -> covers(own, address));
    } catch (SocketException vanished) {
      return false;
    }
  }

  private static boolean covers(InterfaceAddress own, Bytes address) {
    Bytes network = Bytes.of(own.getAddress().getAddress());
    int bits = own.getNetworkPrefixLength();
    if (network.size() != address.size() || bits < 1) {
      return false;
    }
    int whole = bits / 8;
    int mask = 0xff00 >> bits % 8 & 0xff;
    return network.slice(0, whole).equals(address.slice(0, whole))
        && (mask == 0 || ((network.at(whole) ^ address.at(whole)) & mask) == 0);
  }

  @Override
  public void close() {
    socket.close();
  }

  /** Knows which links are up before the listener does. */
  private final class Remembering implements LinkListener {
    private final LinkListener listener;

    Remembering(LinkListener listener) {
      this.listener = listener;
    }

    @Override
    public void datagram(LinkDatagram datagram) {
      if (up.containsValue(datagram.on())) {
        listener.datagram(datagram);
      }
    }

    @Override
    public void up(LinkInterface on) {
      if (!TunnelNames.isInterfaceName(on.name())) { // A pattern may match our own tunnels.
        up.put(on.name(), on);
        listener.up(on);
      }
    }

    @Override
    public void down(LinkInterface on) {
      if (up.remove(on.name(), on)) {
        listener.down(on);
      }
    }
  }
}
