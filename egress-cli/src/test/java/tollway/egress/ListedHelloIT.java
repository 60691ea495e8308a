// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.lab.HelloTap;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;
import tollway.reach.HelloText;
import tollway.reach.ReachList;
import tollway.reach.SignedListCodec;
import tollway.webrtc.dtls.HelloExtension;
import tollway.webrtc.dtls.HelloProfile;
import tollway.webrtc.dtls.SeenHello;

/** What an operator lists is what a volunteer says on the wire, every role a process of its own. */
final class ListedHelloIT {
  private static final String HELLO =
      "suites=c02b,c02f,009c groups=0017,001d schemes=0403,0401"
          + " extensions=ff01,000d,000a,0017,0023,000b,000e:0002000100";

  @Test
  void aVolunteerSaysWhatTheOperatorLists(@TempDir Path directory) throws Exception {
    HelloProfile hello = HelloText.parse(List.of(HELLO.split(" ")));
    Identity operator = Identity.generate(new SecureRandom());
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    ReachList list =
        new ReachList(
            1, now, now.plusSeconds(3600), List.of(), List.of("127.0.0.1:1"), List.of(hello));
    Path signed = directory.resolve("signed");
    Files.write(signed, SignedListCodec.sign(list, operator).document().toArray());
    try (Chain chain = new Chain(directory);
        HelloTap tap = new HelloTap()) {
      String freddie = Chain.text(chain.freddie("--list", signed.toString()).event("ready"), "url");
      String invite = Chain.text(chain.egress(freddie).event("ready"), "invite");
      Path state = directory.resolve("volunteer");
      String key = operator.nodeId().base64();
      chain.widget(invite, "listed", "--list-key", key, "--state", state.toString()).event("ready");
      String kept = "list-" + operator.nodeId().key().hex().substring(0, 16);
      Await.until("the list has come", () -> Files.exists(state.resolve(kept)));
      Invite read = InviteCodec.decode(invite);
      try (Stranger person = new Stranger(read, 0, "tollway-path/0", Optional.of(tap))) {
        assertThat(person.outcome()).as("the egress's question").isEqualTo("type 16");
      }
      SeenHello seen = SeenHello.read(tap.hello());
      assertThat(seen.suites()).isEqualTo(hello.suites());
      assertThat(seen.groups()).isEqualTo(hello.groups());
      assertThat(seen.schemes()).isEqualTo(hello.schemes());
      assertThat(seen.types())
          .isEqualTo(hello.extensions().stream().map(HelloExtension::type).toList());
    }
  }
}
