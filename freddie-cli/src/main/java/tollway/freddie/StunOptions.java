// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.HostPort;
import tollway.cli.UserErrorException;
import tollway.signaling.Signal;
import tollway.stun.StunAlternate;

/** Where {@code freddie serve} answers STUN. */
final class StunOptions {
  @Option(
      names = "--stun",
      paramLabel = "HOST:PORT[=PUBLIC:PORT]",
      description =
          "Answer STUN on this UDP address and tell clients of it; may be repeated. PUBLIC is how"
              + " clients reach it when that differs, as behind a NAT. Default: none.")
  private List<String> stun = new ArrayList<>();

  @Option(
      names = "--stun-alternate",
      paramLabel = "HOST:PORT[=PUBLIC:PORT]",
      description =
          "A second address of this host, with another port: with the first --stun it helps clients"
              + " find out what their NAT does (RFC 5780), by answering from both ports of both"
              + " addresses.")
  private @Nullable String alternate;

  List<FreddieConfig.StunAddress> addresses() {
    if (stun.size() > Signal.MAX_STUN) {
      throw new UserErrorException("--stun: at most " + Signal.MAX_STUN + " addresses");
    }
    return stun.stream().map(StunOptions::address).toList();
  }

  Optional<StunAlternate> alternate() {
    if (alternate == null) {
      return Optional.empty();
    }
    if (stun.isEmpty()) {
      throw new UserErrorException("--stun-alternate: give --stun as well: it takes two addresses");
    }
    Given first = Given.parse("--stun", stun.get(0));
    Given second = Given.parse("--stun-alternate", alternate);
    InetSocketAddress one = first.bind().resolve("--stun");
    InetSocketAddress other = second.bind().resolve("--stun-alternate");
    refuseUnfit(one, other);
    Optional<InetSocketAddress> firstTold = first.told("--stun");
    Optional<InetSocketAddress> told = second.told("--stun-alternate");
    if (firstTold.isPresent() != told.isPresent()) {
      throw new UserErrorException(
          "--stun-alternate: say =PUBLIC:PORT of both addresses or of none");
    }
    if (firstTold.isPresent()) {
      refuseAlike(firstTold.get(), told.get());
    }
    return Optional.of(new StunAlternate(other, told, firstTold));
  }

  private static void refuseUnfit(InetSocketAddress one, InetSocketAddress other) {
    if (one.getAddress().isAnyLocalAddress() || other.getAddress().isAnyLocalAddress()) {
      throw new UserErrorException(
          "--stun-alternate: name both addresses: from a wildcard the system chooses one");
    }
    refuseAlike(one, other);
  }

  /** RFC 5780 §6: nothing is learnt from what does not differ. */
  private static void refuseAlike(InetSocketAddress one, InetSocketAddress other) {
    if (one.getAddress().getClass() != other.getAddress().getClass()) {
      throw new UserErrorException("--stun-alternate: both addresses must be IPv4, or both IPv6");
    }
    if (one.getAddress().equals(other.getAddress())) {
      throw new UserErrorException(
          "--stun-alternate: give another address than that of the first --stun");
    }
    if (one.getPort() == other.getPort() && one.getPort() != 0) {
      throw new UserErrorException(
          "--stun-alternate: give another port than that of the first --stun");
    }
  }

  private static FreddieConfig.StunAddress address(String text) {
    Given given = Given.parse("--stun", text);
    InetSocketAddress bind = given.bind().resolve("--stun");
    if (given.told().isEmpty() && bind.getAddress().isAnyLocalAddress()) {
      throw new UserErrorException(
          "--stun: clients cannot reach %s; add how they do, as in %s=stun.example.org:3478"
              .formatted(text, text));
    }
    return new FreddieConfig.StunAddress(bind, given.told().map(HostPort::toString).orElse(""));
  }

  /** {@code HOST:PORT[=PUBLIC:PORT]}, not yet looked up. */
  private record Given(HostPort bind, Optional<HostPort> told) {
    static Given parse(String option, String text) {
      int equals = text.indexOf('=');
      HostPort bind = HostPort.parse(option, equals < 0 ? text : text.substring(0, equals));
      if (equals < 0) {
        return new Given(bind, Optional.empty());
      }
      HostPort told = HostPort.parse(option, text.substring(equals + 1));
      if (told.port() == 0
          || told.toString().length() > Signal.MAX_TEXT
          || !told.host().matches("[A-Za-z0-9._:-]+")) {
        throw new UserErrorException(option + ": clients cannot reach '" + told + "'");
      }
      return new Given(bind, Optional.of(told));
    }

    Optional<InetSocketAddress> told(String option) {
      return told.map(address -> address.resolve(option));
    }
  }
}
