// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Browser;
import tollway.lab.Firefox;

final class DataChannelFirefoxIT extends BrowserCases {
  @Override
  void require() {
    Firefox.require();
  }

  @Override
  Browser start(List<String> prefix, Path profile) throws Exception {
    return Firefox.start(prefix, profile, Map.of());
  }

  @Test
  void aBrowserThatHidesNoAddressIsReachedToo(@TempDir Path profile) throws Exception {
    Browser frank =
        Firefox.start(
            net.prefix(),
            profile,
            Map.of("media.peerconnection.ice.obfuscate_host_addresses", false));
    try {
      for (Offerer offerer : Offerer.values()) {
        page = PagePeer.open(frank);
        OurPeer peer = connect(offerer, DATAGRAMS);
        assertEchoes(peer.open("datagrams"));
        assertThat(peer.heardCandidates).anyMatch(line -> line.contains(" 10.77."));
      }
      assertThat(frank.complaints()).isEmpty();
    } finally {
      frank.kill();
    }
  }
}
