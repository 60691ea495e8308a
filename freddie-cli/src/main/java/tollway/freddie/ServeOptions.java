// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.admission.Puzzle;
import tollway.cli.DurationText;
import tollway.cli.HostPort;
import tollway.cli.LogOption;
import tollway.cli.UserErrorException;
import tollway.pipeline.AddressBlock;
import tollway.tls.TlsOptions;

/** What {@code freddie serve} is told, and {@code freddie doctor} looks at before. */
final class ServeOptions {
  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8480",
      description =
          "Where clients connect (default: ${DEFAULT-VALUE}); port 0 lets the system choose.")
  private String listen = "";

  @Mixin private TlsOptions tls = new TlsOptions();

  @Mixin private StunOptions stun = new StunOptions();
  @Mixin private LogOption log = new LogOption();

  @Mixin private ListBoard list = new ListBoard();

  @Mixin private BusOptions bus = new BusOptions();

  @Option(
      names = "--max-clients",
      paramLabel = "N",
      defaultValue = "" + FreddieConfig.Limits.DEFAULT_CLIENTS,
      description =
          "Clients at once; the next ones are told to come later (default: ${DEFAULT-VALUE}).")
  private int maxClients;

  @Option(
      names = "--least-effort",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Newcomers always solve a puzzle of so many evaluations, about 1.5 ms each; browsers"
              + " cannot. Default: ${DEFAULT-VALUE}, puzzles only under load.")
  private int leastEffort;

  @Option(
      names = "--v1-per-address",
      paramLabel = "N",
      defaultValue = "" + FreddieConfig.Limits.DEFAULT_V1_PER_ADDRESS,
      description =
          "Connections of Unbounded clients from one public address, or IPv6 /64 (default:"
              + " ${DEFAULT-VALUE}); 0: do not serve /v1/signal.")
  private int v1PerAddress;

  @Option(
      names = "--front",
      paramLabel = "CIDR",
      split = ",",
      description =
          "Web servers or CDNs before this freddie, such as 10.0.0.0/24, that say in"
              + " X-Forwarded-For for whom they connect; nobody else is believed. May be repeated.")
  private List<String> fronts = new ArrayList<>();

  @Option(
      names = "--drain",
      paramLabel = "TIME",
      defaultValue = "10s",
      description =
          "When told to stop, let those who were introduced finish for so long (default:"
              + " ${DEFAULT-VALUE}); a second signal stops at once.")
  private String drain = "";

  /** What it comes to, without the list; reads the files that it names. */
  FreddieConfig config() throws IOException {
    check();
    return new FreddieConfig(
        address(),
        tls.read(),
        stun.addresses(),
        stun.alternate(),
        FreddieConfig.Limits.of(maxClients)
            .withLeastEffort(leastEffort)
            .withV1PerAddress(v1PerAddress)
            .behind(new Fronts(fronts())),
        bus.config());
  }

  /** Refuses what is wrong whatever the files hold and the host has. */
  void check() throws IOException {
    if (maxClients < 1) {
      throw new UserErrorException("--max-clients: give a number above 0");
    }
    if (leastEffort < 0 || leastEffort > Puzzle.MAX_EFFORT) {
      throw new UserErrorException("--least-effort: give a number from 0 to " + Puzzle.MAX_EFFORT);
    }
    if (v1PerAddress < 0) {
      throw new UserErrorException("--v1-per-address: give 0 or more");
    }
    if (tls.files().isEmpty()) {
      tls.read(); // Half of a certificate.
    }
    fronts();
    drain();
    bus.servers();
  }

  InetSocketAddress address() {
    return HostPort.parse("--listen", listen).resolve("--listen");
  }

  TlsOptions tls() {
    return tls;
  }

  StunOptions stun() {
    return stun;
  }

  LogOption log() {
    return log;
  }

  ListBoard list() {
    return list;
  }

  BusOptions bus() {
    return bus;
  }

  int maxClients() {
    return maxClients;
  }

  /** How long those who were introduced may take to finish. */
  Duration drain() {
    return DurationText.parse("--drain", drain);
  }

  private List<AddressBlock> fronts() {
    List<AddressBlock> blocks = new ArrayList<>();
    for (String text : fronts) {
      try {
        blocks.add(AddressBlock.of(text.strip()));
      } catch (IllegalArgumentException wrong) {
        throw new UserErrorException("--front: " + wrong.getMessage());
      }
    }
    return blocks;
  }
}
