// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.exec.Host;
import tollway.exec.HostCommand;

/**
 * Loads our tables and no others. Every call blocks: make it on an {@code os} loop. The tables
 * outlive the process, so that a crash forwards nothing more than before.
 */
public final class Firewall {
  private static final Logger log = LoggerFactory.getLogger(Firewall.class);
  private static final List<String> LOAD = List.of("nft", "-f", "-");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Packets and bytes. */
  public record Count(long packets, long bytes) {
    static final Count NONE = new Count(0, 0);
  }

  /** What was let through, and what was not, and why; since the tables were first loaded. */
  public record Counters(Count forwarded, Count dropped, Count spoofed, Count bridged) {}

  /**
   * What one tunnel's counter says of packets that were let through. {@code id} is one no other
   * counter ever has, this tunnel's of another day included: with it the counts only grow.
   */
  public record Traffic(String neighbor, String id, Count count) {}

  /**
   * What stands in the kernel: the rules as far as they can be told, counters by tunnel of packets
   * that came in by it and went out by it, and how it differs from what was wanted, one line each.
   * {@code epoch} is this life of the counters, empty without a table.
   */
  public record Standing(
      Ruleset rules,
      String epoch,
      Counters counters,
      Map<String, Traffic> in,
      Map<String, Traffic> out,
      List<String> deviations) {
    public Standing {
      in = Map.copyOf(in);
      out = Map.copyOf(out);
      deviations = List.copyOf(deviations);
    }
  }

  private final Host host;
  private boolean bridges = true;
  private Consumer<Standing> witness = last -> {};

  /** Deviations that another version of {@code nft} shows even right after loading. */
  private Set<String> dialect = Set.of();

  public Firewall(Host host) {
    this.host = host;
  }

  /** Whether {@code host} has the program at all. */
  public static boolean isInstalled(Host host) {
    return host.has("nft");
  }

  /** Makes what stands {@code rules}, in one transaction; counters that stand go on. */
  public void load(Ruleset rules) throws IOException {
    if (!list().has(Ruleset.INET)) {
      replace(rules);
      return;
    }
    try {
      update(rules);
    } catch (IOException unfit) {
      log.warn("replacing the forwarding policy that stands: {}", unfit.getMessage());
      replace(rules);
      return;
    }
    if (!deviations(list(), rules).isEmpty()) {
      replace(rules);
    }
  }

  /** The same for tables that this object loaded. */
  public void update(Ruleset rules) throws IOException {
    String epoch = epoch();
    run(rules, each -> each.update(epoch));
  }

  /** {@code witness} sees what stands before the counters of a table are lost with it. */
  public void beforeReplacing(Consumer<Standing> witness) {
    this.witness = witness;
  }

