// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.control.ControlCommands;
import tollway.control.ControlServer;
import tollway.exec.Host;
import tollway.files.DirectoryLock;
import tollway.firewall.BorrowedSettings;
import tollway.firewall.Firewall;
import tollway.identity.NodeId;
import tollway.link.LinkDatagram;
import tollway.link.LinkInterface;
import tollway.link.LinkListener;
import tollway.loop.ThreadEventLoop;
import tollway.metrics.MetricsServer;
import tollway.neighbor.Neighbor;
import tollway.neighbor.NeighborEffect;
import tollway.neighbor.NeighborId;
import tollway.neighbor.NeighborState;
import tollway.neighbor.Neighborhood;
import tollway.neighbor.Surroundings;
import tollway.neighbor.TunnelEnd;
import tollway.seqno.SeqnoSource;
import tollway.store.NodeStore;
import tollway.store.Receipt;
import tollway.store.StoreUnfitException;
import tollway.tunnel.TunnelBackend;
import tollway.tunnel.TunnelBackends;
import tollway.tunnel.TunnelKey;
import tollway.tunnel.TunnelNames;
import tollway.tunnel.TunnelPeer;
import tollway.tunnel.Tunnels;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;

/**
 * One running scrooge: where links, neighbours, tunnels, the forwarding policy and the control
 * socket meet. Everything is decided on one loop; what may block is done on another.
 */
final class ScroogeNode {
  private static final Logger log = LoggerFactory.getLogger(ScroogeNode.class);
  private static final Duration CHECK_PERIOD = Duration.ofSeconds(1);
  private static final Duration AUDIT_PERIOD = Duration.ofSeconds(5);
  private static final Duration DROPS_PERIOD = Duration.ofSeconds(5);
  private static final Duration MEMORY_PERIOD = Duration.ofSeconds(30);
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(2);

  /** How those that ask for a tunnel, and those that grant one, begin. */
  private static final List<Bytes> ABOUT_TUNNELS =
      List.of(Bytes.ofUtf8("scrooge_tunnel"), Bytes.ofUtf8("scrooge2_tunnel"));

  private static final Duration STOP_LIMIT = Duration.ofSeconds(7);

  private final ThreadEventLoop loop;
  private final ThreadEventLoop os = new ThreadEventLoop("os");
  private final ThreadEventLoop hooks = new ThreadEventLoop("hooks");
  private final ThreadEventLoop weighing = new ThreadEventLoop("weights");
  private final TunnelBackend backend;
  private final Runnable onStop;
  private final boolean planning;
  private final Firewall firewall;
  private final Instant started;
  private final BorrowedSettings settings;
  private final NodeEvents events;
  private final ForwardGate gate;
  private final TunnelKeeper keeper;
  private final Shares shares;
  private final TunnelHook hook;
  private final SeqnoSource seqnos;
  private final NodeStore store;
  private final Optional<DirectoryLock> lock;
  private final SeqnoMemory memory;
  private final Meter meter;
  private final Neighborhood neighborhood;
  private final NodeReport report;
  private final ControlServer control;
  private final NodeLinks links;
  private final SidePort side;
  private final ReceiptExchange receipts;
  private @Nullable MetricsServer metrics;

