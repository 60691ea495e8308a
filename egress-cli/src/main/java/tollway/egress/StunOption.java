// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import tollway.cli.UserErrorException;
import tollway.pipeline.Invite;
import tollway.pipeline.StunChoice;

/** Which STUN servers a desktop or a widget asks. */
final class StunOption {
  private static final String NONE = "none";
  private static final String FILE_NAME = "stun.jsonl";

  @Option(
      names = "--stun",
      paramLabel = "HOST:PORT",
      description =
          "Ask this STUN server how we look from outside, besides freddie's and no others; may be"
              + " repeated. 'none': ask no server at all.")
  private List<String> servers = new ArrayList<>();

  /** Those that answered are remembered in {@code state}. */
  StunChoice choice(Path state) {
    boolean nobody = servers.contains(NONE);
    if (nobody && servers.size() > 1) {
      throw new UserErrorException("--stun: give servers, or 'none'");
    }
    if (servers.size() > StunChoice.MOST_NAMED) {
      throw new UserErrorException("--stun: at most " + StunChoice.MOST_NAMED + " servers");
    }
    for (String server : servers) {
      if (!nobody && !Invite.isStunServer(server)) {
        throw new UserErrorException("--stun: '" + server + "' is not HOST:PORT");
      }
    }
    return new StunChoice(
        nobody ? List.of() : servers, nobody, Optional.of(state.resolve(FILE_NAME)));
  }
}
