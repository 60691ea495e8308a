// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.cli.HostPort;
import tollway.cli.UserErrorException;
import tollway.pipeline.AccessTokens;
import tollway.pipeline.AddressBlock;
import tollway.pipeline.EgressDoor;
import tollway.pipeline.EgressLimits;
import tollway.pipeline.WidgetPage;
import tollway.tls.TlsOptions;

/** The options of {@code egress serve} that say how volunteers come in. */
final class DoorOptions {
  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8470",
      description = "Where volunteers connect (default: ${DEFAULT-VALUE}); port 0 is any free one.")
  private String listen = "";

  @Mixin private TlsOptions tls = new TlsOptions();

  @Option(
      names = "--proxy-protocol-from",
      paramLabel = "CIDR",
      split = ",",
      description =
          "Balancers, such as 10.0.0.0/24, that say by the PROXY protocol (version 2) for whom they"
              + " connect; they must, and nobody else may. May be repeated.")
  private List<String> balancers = new ArrayList<>();

  @Option(
      names = "--max-per-address",
      paramLabel = "N",
      description = "Connections from one public address, or IPv6 /64 (64 at the start).")
  private int perAddress = EgressLimits.DEFAULT.connectionsPerAddress();

  @Option(
      names = "--widget-page",
      description =
          "Also show a page at /widget by which volunteers help with nothing but a browser; give"
              + " them https://HOST/widget#INVITE.")
  private boolean page;

  boolean isSecure() {
    return tls.isSecure();
  }

  int perAddress() {
    if (perAddress < 1) {
      throw new UserErrorException("--max-per-address: give a number above 0");
    }
    return perAddress;
  }

  TlsOptions tls() {
    return tls;
  }

  EgressDoor toDoor(AccessTokens tokens) throws IOException {
    List<AddressBlock> trusted = new ArrayList<>();
    for (String text : balancers) {
      try {
        trusted.add(AddressBlock.of(text.strip()));
      } catch (IllegalArgumentException wrong) {
        throw new UserErrorException("--proxy-protocol-from: " + wrong.getMessage());
      }
    }
    return new EgressDoor(
        HostPort.parse("--listen", listen).resolve("--listen"),
        tls.read(),
        tokens,
        trusted,
        page ? Optional.of(WidgetPage.load()) : Optional.empty());
  }
}
