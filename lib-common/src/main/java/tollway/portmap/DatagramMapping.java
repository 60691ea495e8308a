// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.EventLoop;
import tollway.loop.Timer;
import tollway.stun.StunTransaction;

/**
 * One UDP port of ours that the router is asked to open by PCP, or by NAT-PMP. On one loop; what it
 * sends, and who it hears, is the owner's.
 *
 * <pre>
 * ASKING PCP ──silent, older──▶ ASKING NAT-PMP ──silent, refused──▶ (nothing)
 *     └──────────────┬──────────────┘
 *                 MAPPED ──half its time──▶ asked again, the same way
 * </pre>
 */
final class DatagramMapping {
  /** What becomes of it. */
  interface Output {
    void send(Bytes datagram);

    /** Again when it is another. */
    void mapped(InetSocketAddress outside);

    /** Neither protocol gets anywhere. */
    void failed();
  }

  /** Short, so that little is left behind by a process that is killed. */
  static final int SECONDS = 600;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final int SENDS = 2;
  private static final Duration SILENT_AGAIN = Duration.ofSeconds(30);

  private final EventLoop loop;
  private final Inet4Address own;
  private final int port;
  private final Bytes nonce;
  private final Output output;
  private @Nullable StunTransaction asking;
  private @Nullable Inet4Address outsideHost;
  private int outsidePort;
  private boolean older;
  private boolean holds;
  private boolean closed;
  private Timer renewal = () -> {};

  DatagramMapping(EventLoop loop, InetSocketAddress internal, Random random, Output output) {
    this.loop = loop;
    this.own = (Inet4Address) internal.getAddress();
    this.port = internal.getPort();
    this.output = output;
    byte[] fresh = new byte[MapCodec.NONCE];
    random.nextBytes(fresh);
    nonce = Bytes.of(ByteBuffer.wrap(fresh));
  }

  void ask() {
    stopAsking();
    asking =
        StunTransaction.start(
            loop,
            FIRST_PAUSE,
            SENDS,
            () -> {
              if (older && outsideHost == null) {
                output.send(MapCodec.outsideAddress());
              }
              output.send(question(SECONDS));
            },
            this::silent);
  }

  /** What the router said; nonsense is as good as silence. */
  void heard(Bytes datagram) {
    if (closed) {
      return;
    }
    try {
      answered(MapCodec.decode(datagram, nonce, port));
    } catch (MalformedBytesException nonsense) {
      // The question is repeated.
    }
  }

  /** Takes back what is held, without waiting for the router. Idempotent. */
  void close() {
    if (!closed) {
      closed = true;
      renewal.cancel();
      stopAsking();
      if (holds) {
        output.send(question(0));
      }
    }
  }

  private Bytes question(int seconds) {
    return older ? MapCodec.natPmp(port, seconds) : MapCodec.pcp(nonce, own, port, seconds);
  }

  private void silent() {
    if (holds) {
      renewal = loop.schedule(SILENT_AGAIN, this::ask); // It may be starting anew.
    } else if (!older) {
      askOlder();
    } else {
      output.failed();
    }
  }

  private void askOlder() {
    older = true;
    ask();
  }

  private void stopAsking() {
    if (asking != null) {
      asking.finish();
      asking = null;
    }
  }

  private void answered(MapAnswer answer) {
    if (answer instanceof MapAnswer.Mapped whole && !older) {
      granted(whole.port(), whole.seconds());
      outside(whole.host());
    } else if (answer instanceof MapAnswer.PortMapped half && older) {
      granted(half.port(), half.seconds());
      tell();
    } else if (answer instanceof MapAnswer.OutsideAddress address && older) {
      outside(address.host());
    } else if (answer instanceof MapAnswer.OlderProtocol && !older) {
      askOlder();
    } else if (answer instanceof MapAnswer.Refused && asking != null) {
      stopAsking();
      output.failed();
    }
  }

  private void granted(int outside, long seconds) {
    boolean saidTwice = asking == null;
    if (!saidTwice) {
      outsidePort = outside;
      holds = true;
      long next = Math.max(1, Math.min(seconds, SECONDS) / 2);
      renewal.cancel();
      renewal = loop.schedule(Duration.ofSeconds(next), this::ask);
    }
  }

  private void outside(Inet4Address host) {
    if (OutsideAddress.isReachable(host)) {
      outsideHost = host;
      tell();
    } else if (asking != null) {
      close(); // A router behind a router: who knocks at that address does not reach us.
      output.failed();
    }
  }

  /** Once both halves are known. */
  private void tell() {
    Inet4Address host = outsideHost;
    if (holds && host != null) {
      stopAsking();
      output.mapped(new InetSocketAddress(host, outsidePort));
    }
  }
}
