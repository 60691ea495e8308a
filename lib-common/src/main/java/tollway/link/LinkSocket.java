// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.loop.BackgroundThread;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/**
 * One UDP socket for all links: bound to the wildcard address and joined to all nodes (ff02::1) on
 * every wanted interface that is usable, as they come and go. Owned by one loop.
 */
public final class LinkSocket implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LinkSocket.class);

  /** How often the interfaces are looked at: one small file of /proc. */
  private static final Duration SCAN_PERIOD = Duration.ofMillis(250);

  private static final int RECEIVE_BUFFER = 256 << 10;

  /** All nodes of the link (RFC 4291 §2.7.1). */
  private static final Bytes ALL_NODES =
      Bytes.of(new byte[] {(byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

  private final EventLoop owner;
  private final LinkConfig config;
  private final LinkListener listener;
  private final DatagramChannel channel;
  private final LinkReceiver receiver;
  private final Map<LinkInterface, MembershipKey> joined = new LinkedHashMap<>();
  private @Nullable Timer scans;
  private boolean closed;
  private long sent;
  private long notSent;

  private LinkSocket(
      EventLoop owner, LinkConfig config, LinkListener listener, DatagramChannel channel)
      throws IOException {
    this.owner = owner;
    this.config = config;
    this.listener = listener;
    this.channel = channel;
    receiver = new LinkReceiver(channel, config.sizeLimit(), owner, this::deliver);
  }

  /** Binds and starts to receive; {@code listener} hears of the interfaces in the next task. */
  public static LinkSocket open(EventLoop owner, LinkConfig config, LinkListener listener)
      throws IOException {
    owner.checkInLoop();
    DatagramChannel channel = channel();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
      channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);
      channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1);
      bind(channel, config.port());
      LinkSocket socket = new LinkSocket(owner, config, listener, channel);
      BackgroundThread.start("link-receiver", socket.receiver::run);
      owner.execute(socket::start);
      return socket;
    } catch (IOException half) {
      channel.close();
      throw half;
    }
  }

  private static DatagramChannel channel() throws IOException {
    try {
      return DatagramChannel.open(StandardProtocolFamily.INET6);
    } catch (UnsupportedOperationException noIpv6) {
      // The JVM looks once, at its start, whether any interface has an IPv6 address.
      throw new IOException("no interface had an IPv6 address when this program started", noIpv6);
    }
  }

  private static void bind(DatagramChannel channel, int port) throws IOException {
    try {
      channel.bind(new InetSocketAddress(port));
    } catch (BindException taken) {
      throw new BindException("cannot bind UDP port " + port + ": " + taken.getMessage());
    }
  }

  private void start() {
    if (!closed) {
      scan();
      scans = owner.every(SCAN_PERIOD, this::scan);
    }
  }

  /** The port that answers come to. */
  public int localPort() throws IOException {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  /** The interfaces that can be used now. */
  public List<LinkInterface> interfaces() {
    owner.checkInLoop();
    return List.copyOf(joined.keySet());
  }

  /** To all nodes on one link. False when it could not be sent, which a later hello makes good. */
  public boolean multicast(LinkInterface on, Bytes datagram) {
    owner.checkInLoop();
    if (!joined.containsKey(on)) {
      notSent++;
      return false;
    }
    return transmit(datagram, new InetSocketAddress(on.scoped(ALL_NODES), config.groupPort()));
  }

  /** To one address; a link-local one must carry its interface's index as scope. */
  public boolean send(Bytes datagram, InetSocketAddress to) {
    owner.checkInLoop();
    boolean unscoped =
        to.getAddress() instanceof Inet6Address ip
            && ip.isLinkLocalAddress()
            && ip.getScopeId() == 0;
    if (unscoped) {
      throw new IllegalArgumentException("a link-local address without a scope: " + to);
    }
    return transmit(datagram, to);
  }

  private boolean transmit(Bytes datagram, InetSocketAddress to) {
    try {
      if (channel.send(datagram.toBuffer(), to) > 0) {
        sent++;
        return true;
      }
    } catch (BindException tentative) {
      // The source address is not usable yet, or no longer: the next scan finds out.
      log.debug("not sent to {}: {}", to, tentative.getMessage());
    } catch (IOException refused) {
      log.debug("not sent to {}: {}", to, refused.getMessage());
    }
    notSent++;
    return false;
  }

  private void deliver(LinkDatagram datagram) {
    if (!closed && joined.containsKey(datagram.on())) {
      listener.datagram(datagram);
    }
  }

  private void scan() {
    if (closed) {
      return;
    }
    try {
      List<LinkInterface> wanted =
          LinkInterfaces.usable().stream().filter(each -> config.wants(each.name())).toList();
      for (LinkInterface before : List.copyOf(joined.keySet())) {
        if (!wanted.contains(before)) {
          leave(before);
        }
      }
      for (LinkInterface now : wanted) {
        if (!joined.containsKey(now)) {
          join(now);
        }
      }
    } catch (IOException unreadable) {
      log.debug("cannot list interfaces: {}", unreadable.getMessage());
    }
  }

  private void join(LinkInterface on) {
    try {
      @Nullable NetworkInterface known = NetworkInterface.getByIndex(on.index());
      if (known == null) {
        return; // It vanished since it was listed.
      }
      joined.put(on, channel.join(on.scoped(ALL_NODES), known));
    } catch (IOException refused) {
      log.debug("cannot join on {}: {}", on.name(), refused.getMessage());
      return;
    }
    receiver.listenOn(joined.keySet());
    log.debug("link {} is up", on.name());
    listener.up(on);
  }

  private void leave(LinkInterface on) {
    @Nullable MembershipKey key = joined.remove(on);
    if (key != null) {
      key.drop();
    }
    receiver.listenOn(joined.keySet());
    log.debug("link {} is down", on.name());
    listener.down(on);
  }

  public LinkCounters counters() {
    owner.checkInLoop();
    return new LinkCounters(
        receiver.received.get(),
        sent,
        receiver.tooLong.get(),
        receiver.offLink.get(),
        receiver.busy.get(),
        notSent);
  }

  /** Closes the socket; the listener hears nothing more. On the owner's loop. */
  @Override
  public void close() {
    owner.checkInLoop();
    closed = true;
    if (scans != null) {
      scans.cancel();
    }
    try {
      channel.close();
      receiver.close();
    } catch (IOException alreadyBroken) {
      log.debug("closing: {}", alreadyBroken.getMessage());
    }
  }
}