  /** Takes away the counters of tunnels that none of our maps names any more. */
  public void forget(Set<String> tunnels) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String tunnel : tunnels) {
      if (Ruleset.isTunnelName(tunnel)) {
        text.append("delete counter inet tollway in_").append(tunnel).append('\n');
        text.append("delete counter inet tollway out_").append(tunnel).append('\n');
      }
    }
    if (text.length() > 0) {
      host.run(LOAD, text.toString());
    }
  }

  private void replace(Ruleset rules) throws IOException {
    Listing last = list();
    if (last.has(Ruleset.INET)) {
      witness.accept(standing(last, List.of()));
    }
    String epoch = epoch();
    run(rules, each -> each.text(epoch));
    Listing fresh = list();
    if (fresh.has(Ruleset.INET)) {
      dialect = Set.of();
      dialect = new HashSet<>(deviations(fresh, rules));
      dialect.forEach(line -> log.debug("after loading: {}", line));
    }
  }

  private static String epoch() {
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    return Bytes.of(random).hex();
  }

  /** Text made of rules. */
  private interface Writer {
    String write(Ruleset rules);
  }

  private void run(Ruleset rules, Writer writer) throws IOException {
    if (bridges) {
      HostCommand.Result loaded = host.attempt(LOAD, writer.write(rules));
      if (loaded.exitCode() == 0) {
        return;
      }
      HostCommand.Result bridge =
          host.attempt(List.of("nft", "--check", "-f", "-"), Ruleset.BRIDGE + " {}\n");
      if (bridge.exitCode() == 0) {
        HostCommand.checked(LOAD, loaded);
      }
      log.warn("this kernel cannot filter bridges: what they pass on is not stopped");
      bridges = false;
    }
    host.run(LOAD, writer.write(rules.withoutBridges()));
  }

  /** Takes our tables away: the host forwards again as it did without us. */
  public void remove() throws IOException {
    HostCommand.Result both = host.attempt(LOAD, Ruleset.removal(true));
    if (both.exitCode() != 0) {
      host.run(LOAD, Ruleset.removal(false));
    }
  }

  /** Whether a table of ours stands. */
  public boolean stands() throws IOException {
    Listing listing = list();
    return listing.has(Ruleset.INET) || listing.has(Ruleset.BRIDGE);
  }

  /** What stands, beside what was {@code wanted}. */
  public Standing standing(Ruleset wanted) throws IOException {
    Listing listing = list();
    return standing(listing, deviations(listing, wanted));
  }

  /** What stands, beside what its own sets and marks call for. */
  public Standing standing() throws IOException {
    Listing listing = list();
    return standing(
        listing, listing.deviations(Listing.parse(Reconstruction.of(listing).text(""))));
  }

  /** What stands, beside what a running daemon says that it wants. */
  public Standing standing(String wantedText) throws IOException {
    Listing listing = list();
    return standing(listing, listing.deviations(Listing.parse(wantedText)));
  }

  private List<String> deviations(Listing listing, Ruleset wanted) {
    Ruleset possible = bridges ? wanted : wanted.withoutBridges();
    return listing.deviations(Listing.parse(possible.text(""))).stream()
        .filter(line -> !dialect.contains(line))
        .toList();
  }

  /** What we want, as text that another process can compare. */
  public String wanted(Ruleset rules) {
    return (bridges ? rules : rules.withoutBridges()).text("");
  }

  private static Standing standing(Listing listing, List<String> deviations) {
    Map<String, Traffic> in = new TreeMap<>();
    Map<String, Traffic> out = new TreeMap<>();
    Map<String, Listing.Counter> named = listing.counters(Ruleset.INET);
    Listing.Counter forwarded = named.get("forwarded");
    String epoch = forwarded == null ? "" : forwarded.comment().replaceFirst("^epoch ", "");
    named.forEach(
        (name, counter) -> {
          String id = epoch + "." + counter.id();
          Traffic traffic = new Traffic(counter.comment(), id, count(counter));
          if (name.startsWith("in_")) {
            in.put(name.substring("in_".length()), traffic);
          } else if (name.startsWith("out_")) {
            out.put(name.substring("out_".length()), traffic);
          }
        });
    Counters counters =
        new Counters(
            count(named.get("forwarded")),
            count(named.get("dropped")),
            count(named.get("spoofed")),
            count(listing.counters(Ruleset.BRIDGE).get("dropped")));
    return new Standing(Reconstruction.of(listing), epoch, counters, in, out, deviations);
  }

  private static Count count(Listing.@org.jspecify.annotations.Nullable Counter counter) {
    return counter == null ? Count.NONE : new Count(counter.packets(), counter.bytes());
  }

  /** Both tables as they stand, each as far as there is one. */
  private Listing list() throws IOException {
    if (bridges) {
      HostCommand.Result both =
          host.attempt(
              words("nft --handle list table inet tollway ; list table bridge tollway"), "");
      if (both.exitCode() == 0) {
        return Listing.parse(both.stdout());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String family : List.of("inet", "bridge")) {
      HostCommand.Result listed =
          host.attempt(words("nft --handle list table " + family + " tollway"), "");
      if (listed.exitCode() == 0) {
        text.append(listed.stdout()).append('\n');
      } else if (listed.stderr().contains("not permitted")) {
        throw new IOException("'nft list' failed: " + listed.stderr().strip());
      }
    }
    return Listing.parse(text.toString());
  }

  private static List<String> words(String command) {
    return List.of(command.split(" "));
  }
}
