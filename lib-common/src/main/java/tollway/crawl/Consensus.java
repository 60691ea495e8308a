// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which of the addresses that servers tell us are right. All were asked from one socket. In order:
 * the addresses that the operator knows; our own, when any server sees us there, for then there is
 * no NAT; the one that most servers tell, on two hosts at least. Where none of these says anything,
 * nothing is confirmed. A NAT that uses several public addresses at a time makes honest servers
 * differ: then the operator has to name them.
 */
public final class Consensus {
  private final Set<InetAddress> known;

  /** With the addresses that the operator knows we have outside; empty for none. */
  public Consensus(Set<InetAddress> known) {
    this.known = Set.copyOf(known);
  }

  /** Servers that are reached in different ways see us at different addresses. */
  private record Way(Class<?> family, boolean near) {
    static Way of(Examination examination) {
      InetAddress server = examination.server().getAddress();
      return new Way(server.getClass(), isNear(server));
    }
  }

  /** The same examinations in the same order, confirmed or found wrong. */
  public List<Examination> settle(List<Examination> examinations) {
    Map<Way, List<Examination>> ways =
        examinations.stream().filter(Examination::isGood).collect(Collectors.groupingBy(Way::of));
    Map<Way, Truth> truths = new HashMap<>();
    ways.forEach((way, alike) -> truths.put(way, truth(way, alike)));
    return examinations.stream()
        .map(
            each ->
                each.isGood() && each.said().isPresent()
                    ? judge(
                        each,
                        each.said().get(),
                        java.util.Objects.requireNonNull(truths.get(Way.of(each))))
                    : each)
        .toList();
  }

  /** Our addresses outside, or that we have our own there; neither: not known. */
  private record Truth(Set<InetAddress> outside, boolean own) {}

  private Truth truth(Way way, List<Examination> alike) {
    Set<InetAddress> told =
        known.stream()
            .filter(address -> address.getClass() == way.family())
            .collect(Collectors.toSet());
    if (!told.isEmpty()) {
      return new Truth(told, false);
    }
    List<Examination.Said> all =
        alike.stream().map(Examination::said).flatMap(Optional::stream).toList();
    if (all.stream().anyMatch(said -> said.mapped().equals(said.local()))) {
      return new Truth(Set.of(), true);
    }
    return new Truth(majority(alike), false);
  }

  /** Each host has one vote, whatever its ports. */
  private static Set<InetAddress> majority(List<Examination> alike) {
    Map<InetAddress, Set<InetAddress>> votes = new HashMap<>();
    Set<InetAddress> voters = new HashSet<>();
    for (Examination each : alike) {
      InetAddress voter = each.server().getAddress();
      each.said()
          .ifPresent(
              said ->
                  votes
                      .computeIfAbsent(said.mapped().getAddress(), first -> new HashSet<>())
                      .add(voter));
      voters.add(voter);
    }
    return votes.entrySet().stream()
        .filter(each -> each.getValue().size() > 1 && each.getValue().size() * 2 > voters.size())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static Examination judge(Examination each, Examination.Said said, Truth truth) {
    InetAddress mapped = said.mapped().getAddress();
    if (truth.own()) {
      return said.mapped().equals(said.local())
          ? each.confirmed()
          : each.judged(Verdict.WRONG_ADDRESS, "tells us an address that others do not see");
    }
    if (!truth.outside().isEmpty()) {
      return truth.outside().contains(mapped)
          ? each.confirmed()
          : each.judged(Verdict.WRONG_ADDRESS, "tells us an address that we do not have");
    }
    return isNear(mapped) && !isNear(each.server().getAddress())
        ? each.judged(Verdict.WRONG_ADDRESS, "tells us an address that no public server can see")
        : each;
  }

  private static boolean isNear(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress();
  }
}
