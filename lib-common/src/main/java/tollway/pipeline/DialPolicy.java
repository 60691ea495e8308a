// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What an egress dials for strangers. Asked about the address that is about to be dialled, after
 * name resolution, so that no name can talk it into its own network.
 */
public final class DialPolicy {
  /** Mail: nobody wants to be the source of it. */
  public static final Set<Integer> DENIED_PORTS = Set.of(25);

  /** IPv4 that is not for the whole Internet (IANA special-purpose registry, RFC 6890). */
  private static final List<AddressBlock> SPECIAL_V4 =
      AddressBlock.listOf(
          "0.0.0.0/8", // this network, unspecified
          "10.0.0.0/8", // private
          "100.64.0.0/10", // shared by carriers; 100.100.100.200 is a metadata service
          "127.0.0.0/8", // loopback
          "168.63.129.16/32", // a cloud's internal service on a public address
          "169.254.0.0/16", // link-local; 169.254.169.254 is the metadata service of most clouds
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments; 192.0.0.192 is a metadata service
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4"); // reserved, broadcast

  /** All that IANA has given out for the whole Internet. */
  private static final AddressBlock GLOBAL_V6 = AddressBlock.of("2000::/3");

  private static final List<AddressBlock> SPECIAL_V6 =
      AddressBlock.listOf(
          "2001::/23", // protocol assignments: Teredo, ORCHID, benchmarks
          "2001:db8::/32", // documentation
          "3fff::/20"); // documentation

  /** Where an IPv6 address holds an IPv4 address, and at which byte. */
  private record Embedding(AddressBlock block, int at) {}

  private static final List<Embedding> EMBEDDINGS =
      List.of(
          new Embedding(AddressBlock.of("::ffff:0:0/96"), 12), // mapped (RFC 4291 §2.5.5.2)
          new Embedding(AddressBlock.of("2002::/16"), 2), // 6to4 (RFC 3056 §2)
          new Embedding(AddressBlock.of("64:ff9b::/96"), 12)); // NAT64 (RFC 6052 §2.1)

  private final boolean allowPrivate;
  private final Set<Integer> deniedPorts;
  private final Predicate<InetAddress> own;
  private final Optional<InetSocketAddress> only;

  /** {@code own} knows the addresses of this host. */
  public DialPolicy(boolean allowPrivate, Set<Integer> deniedPorts, Predicate<InetAddress> own) {
    this(allowPrivate, deniedPorts, own, Optional.empty());
  }

  private DialPolicy(
      boolean allowPrivate,
      Set<Integer> deniedPorts,
      Predicate<InetAddress> own,
      Optional<InetSocketAddress> only) {
    this.allowPrivate = allowPrivate;
    this.deniedPorts = Set.copyOf(deniedPorts);
    this.own = own;
    this.only = only;
  }

  /** Wherever somebody wants to go, {@code only} is dialled, and no datagrams are carried. */
  public static DialPolicy only(InetSocketAddress only) {
    return new DialPolicy(false, Set.of(), address -> true, Optional.of(only));
  }

  /** What is dialled whatever a stream asks for. */
  Optional<InetSocketAddress> only() {
    return only;
  }

  /** Why nobody dials this port, whatever the address. */
  Optional<String> objectionToPort(int port) {
    return deniedPorts.contains(port)
        ? Optional.of("port " + port + " is not served")
        : Optional.empty();
  }

  /** Why {@code target}, a resolved address, must not be dialled. */
  Optional<String> objectionTo(InetSocketAddress target) {
    if (only.isPresent()) {
      return only.get().equals(target)
          ? Optional.empty()
          : Optional.of("the egress serves nothing but one host");
    }
    Optional<String> port = objectionToPort(target.getPort());
    if (port.isPresent() || allowPrivate) {
      return port;
    }
    if (!isGlobal(target.getAddress().getAddress())) {
      return Optional.of("the address is not on the public Internet");
    }
    return own.test(target.getAddress())
        ? Optional.of("the address is the egress's own")
        : Optional.empty();
  }

  /** Whether an address, as bytes, is one of the public Internet. */
  static boolean isGlobal(byte[] address) {
    if (address.length == 4) {
      return SPECIAL_V4.stream().noneMatch(block -> block.contains(address));
    }
    for (Embedding embedding : EMBEDDINGS) {
      if (embedding.block().contains(address)) {
        return isGlobal(Arrays.copyOfRange(address, embedding.at(), embedding.at() + 4));
      }
    }
    return GLOBAL_V6.contains(address)
        && SPECIAL_V6.stream().noneMatch(block -> block.contains(address));
  }
}
