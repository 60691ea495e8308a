// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/**
 * One UDP port of ours that the router is asked to open by UPnP IGD. On one loop.
 *
 * <pre>
 * IDLE ──start──▶ SEARCH ──▶ DESCRIPTION ──▶ ADDRESS ──▶ ADD ──▶ HELD ──half its time──▶ ADD
 *                   └──────────────┴─────────────┴────────┴──▶ (nothing; when held, SEARCH in 30 s)
 * </pre>
 */
final class IgdMapping {
  static final int LEASE_SECONDS = 3600;

  /** How long a mapping is taken back for. */
  static final Duration GOODBYE = Duration.ofMillis(500);

  private static final Duration RENEWAL = Duration.ofSeconds(LEASE_SECONDS / 2);
  private static final Duration SILENT_AGAIN = Duration.ofSeconds(30);
  private static final int MOST_PORTS = 4;

  // WANIPConnection:1 §2.4.16, UPnP Device Architecture 1.1 §3.2.2.
  private static final int INVALID_ACTION = 401;
  private static final int OPTIONAL_ACTION = 602;
  private static final int CONFLICT = 718;
  private static final int PERMANENT_ONLY = 725;

  private final EventLoop loop;
  private final Inet4Address own;
  private final int port;
  private final Random random;
  private final IgdWire wire;
  private final Consumer<InetSocketAddress> mapped;
  private @Nullable IgdService service;
  private int outsidePort;
  private int seconds = LEASE_SECONDS;
  private int portsTried;
  private boolean started;
  private boolean adding;
  private boolean holds;
  private boolean closed;
  private Timer timer = () -> {};

  IgdMapping(
      EventLoop loop,
      InetSocketAddress internal,
      Random random,
      IgdWire wire,
      Consumer<InetSocketAddress> mapped) {
    this.loop = loop;
    this.own = (Inet4Address) internal.getAddress();
    this.port = internal.getPort();
    this.outsidePort = port;
    this.random = random;
    this.wire = wire;
    this.mapped = mapped;
  }

  /** Idempotent. */
  void start() {
    if (!started && !closed) {
      started = true;
      search();
    }
  }

  /** Takes back what is held, for half a second at most and beside everything else. Idempotent. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    timer.cancel();
    if (holds) {
      delete();
    } else if (!adding) {
      wire.close();
    }
    if (holds || adding) {
      loop.schedule(GOODBYE, wire::close);
    }
  }

  private void search() {
    wire.search(
        found ->
            found.ifPresentOrElse(
                page -> wire.describe(page, services -> askAddress(services, 0)), this::failed));
  }

  /** The first service that has a reachable address outside is the one. */
  private void askAddress(List<IgdService> services, int index) {
    if (closed) {
      return;
    }
    if (index == services.size()) {
      failed();
      return;
    }
    IgdService candidate = services.get(index);
    wire.call(
        candidate,
        SoapCodec.outsideAddress(),
        answer -> {
          Optional<Inet4Address> host =
              answer.isPresent() && answer.get() instanceof SoapAnswer.Done done
                  ? done.host()
                  : Optional.empty();
          host.ifPresentOrElse(
              address -> {
                service = candidate;
                portsTried = 0;
                // Later it is asked for the port that it gave, not for any.
                add(candidate, address, !holds && candidate.kind() == IgdService.Kind.IP_2);
              },
              () -> askAddress(services, index + 1));
        });
  }

  private void add(IgdService to, Inet4Address host, boolean any) {
    if (closed) {
      return;
    }
    adding = true;
    SoapCodec.Mapping wish = new SoapCodec.Mapping(own, port, outsidePort, seconds);
    wire.call(
        to,
        any ? SoapCodec.addAny(wish) : SoapCodec.add(wish),
        answer -> {
          adding = false;
          if (answer.isPresent() && answer.get() instanceof SoapAnswer.Done done) {
            added(to, host, any && done.port() != 0 ? done.port() : outsidePort);
          } else if (closed) {
            wire.close();
          } else if (answer.isPresent() && answer.get() instanceof SoapAnswer.Fault fault) {
            refused(to, host, any, fault.code());
          } else {
            failed();
          }
        });
  }

  private void added(IgdService to, Inet4Address host, int outside) {
    outsidePort = outside;
    holds = true;
    if (closed) {
      delete();
      return;
    }
    timer = loop.schedule(RENEWAL, () -> askAddress(List.of(to), 0)); // It may be another.
    mapped.accept(new InetSocketAddress(host, outside));
  }

  private void refused(IgdService to, Inet4Address host, boolean any, int code) {
    portsTried++;
    if (portsTried > MOST_PORTS) {
      failed();
    } else if (any && (code == INVALID_ACTION || code == OPTIONAL_ACTION)) {
      add(to, host, false);
    } else if (code == PERMANENT_ONLY && seconds != 0) {
      seconds = 0; // Such routers forget nothing; we take it back.
      add(to, host, any);
    } else if (code == CONFLICT && !holds) {
      outsidePort = 1024 + random.nextInt(0x10000 - 1024);
      add(to, host, any);
    } else {
      failed();
    }
  }

  private void failed() {
    if (closed) {
      wire.close();
    } else if (holds) {
      timer = loop.schedule(SILENT_AGAIN, this::search); // It may be starting anew.
    }
  }

  private void delete() {
    IgdService at = service;
    if (at != null) {
      wire.call(at, SoapCodec.delete(outsidePort), unheeded -> wire.close());
    }
  }
}