  /** On the loop, whose next tasks come after all this. */
  private ScroogeNode(
      ThreadEventLoop loop, RunConfig config, Host host, TunnelBackend backend, Runnable onStop)
      throws IOException {
    this.loop = loop;
    this.backend = backend;
    this.onStop = onStop;
    started = loop.now();
    planning = config.backend() == TunnelBackends.Choice.PLAN;
    NodeId self = config.identity().nodeId();
    Tunnels tunnels = new Tunnels(backend, host, TunnelAlias.prefix(self));
    firewall = new Firewall(host);
    events = new NodeEvents(loop, this::present);
    gate = new ForwardGate(loop, os, firewall, config.reversePath(), config.interfaces());
    gate.onRepair(events::policyRepaired);
    Path socket = config.control();
    settings =
        new BorrowedSettings(host, socket.resolveSibling(socket.getFileName() + ".settings"));
    keeper = new TunnelKeeper(loop, os, tunnels, self, config, new TunnelEvents());
    hook = new TunnelHook(hooks, host, config.hook());
    store = openStore(config.state().resolve("node.db"));
    meter = new Meter(loop, os, firewall, gate, store, keeper::carried);
    seqnos = SeqnoSource.open(config.state().resolve("seqno"), loop::now, loop::nanoTime, os);
    neighborhood =
        new Neighborhood(
            loop,
            config.identity(),
            config.neighborhood(),
            seqnos::next,
            new SecureRandom(),
            new Effects());
    report = new NodeReport(self, neighborhood, keeper);
    NeighborDesk desk =
        new NeighborDesk(
            loop,
            os,
            self,
            neighborhood,
            report::neighbors,
            config.trust(),
            new TrustMemory(store));
    memory = new SeqnoMemory(loop, os, neighborhood, store);
    memory.recall();
    NeighborWeights weights = new NeighborWeights(loop, weighing, config.shares());
    shares =
        new Shares(
            loop,
            os,
            host,
            TunnelNames.sharingDevice(self.key()),
            config.shares(),
            weights,
            gate::classes);
    ShareCommands shareCommands = new ShareCommands(loop, os, shares, store, this::neighborKeys);
    ControlCommands commands = new ControlCommands();
    serve(commands);
    desk.serve(commands);
    shareCommands.serve(commands);
    events.serve(commands);
    meter.serve(commands);
    NeighborNames names = new NeighborNames(neighborhood);
    new Explainer(self, neighborhood, keeper, config.neighborhood().tunnels(), new AllElse())
        .serve(commands);
    new TunnelDesk(os, neighborhood, keeper, names).serve(commands);
    try (Undo undo = new Undo()) {
      // First what another program can hold; only then what changes the host. The links' UDP
      // port makes sure that we are the only one in this network namespace.
      control = undo.later(ControlServer.open(config.control(), loop, commands));
      links = undo.later(NodeLinks.open(loop, config.interfaces(), new LinkEvents()));
      lock = lock(config.state());
      side = undo.later(SidePort.open(loop, config.interfaces(), links, neighborhood::speaksFrom));
      for (String type : LinkCodec.BOUND_TYPES) {
        side.onEvery(type, this::receivedAside);
      }
      side.onEvery(Neighborhood.EFFORT, this::receivedEffort);
      receipts =
          new ReceiptExchange(
              loop,
              os,
              self,
              neighborhood,
              meter,
              new ReceiptBook(config.identity(), store, ScroogeNode::settled),
              side);
      if (config.metrics().isPresent()) {
        metrics =
            undo.later(
                MetricsServer.open(
                    config.metrics().get(),
                    new NodeMetrics(
                        loop, os, backend.label(), neighborhood, keeper, gate::counters, shares)));
      }
      new Adoption(self, tunnels, keeper, neighborhood).run(links.usable());
      shares.start(shareCommands.recall());
      gate.load();
      settings.forwardIpv6(); // After the policy: nothing is forwarded but between tunnels.
      undo.forget();
    }
    weights.start();
    loop.every(CHECK_PERIOD, keeper::check);
    loop.every(MEMORY_PERIOD, memory::keep);
    loop.every(CHECK_PERIOD, shares::check);
    loop.every(AUDIT_PERIOD, keeper::repair);
    config
        .rotation()
        .map(period -> new TunnelRotation(neighborhood, period))
        .ifPresent(rotation -> loop.every(TunnelRotation.PACE, rotation::tick));
    if (!planning) { // Nothing stands that could be looked at.
      loop.every(AUDIT_PERIOD, gate::audit);
      loop.every(AUDIT_PERIOD, shares::audit);
    }
    loop.every(CHECK_PERIOD, () -> events.shares(sharesNow()));
    loop.every(DROPS_PERIOD, () -> events.drops(neighborhood.drops()));
    loop.every(Meter.PERIOD, meter::read);
    receipts.start(config.receiptPeriod());
    if (!planning) {
      gate.audit();
    }
    TrustFiles files =
        new TrustFiles(
            config.trust().sources(),
            (source, rules) -> loop.execute(() -> desk.listed(source, rules)));
    if (!files.isEmpty()) {
      loop.every(CHECK_PERIOD, () -> os.execute(files::look));
    }
  }

