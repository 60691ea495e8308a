// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.security.SecureRandom;
import tollway.identity.Identity;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;

/** Mallory's invites: real addresses under a wrong identity. */
final class InviteForge {
  private InviteForge() {}

  static String withOtherIdentity(String invite) throws Exception {
    Invite real = InviteCodec.decode(invite);
    return InviteCodec.encode(
        new Invite(
            Identity.generate(new SecureRandom()).nodeId(),
            real.egressUrls(),
            real.freddies(),
            real.stunServers(),
            real.token()));
  }
}
