// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import tollway.bytes.Bytes;
import tollway.crawl.Examination;
import tollway.crawl.Ipv4Ranges;
import tollway.crawl.PacedSweep;
import tollway.crawl.ServerList;
import tollway.crawl.Sweep;
import tollway.crawl.Verification;
import tollway.crawl.ZmapSweep;
import tollway.loop.NettyEventLoop;

/**
 * What one crawl asks where.
 *
 * @param rate packets a second
 * @param zmap where ZMap sends, if it does
 */
record SweepPlan(Ipv4Ranges ranges, int port, int rate, Optional<ZmapSweep.Link> zmap) {
  /** How long an answer may be on its way. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The same for crawls that may go on where the other was; the rate may differ. */
  String identity() {
    return Bytes.ofUtf8(ranges + " " + port + " " + zmap.isPresent()).sha256().hex();
  }

  Sweep sweep(byte[] key) {
    return zmap.isPresent()
        ? new ZmapSweep(ranges, port, rate, key, zmap.get())
        : new PacedSweep(ranges, port, rate, key, PATIENCE);
  }

  /** What may still be asked of a list: an opt-out holds for who is listed, too. */
  ServerList within(ServerList list) {
    return list.only(ranges, port);
  }

  /** Who is verified: all who answered, and all who are listed. */
  Set<InetSocketAddress> candidates(Set<Long> hits, ServerList listed) {
    Set<InetSocketAddress> servers = new LinkedHashSet<>(listed.addresses());
    servers.addAll(servers(hits));
    return servers;
  }

  private Set<InetSocketAddress> servers(Set<Long> hits) {
    return hits.stream().map(this::address).collect(Collectors.toSet());
  }

  /** How many good ones did not answer the probe, and are only listed. */
  long listedOnly(Set<Long> hits, List<Examination> found) {
    Set<InetSocketAddress> answered = servers(hits);
    return found.stream()
        .filter(each -> each.isGood() && !answered.contains(each.server()))
        .count();
  }

  private InetSocketAddress address(long hit) {
    byte[] raw = {(byte) (hit >> 24), (byte) (hit >> 16), (byte) (hit >> 8), (byte) hit};
    try {
      return new InetSocketAddress(InetAddress.getByAddress(raw), port);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  List<Examination> verify(
      NettyEventLoop loop, Collection<InetSocketAddress> servers, ProgressBar bar)
      throws InterruptedException {
    try {
      return Verification.run(loop, servers, rate, done -> bar.show(done, "")).get();
    } catch (ExecutionException bug) {
      throw new IllegalStateException(bug);
    }
  }
}