  /** Takes over what an earlier run left, and begins. {@code onStop}: a command asks us to end. */
  static ScroogeNode start(RunConfig config, Host host, TunnelBackend backend, Runnable onStop)
      throws IOException, InterruptedException {
    ThreadEventLoop loop = new ThreadEventLoop("node");
    FutureTask<ScroogeNode> made =
        new FutureTask<>(() -> new ScroogeNode(loop, config, host, backend, onStop));
    loop.execute(made);
    try {
      return made.get();
    } catch (ExecutionException refused) {
      loop.close();
      if (refused.getCause() instanceof IOException cause) {
        throw cause;
      }
      if (refused.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(refused.getCause());
    }
  }

  private static void settled(Receipt receipt) {
    if (receipt.verdict().equals("differs")) {
      log.warn(
          "{} and {} do not agree about receipt {}: see 'scrooge receipts'",
          receipt.issuer(),
          receipt.neighbor(),
          receipt.number());
    }
  }

  /** Two who share a state would use sequence numbers twice. */
  private static Optional<DirectoryLock> lock(Path state) throws IOException {
    try {
      return Optional.of(DirectoryLock.take(state));
    } catch (DirectoryLock.TakenException taken) {
      throw taken;
    } catch (IOException refused) { // What cannot be kept there, nobody can spoil.
      return Optional.empty();
    }
  }

  private static NodeStore openStore(Path file) throws IOException {
    try {
      return NodeStore.open(file);
    } catch (StoreUnfitException | NotDirectoryException mistake) {
      throw mistake;
    } catch (IOException refused) {
      log.warn("settings and usage are not remembered: {}", refused.getMessage());
      return NodeStore.inMemory();
    }
  }

  /** Removes all that was made: tunnels first, so that nothing is ever forwarded without policy. */
  void stop() throws InterruptedException {
    CountDownLatch settled = new CountDownLatch(1);
    loop.execute(
        () -> {
          receipts.settle();
          receipts.settled(settled::countDown);
        });
    if (!settled.await(SETTLE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      log.warn("not waiting for the last receipts");
    }
    CountDownLatch tunnelsGone = new CountDownLatch(1);
    loop.execute(
        () -> {
          events.stopping();
          neighborhood.stop();
          memory.keep();
          links.close();
          side.close();
          gate.leave();
          shares.leave();
          neighborhood.snapshot().stream()
              .filter(Neighbor::mayForward)
              .forEach(neighbor -> tellTunnel(false, neighbor.id()));
          keeper.removeAll(
              () -> {
                shares.remove();
                tunnelsGone.countDown();
              });
        });
    if (!tunnelsGone.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
      log.warn("the tunnels do not end");
    }
    CountDownLatch hooksDone = new CountDownLatch(1);
    hooks.execute(hooksDone::countDown);
    if (!hooksDone.await(1, TimeUnit.SECONDS)) {
      log.warn("not waiting for the hook");
    }
    try {
      if (metrics != null) {
        metrics.close();
      }
      settings.giveBack();
      meter.readLast();
      firewall.remove();
      seqnos.close();
      store.close();
      if (lock.isPresent()) {
        lock.get().close();
      }
      control.close(); // Last: whoever asked us to stop waits for this.
    } catch (IOException refused) {
      log.warn("not all is cleaned up: {}", refused.getMessage());
    }
    hooks.close();
    weighing.close();
    os.close();
    loop.close();
  }

  /** The daemon's own commands. */
  private void serve(ControlCommands commands) {
    commands.on(
        "status",
        (question, answer) -> {
          Duration uptime = Duration.between(started, loop.now());
          JsonObject status = report.status(backend.label(), links.all(), gate.counters(), uptime);
          side.messages().report(status.getAsJsonObject("messages"));
          status.add("share", new ShareReport(shares).share());
          answer.result(status);
        });
    commands.on("neighbors", (question, answer) -> answer.result(report.neighbors()));
    commands.on("firewall", (question, answer) -> gate.answerWanted(answer));
    commands.on("tunnels", (question, answer) -> answer.result(report.tunnels()));
    commands.on(
        "stop",
        (question, answer) -> {
          answer.result(new JsonObject());
          onStop.run();
        });
  }

  private JsonObject sharesNow() {
    JsonObject now = new ShareReport(shares).share();
    JsonObject weights = new JsonObject();
    shares.claims().forEach((key, claim) -> weights.addProperty(key, claim.weight()));
    now.add("weights", weights);
    return now;
  }

  private List<String> neighborKeys() {
    return neighborhood.snapshot().stream().map(each -> each.id().node().base64()).toList();
  }

  private void receivedAside(LinkDatagram datagram) {
    if (isNotForPlanning(datagram.payload())) {
      return;
    }
    neighborhood.receivedAside(datagram.payload(), datagram.source(), datagram.on().name());
  }

  private void receivedEffort(LinkDatagram datagram) {
    neighborhood.receivedEffort(datagram.payload(), datagram.on().name());
  }

  private void tellTunnel(boolean up, NeighborId id) {
    hook.tell(up, keeper.name(id), id);
    events.publish(NodeEvents.tunnel(up, id, keeper.name(id)));
  }

  /** Who only plans says hello, and makes no neighbour change anything. */
  private boolean isNotForPlanning(Bytes datagram) {
    return planning
        && ABOUT_TUNNELS.stream()
            .anyMatch(
                begin ->
                    datagram.size() >= begin.size()
                        && datagram.slice(0, begin.size()).equals(begin));
  }

  /** For those who begin to read events now. */
  private void present(List<JsonObject> now) {
    links.all().forEach(link -> now.add(NodeEvents.link(true, link.name())));
    for (Neighbor neighbor : neighborhood.snapshot()) {
      Optional<NeighborState> state = Optional.of(neighbor.state());
      now.add(NodeEvents.neighbor(neighbor.id(), state, state));
      if (neighbor.mayForward()) {
        now.add(NodeEvents.tunnel(true, neighbor.id(), keeper.name(neighbor.id())));
      }
    }
  }

  /** What explanations need beside the neighbours. */
  private final class AllElse implements Explainer.Surroundings {
    @Override
    public List<LinkInterface> links() {
      return links.all();
    }

    @Override
    public boolean wants(String name) {
      return links.wants(name);
    }

    @Override
    public void share(NodeId node, Consumer<List<Reason>> told) {
      new ShareReasons(shares).of(node, told);
    }
  }

  /** What happens on the links, passed on to the neighborhood. */
  private final class LinkEvents implements LinkListener {
    private final Map<String, Integer> indexes = new HashMap<>();

    @Override
    public void datagram(LinkDatagram datagram) {
      if (isNotForPlanning(datagram.payload())) {
        return;
      }
      neighborhood.received(datagram.payload(), datagram.source(), datagram.on().name());
    }

    @Override
    public void up(LinkInterface on) {
      Integer before = indexes.put(on.name(), on.index());
      if (before != null && before != on.index()) {
        neighborhood.linkGone(on.name()); // Unplugged and plugged in again.
      }
      gate.addLink(on.name());
      neighborhood.linkUp(on.name(), NodeLinks.control(on));
      events.publish(NodeEvents.link(true, on.name()));
    }

    @Override
    public void down(LinkInterface on) {
      events.publish(NodeEvents.link(false, on.name()));
      if (NodeLinks.exists(on.name())) {
        neighborhood.linkDown(on.name());
      } else {
        log.warn("{} is gone", on.name());
        neighborhood.linkGone(on.name());
        gate.removeLink(on.name());
      }
    }
  }

  /** What the neighborhood decides, carried out. */
  private final class Effects implements Surroundings {
    @Override
    public void multicast(String link, Bytes datagram) {
      links.multicast(link, datagram);
    }

    @Override
    public void send(String link, Endpoint to, Bytes datagram) {
      if (isNotForPlanning(datagram)) {
        return;
      }
      links.send(link, to, datagram);
    }

    @Override
    public void multicastAside(String link, Bytes datagram) {
      side.multicast(link, datagram);
    }

    @Override
    public void sendAside(String link, Endpoint to, Bytes datagram) {
      if (isNotForPlanning(datagram)) {
        return;
      }
      side.send(link, to, datagram);
    }

    @Override
    public boolean isOnLink(String link, Bytes address) {
      return NodeLinks.isOnLink(link, address);
    }

    @Override
    public void perform(NeighborId id, NeighborEffect.Tunnel effect) {
      if (effect instanceof NeighborEffect.Build build) {
        keeper.build(id, build.generation(), NodeLinks.tunnelMtu(id.link()));
      } else if (effect instanceof NeighborEffect.SetPeer set) {
        links.find(id.link()).ifPresent(on -> setPeer(id, set, on));
      } else if (effect instanceof NeighborEffect.Remove) {
        keeper.remove(id);
      } else if (effect instanceof NeighborEffect.Forward forward) {
        gate.allow(keeper.name(id), id.node(), forward.allowed());
        shares.tunnel(id, keeper.name(id), forward.allowed());
        // When the kernel knows, too: whoever is told may send at once.
        os.execute(() -> loop.execute(() -> tellTunnel(forward.allowed(), id)));
        if (!forward.allowed()) {
          receipts.settleLast(id.node());
        }
      }
    }

    @Override
    public void changed(NeighborId id, Optional<NeighborState> was, Optional<NeighborState> is) {
      events.publish(NodeEvents.neighbor(id, was, is));
    }

    private void setPeer(NeighborId id, NeighborEffect.SetPeer set, LinkInterface on) {
      TunnelKey key = new TunnelKey(set.peer().key());
      keeper.setPeer(
          id,
          set.generation(),
          new TunnelPeer(key, set.peer().endpoint().toSocketAddress(on.index())));
    }
  }

  /** What becomes of tunnels, passed on to the neighborhood. */
  private final class TunnelEvents implements TunnelKeeper.Listener {
    @Override
    public void ready(NeighborId id, int generation, TunnelKey key, int port) {
      Optional<LinkInterface> on = links.find(id.link());
      if (on.isEmpty()) {
        neighborhood.tunnelFailed(id, generation);
        return;
      }
      Endpoint endpoint = new Endpoint(on.get().linkLocal(), "", port);
      neighborhood.tunnelReady(id, generation, new TunnelEnd(key.bytes(), endpoint));
    }

    @Override
    public void failed(NeighborId id, int generation) {
      neighborhood.tunnelFailed(id, generation);
    }

    @Override
    public void lost(NeighborId id, int generation) {
      neighborhood.tunnelLost(id, generation);
    }

    @Override
    public void handshake(NeighborId id, int generation, Instant stamp) {
      neighborhood.handshake(id, generation, stamp);
    }
  }
}
