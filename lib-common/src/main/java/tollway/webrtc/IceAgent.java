// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.loop.NettyEventLoop;
import tollway.stun.NatMapping;

/**
 * Finds and keeps a path to one peer (ICE: RFC 8445, trickle RFC 8838, consent RFC 7675) and
 * carries datagrams over it. Not thread-safe: <b>every method must be called on its loop</b>, and
 * the listener is called there.
 *
 * <p>Order: {@link #open}, give {@link #localCredentials} to the peer, {@link #gather}; whenever
 * they become known, {@link #remoteCredentials} and {@link #addRemoteCandidate} in any order and
 * any number; finally {@link #close}, also after a failure. The peer's end of candidates need not
 * be told: until the deadline its checks may still show a way (RFC 8863).
 */
public final class IceAgent {
  private final NettyEventLoop loop;
  private final IceListener listener;
  private final IceCredentials local;
  private final IceChecks checks;
  private final IceGatherer gatherer;
  private final Map<IceSocket, IceBase> bases = new HashMap<>();
  private final Map<IceBase, IceSocket> sockets = new HashMap<>();
  private final Runnable flushLater = this::flushLate;

  // The path in use, unpacked for the datagrams.
  private @Nullable IceSocket socket;
  private @Nullable InetSocketAddress remote;

  private boolean gathering;
  private boolean ended;
  private boolean flushIsDue;
  private boolean refused;

  private IceAgent(NettyEventLoop loop, IceConfig config, IceRole role, IceListener listener) {
    SecureRandom random = new SecureRandom();
    this.loop = loop;
    this.listener = listener;
    this.local = IceCredentials.random(random);
    this.checks = new IceChecks(loop, random, config, role, local, new Decisions());
    this.gatherer = new IceGatherer(loop, random, config, new Findings());
  }

  /**
   * An agent that does nothing yet. The side that makes the offer is {@link IceRole#CONTROLLING}.
   */
  public static IceAgent open(
      NettyEventLoop loop, IceConfig config, IceRole role, IceListener listener) {
    loop.checkInLoop();
    return new IceAgent(loop, config, role, listener);
  }

  /** What the peer needs in our description; fixed for the agent's life. */
  public IceCredentials localCredentials() {
    return local;
  }

  /** Opens the sockets and looks for our addresses; candidates come by the listener. Once. */
  public void gather() {
    loop.checkInLoop();
    if (!gathering && !ended) {
      gathering = true;
      gatherer.start(new Arrivals());
    }
  }

  /**
   * The peer's credentials, from its description: checks may start. Once; later calls are ignored.
   */
  public void remoteCredentials(IceCredentials credentials) {
    loop.checkInLoop();
    checks.remoteCredentials(credentials);
  }

  /** The peer said {@code a=ice-lite}: it only answers, so we control (RFC 8445 §6.1.1). */
  public void remoteIsLite() {
    loop.checkInLoop();
    checks.remoteIsLite();
  }

  /** A candidate of the peer; one that the config forbids or that is one too many is ignored. */
  public void addRemoteCandidate(IceCandidate candidate) {
    loop.checkInLoop();
    checks.addRemote(candidate);
  }

  /**
   * Whether the path in use ends on this very host, where packets of any size pass. False while
   * there is no path.
   */
  boolean staysOnHost() {
    InetSocketAddress to = remote;
    try {
      return to != null
          && (to.getAddress().isLoopbackAddress()
              || NetworkInterface.getByInetAddress(to.getAddress()) != null);
    } catch (SocketException unknown) {
      return false;
    }
  }

  /** Whether the path in use goes over IPv6. */
  boolean usesIpv6() {
    InetSocketAddress to = remote;
    return to != null && to.getAddress() instanceof Inet6Address;
  }

  /** Whether {@link IceListener#onConnected} has come and neither failure nor close since. */
  public boolean isConnected() {
    return socket != null;
  }

  /** False while the socket's queue is full; then {@link IceListener#onWritable} follows. */
  public boolean isWritable() {
    return socket != null && socket.isWritable();
  }

  /**
   * Queues one datagram for the path in use. The agent <b>owns</b> the buffer from here on,
   * whatever happens, and does not change its bytes; a direct buffer saves a copy. The first byte
   * must be 20 or above (RFC 7983).
   *
   * <p>It leaves at {@link #flush}, or by itself when the loop has finished what it is doing now;
   * datagrams of equal size sent in a row leave in one system call.
   *
   * @return false: dropped, because there is no path now or the socket's queue is full
   */
  public boolean send(ByteBuf datagram) {
    loop.checkInLoop();
    IceSocket path = socket;
    InetSocketAddress to = remote;
    if (path == null || to == null || !datagram.isReadable()) {
      datagram.release();
      return false;
    }
    if (!flushIsDue) {
      flushIsDue = true;
      loop.netty().execute(flushLater);
    }
    boolean queued = path.send(to, datagram);
    refused |= !queued;
    return queued;
  }

  /** Hands what {@link #send} queued to the network now. */
  public void flush() {
    loop.checkInLoop();
    if (socket != null) {
      socket.flush();
    }
  }

  private void flushLate() {
    flushIsDue = false;
    flush();
  }

  /** Closes the sockets and cancels every timer; nothing is called back afterwards. Idempotent. */
  public void close() {
    loop.checkInLoop();
    ended = true;
    flush();
    socket = null;
    remote = null;
    checks.close();
    gatherer.close();
    bases.clear();
    sockets.clear();
  }

  /** What the checks decide. */
  private final class Decisions implements IceChecks.Output {
    @Override
    public void stun(IceBase from, InetSocketAddress to, Bytes datagram) {
      IceSocket out = sockets.get(from);
      if (out != null) {
        out.sendNow(to, datagram);
      }
    }

    @Override
    public void active(IcePair pair) {
      boolean first = socket == null;
      if (socket != null) {
        socket.flush();
      }
      socket = sockets.get(pair.base);
      remote = pair.remote;
      if (first) {
        listener.onConnected();
      } else if (refused) {
        refused = false;
        listener.onWritable();
      }
    }

    @Override
    public void failed(String why) {
      close();
      listener.onFailed(why);
    }
  }

  /** What the gatherer finds. */
  private final class Findings implements IceGatherer.Output {
    @Override
    public void base(IceSocket found, IceBase base) {
      bases.put(found, base);
      sockets.put(base, found);
      checks.addBase(base);
    }

    @Override
    public void candidate(IceCandidate candidate) {
      listener.onLocalCandidate(candidate);
    }

    @Override
    public void done(NatMapping nat) {
      listener.onGatheringDone(nat);
    }
  }

  /** What comes in. */
  private final class Arrivals implements IceSocket.Sink {
    @Override
    public void stun(IceSocket from, InetSocketAddress sender, Bytes datagram) {
      IceBase base = bases.get(from);
      if (base != null && !gatherer.onStun(from, sender, datagram)) {
        checks.onStun(base, sender, datagram);
      }
    }

    @Override
    public void datagram(IceSocket from, InetSocketAddress sender, ByteBuf datagram) {
      boolean known = from == socket && sender.equals(remote);
      IceBase base = known ? null : bases.get(from);
      if (known || (base != null && checks.isProved(base, sender))) {
        listener.onDatagram(datagram);
      }
    }

    @Override
    public void readDone() {
      if (!ended) {
        listener.onReadDone();
        flush();
      }
    }

    @Override
    public void writable() {
      if (!ended && refused) {
        refused = false;
        listener.onWritable();
      }
    }
  }
}
