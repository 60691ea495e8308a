// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.net.URI;
import java.net.URISyntaxException;
import tollway.cli.UserErrorException;
import tollway.pipeline.Invite;
import tollway.reach.Route;

/** The address of a freddie on the command line, also by way of a front. */
final class FreddieUrl {
  private FreddieUrl() {}

  /** {@code option} is named when it is wrong. */
  static URI parse(String option, String text) {
    try {
      URI url = new URI(text.strip());
      Route.of(url);
      if (Invite.isFreddieUrl(url)) {
        return url;
      }
    } catch (URISyntaxException notAUrl) {
      // Said below, as for one that is too long.
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(option + ": " + wrong.getMessage());
    }
    throw new UserErrorException(
        option + ": '" + Route.shown(text) + "' is not a URL such as https://HOST/");
  }
}
