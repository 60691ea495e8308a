// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.CliIo;
import tollway.cli.UserErrorException;
import tollway.netstate.NetstateReporter;
import tollway.netstate.NodeReport;
import tollway.netstate.ReportToken;
import tollway.netstate.ReporterConfig;

/** Whether and where a node reports what it sees. */
final class ReportOptions {
  @Option(
      names = "--tag",
      paramLabel = "NAME",
      defaultValue = "",
      description = "A name for this node that others see.")
  private String tag = "";

  @Option(
      names = "--netstate",
      paramLabel = "URL",
      description = "Report connections to this netstate; needs its token.")
  private @Nullable String server;

  @Option(
      names = "--netstate-token-file",
      paramLabel = "FILE",
      description = "The token for it (default: the variable " + ReportToken.VARIABLE + ").")
  private @Nullable Path tokenFile;

  String tag() {
    if (!NodeReport.isTag(tag)) {
      throw new UserErrorException(
          "--tag: at most " + NodeReport.MAX_TAG_BYTES + " bytes and no control characters");
    }
    return tag;
  }

  /** Empty when nothing was asked for. */
  Optional<ReporterConfig> toConfig(CliIo io) throws IOException {
    if (server == null) {
      return Optional.empty();
    }
    try {
      ReportToken token =
          ReportToken.find(tokenFile, io.environment())
              .orElseThrow(
                  () ->
                      new UserErrorException(
                          "--netstate needs --netstate-token-file FILE or "
                              + ReportToken.VARIABLE));
      return Optional.of(ReporterConfig.of(server, token));
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException("--netstate: " + wrong.getMessage());
    }
  }

  static Optional<NetstateReporter> start(Optional<ReporterConfig> config) {
    return config.map(NetstateReporter::start);
  }
}
