// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import tollway.bytes.Bytes;
import tollway.firewall.Firewall;
import tollway.firewall.Passage;
import tollway.firewall.ReversePath;
import tollway.firewall.Ruleset;
import tollway.identity.NodeId;
import tollway.neighbor.NeighborId;
import tollway.shaping.Claim;
import tollway.shaping.ClassNumbers;
import tollway.shaping.Division;
import tollway.shaping.Leaf;
import tollway.shaping.Portion;
import tollway.shaping.Rate;
import tollway.shaping.Shaper;
import tollway.shaping.ShapingPlan;
import tollway.tunnel.ScriptedBackend;
import tollway.tunnel.TunnelBackend;
import tollway.tunnel.TunnelDevice;
import tollway.tunnel.TunnelKey;
import tollway.tunnel.TunnelKeys;
import tollway.tunnel.TunnelNames;
import tollway.tunnel.TunnelPeer;
import tollway.tunnel.TunnelSpec;
import tollway.tunnel.Tunnels;

/**
 * What a run does to its host for these neighbours, by the very classes that do it in a run, and in
 * their order: the policy stands before the first tunnel, and falls after the last.
 */
final class RunPlan {
  private final Script script = new Script();
  private final Wishes wishes;
  private final TunnelBackend backend;
  private final Tunnels tunnels;
  private final Firewall firewall;
  private final Shaper shaper;
  private final ClassNumbers numbers = new ClassNumbers();
  private final Map<NeighborId, TunnelSpec> made = new LinkedHashMap<>();

  /** What is planned for; {@code weights} by neighbour. */
  record Wishes(
      NodeId self,
      List<String> links,
      Map<NeighborId, Double> weights,
      List<InetAddress> addresses,
      int firstPort,
      ReversePath reversePath,
      Optional<ShareWish.Share> share,
      Rate freeFloor,
      Leaf leaf,
      boolean userspace) {}

  RunPlan(Wishes wishes) {
    this.wishes = wishes;
    backend = new ScriptedBackend(script, wishes.userspace());
    tunnels = new Tunnels(backend, script, TunnelAlias.prefix(wishes.self()));
    firewall = new Firewall(script);
    shaper = new Shaper(script, TunnelNames.sharingDevice(wishes.self().key()));
  }

  String start() throws IOException {
    build();
    return script.text();
  }

  /** The end of such a run. */
  String removal() throws IOException {
    build();
    String before = script.text();
    for (Map.Entry<NeighborId, TunnelSpec> each : made.entrySet()) {
      script.comment("the tunnel with " + each.getKey().node() + " on " + each.getKey().link());
      tunnels.remove(each.getValue().name());
    }
    if (wishes.share().isPresent()) {
      script.comment("the shares");
      shaper.remove(List.of());
    }
    script.comment("the policy, last");
    firewall.remove();
    return script.text().substring(before.length()).stripLeading();
  }

  private void build() throws IOException {
    if (wishes.share().isPresent()) {
      script.comment("the share, before there is anybody to divide it among");
      shaper.apply(shares());
    }
    script.comment("the policy, before there is anything to forward");
    firewall.load(policy());
    for (NeighborId id : wishes.weights().keySet()) {
      raise(id);
    }
  }

  private void raise(NeighborId id) throws IOException {
    String who = id.node() + " on " + id.link();
    String name = TunnelNames.interfaceName(wishes.self().key(), id.node().key(), id.link());
    List<InetAddress> addresses = new ArrayList<>();
    addresses.add(TunnelNames.linkLocal(wishes.self().key()));
    addresses.addAll(wishes.addresses());
    TunnelDevice device =
        new TunnelDevice(
            name, TunnelAlias.of(wishes.self(), id), NodeLinks.tunnelMtu(id.link()), addresses);
    TunnelKeys keys = TunnelKeys.generate(new SecureRandom());
    TunnelSpec spec =
        new TunnelSpec(device, keys, wishes.firstPort() + made.size(), Optional.empty());
    script.comment("a tunnel for " + who);
    tunnels.raise(spec);
    TunnelSpec answered = spec.withPeer(peer(name));
    script.comment("when it has answered with its end of the tunnel");
    backend.configure(answered);
    made.put(id, answered);
    script.comment("when a handshake has proved who is there");
    firewall.update(policy());
    if (wishes.share().isPresent()) {
      shaper.apply(shares());
    }
  }

  /** Its key and address are in the answer; here they have names. */
  private TunnelPeer peer(String name) throws IOException {
    TunnelKey key = TunnelKeys.generate(new SecureRandom()).publicKey();
    hide(key.bytes(), "ITS-PUBLIC-KEY-FOR-" + name);
    String unknown = "2001:db8:0:0:0:0:0:" + Integer.toHexString(made.size() + 1);
    script.replace("[" + unknown + "]:1\n", "ITS-ENDPOINT-FOR-" + name + "\n");
    return new TunnelPeer(key, new InetSocketAddress(InetAddress.getByName(unknown), 1));
  }

  private void hide(Bytes key, String name) {
    script.replace(key.base64(), name);
    script.replace(key.hex(), name);
  }

  private Ruleset policy() {
    Map<String, Passage> authed = new TreeMap<>();
    made.forEach(
        (id, spec) -> {
          String key = id.node().base64();
          authed.put(
              spec.name(), new Passage(key, wishes.share().isPresent() ? numbers.of(key) : 0));
        });
    return new Ruleset(authed, new LinkNames(wishes.links()).names(), wishes.reversePath(), true);
  }

  private ShapingPlan shares() {
    ShareWish.Share share = wishes.share().orElseThrow();
    String device = TunnelNames.sharingDevice(wishes.self().key());
    Map<String, Claim> claims = new TreeMap<>();
    TreeSet<String> names = new TreeSet<>();
    made.forEach(
        (id, spec) -> {
          names.add(spec.name());
          claims.put(id.node().base64(), Claim.of(wishes.weights().getOrDefault(id, 1.0)));
        });
    Map<Integer, Portion> portions = new TreeMap<>();
    Division.of(share.rate(), wishes.freeFloor(), claims)
        .forEach((key, portion) -> portions.put(numbers.of(key), portion));
    return ShapingPlan.empty(device, share.uplink(), share.rate(), wishes.leaf())
        .with(portions, names);
  }
}
