// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class HelloStyleTest {
  private static final int HANDSHAKES = 100;

  @Test
  void aHundredHandshakesSucceedAndShowManyFaces() throws Exception {
    Set<List<Object>> faces = new HashSet<>();
    Set<List<Object>> asWritten = new HashSet<>();
    int bodyFirst = 0;
    try (Handshakes handshakes = new Handshakes()) {
      for (int i = 0; i < HANDSHAKES; i++) {
        SeenHello hello = handshakes.one(List.of());
        faces.add(hello.ja4());
        asWritten.add(List.of(hello.suites(), hello.types(), hello.schemes()));
        assertThat(hello.suites().get(0)).isEqualTo(0xc02b);
        // Every browser's: groups, point formats, signatures, master secret, renegotiation.
        assertThat(hello.types()).contains(10, 11, 13, 23, 0xff01).doesNotContain(5, 22);
        bodyFirst += hello.extensions().get(0).body().size() > 0 ? 1 : 0;
      }
    }
    assertThat(faces).hasSizeGreaterThan(HANDSHAKES * 3 / 4);
    assertThat(asWritten).hasSizeGreaterThan(HANDSHAKES * 9 / 10);
    assertThat(bodyFirst).isBetween(HANDSHAKES / 2, HANDSHAKES - 1);
  }
}
