// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;
import tollway.crawl.Ipv4Block;
import tollway.crawl.Ipv4Ranges;
import tollway.crawl.SpecialPurpose;

/** Which addresses a crawl asks. */
final class CrawlTargets {
  @Option(
      names = "--range",
      required = true,
      split = ",",
      paramLabel = "ADDRESS/BITS",
      description =
          "Where to look, IPv4, or one address; may be repeated. Special-purpose space (RFC 6890) is refused.")
  private List<String> ranges = new ArrayList<>();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "3478",
      description = "The UDP port that is asked (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--exclude-file",
      paramLabel = "FILE",
      description =
          "Who is left alone: an address or ADDRESS/BITS on each line, # begins a comment; 1 MiB at"
              + " most. When FILE is missing or has a mistake, nothing is probed.")
  private @Nullable Path excluded;

  @Option(
      names = "--allow-private",
      description = "Also special-purpose space: for a lab of your own.")
  private boolean allowPrivate;

  int port() {
    if (port < 1 || port > 65535) {
      throw new UserErrorException("--port: give 1 to 65535");
    }
    return port;
  }

  /** Without those excluded. */
  Ipv4Ranges ranges() throws IOException {
    List<Ipv4Block> wanted = new ArrayList<>();
    for (String text : ranges) {
      Ipv4Block block = block("--range: ", text);
      Optional<String> objection = SpecialPurpose.objection(block, allowPrivate);
      if (objection.isPresent()) {
        throw new UserErrorException("--range: " + objection.get());
      }
      wanted.add(block);
    }
    Ipv4Ranges left = Ipv4Ranges.of(wanted).without(excluded());
    if (left.size() == 0) {
      throw new UserErrorException("--exclude-file: nothing of the ranges is left to probe");
    }
    return left;
  }

  private List<Ipv4Block> excluded() throws IOException {
    if (excluded == null) {
      return List.of();
    }
    List<Ipv4Block> blocks = new ArrayList<>();
    int number = 0;
    for (String line : TextFile.utf8("--exclude-file", excluded).split("\n", -1)) {
      number++;
      String text = line.replaceFirst("#.*", "").strip();
      if (!text.isEmpty()) {
        blocks.add(block("--exclude-file: " + excluded + ": line " + number + ": ", text));
      }
    }
    return blocks;
  }

  private static Ipv4Block block(String where, String text) {
    try {
      return Ipv4Block.of(text);
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(where + wrong.getMessage());
    }
  }
}
