// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.session.ClientSession;
import tollway.session.ClientSessionConfig;
import tollway.session.ClientSessionListener;
import tollway.session.PathHandle;
import tollway.session.PathLink;
import tollway.session.PathSnapshot;
import tollway.session.PathState;
import tollway.session.SessionEnd;
import tollway.session.TransportKind;

/**
 * The end of a person who is cut off: keeps a session with the pinned egress over a number of
 * volunteers, replaces those who go, and serves a local proxy. Meets freddie under an identity made
 * for this run, so that two runs cannot be linked. Every callback is on its loop.
 */
public final class Desktop {
  private final NettyEventLoop loop;
  private final DesktopConfig config;
  private final Identity identity = Identity.generate(new SecureRandom());
  private final DesktopNews news;
  private final WaitingStreams streams;
  private final LocalProxy proxy;
  private final DirectWay direct;
  private final DesktopShares shares;
  private final Volunteers volunteers;
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private ClientSession session;

  private Desktop(NettyLoops loops, DesktopConfig config, DesktopListener listener)
      throws ListenException {
    loop = loops.next();
    this.config = config;
    news = new DesktopNews(loop, listener);
    streams = new WaitingStreams(loop, news::state);
    shares = new DesktopShares(loop, config.rateUp(), config.rateDown());
    direct = new DirectWay(loop, config.direct(), config.invite(), new DirectEvents());
    volunteers = new Volunteers(loop, config, identity, news, new VolunteerEvents());
    proxy = LocalProxy.bind(loops, config.listen(), new ProxyPort(loop, streams, config.user()));
    CompletableFuture<ClientSession> first = new CompletableFuture<>();
    loop.execute(() -> first.complete(openSession()));
    session = first.join();
  }

  /** Listens when it returns, and connects from then on. Not on a loop. */
  public static Desktop start(NettyLoops loops, DesktopConfig config, DesktopListener listener)
      throws ListenException {
    Desktop desktop = new Desktop(loops, config, listener);
    desktop.loop.execute(desktop::begin);
    return desktop;
  }

  /** Where the proxy listens, if it does. */
  public InetSocketAddress address() {
    return proxy.address();
  }

  public NodeId nodeId() {
    return identity.nodeId();
  }

  public NettyEventLoop loop() {
    return loop;
  }

  /** The volunteers whose paths are attached, and how much went to and fro over each. */
  public List<PeerSnapshot> snapshot() {
    loop.checkInLoop();
    return volunteers.snapshot();
  }

  public DesktopStatus status() {
    loop.checkInLoop();
    return new DesktopStatus(
        news.isReady(),
        news.state(),
        news.transport(),
        news.isKnown(),
        session.snapshot().paths(),
        volunteers.connecting(),
        proxy.connections(),
        streams.waiting(),
        streams.traffic().streams(),
        streams.traffic().up(),
        streams.traffic().down(),
        streams.refused(),
        news.faultCounts(),
        news.latestFaults());
  }

  /**
   * Asks the egress to connect to {@code destination}, and lets go of it at once. The future has
   * what the egress answered, or fails when there is no way to it. Any thread.
   */
  public CompletableFuture<StreamAnswer> probe(Destination destination) {
    CompletableFuture<StreamAnswer> answer = new CompletableFuture<>();
    loop.execute(() -> streams.open(destination, new StreamProbe(answer)));
    return answer;
  }

  /**
   * Measures the way to the egress and back, for so many seconds each way. The future fails with
   * the reason when there is no way, or the egress does not want to. Any thread.
   */
  public CompletableFuture<SpeedResult> speedTest(int seconds, SpeedProgress progress) {
    SpeedTest test =
        new SpeedTest(loop, streams, () -> session.snapshot().paths(), seconds, progress);
    loop.execute(test::begin);
    return test.result();
  }

  /** Serves a SOCKS5 client that was admitted already: its command comes next. On the loop. */
  public void serve(Channel admitted) {
    loop.checkInLoop();
    SocksProxy.serve(admitted, new ProxyPort(loop, streams, Optional.empty()));
  }

  /**
   * Says goodbye to the egress and to the volunteers; completes within about half a second. Any
   * thread, and as often as one likes.
   */
  public CompletableFuture<Void> close() {
    loop.execute(
        () -> {
          proxy.close();
          streams.close();
          volunteers.leave();
        });
    return left.copy();
  }

  private void begin() {
    if (config.direct() == DirectUse.ONLY) {
      news.say("not connected to the egress yet");
    }
    volunteers.begin();
  }

  private ClientSession openSession() {
    return ClientSession.open(
        loop,
        new ClientSessionConfig(
            config.invite().egress(),
            PathSizes.PACKET,
            PathSizes.FRAME,
            config.bond(),
            TransportKind.available()),
        new SessionEvents());
  }

  private final class SessionEvents implements ClientSessionListener {
    @Override
    public void ready(TransportKind transport) {
      volunteers.sessionReady();
      streams.available(session);
      news.connected(transport);
    }

    @Override
    public void pathChanged(PathSnapshot path, String why) {
      if (path.state() == PathState.DEAD) {
        boolean ours = volunteers.has(path.label()) || path.label().equals(DirectWay.LABEL);
        if (ours && why.equals(ClientSession.NOT_PINNED)) {
          news.fault(DesktopFault.Cause.WRONG_PIN, why);
        }
        volunteers.dead(path.label(), why);
      } else if (path.state() != PathState.PROBING) {
        volunteers.attached(path.label());
      }
    }

    @Override
    public void ended(SessionEnd end) {
      streams.unavailable();
      news.sessionEnded(end, volunteers.isLeaving());
      volunteers.sessionEnded(end.cause() == SessionEnd.Cause.WRONG_PIN);
    }
  }

  private final class VolunteerEvents implements Volunteers.Owner {
    @Override
    public PathHandle addPath(PathLink link, String label) {
      return shares.join(link, shaped -> session.addPath(shaped, label));
    }

    @Override
    public List<PathSnapshot> paths() {
      return session.snapshot().paths();
    }

    @Override
    public void bond() {
      session.bond();
    }

    @Override
    public void accompanied(boolean now) {
      direct.accompanied(now);
    }

    @Override
    public void openSession() {
      session = Desktop.this.openSession();
      direct.sessionOpened();
    }

    @Override
    public void closeSession() {
      session.close();
    }

    @Override
    public void left() {
      direct.close();
      left.complete(null);
    }
  }

  private final class DirectEvents implements DirectWay.Owner {
    @Override
    public void begins() {
      if (config.direct() == DirectUse.AUTO) {
        news.trouble("no volunteer is reached: going to the egress without one");
      }
    }

    @Override
    public PathHandle open(PathLink link, String label) {
      news.say("waiting for the egress");
      return shares.join(link, shaped -> session.addPath(shaped, label));
    }

    @Override
    public void failed(String why) {
      news.directFailed(why);
    }
  }
}
