// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class TunnelKeysTest {
  @Test
  void computesThePublicKeyOfTheStandard() throws Exception {
    assertThat(Cast.bobKeys().publicKey().bytes().hex()).isEqualTo(Cast.BOB_PUBLIC);
  }

  @Test
  void neverPrintsThePrivateKey() throws Exception {
    assertThat(Cast.bobKeys().toString() + Cast.withPeer())
        .doesNotContain(Cast.BOB_PRIVATE)
        .doesNotContain(Bytes.ofHex(Cast.BOB_PRIVATE).base64());
  }

  @Test
  void makesFreshKeysEveryTime() {
    SecureRandom random = new SecureRandom();
    assertThat(TunnelKeys.generate(random)).isNotEqualTo(TunnelKeys.generate(random));
  }

  @Test
  void refusesKeysThatAreNone() {
    for (int size : new int[] {0, 31, 32, 33}) {
      assertThatExceptionOfType(MalformedBytesException.class)
          .isThrownBy(() -> TunnelKey.of(Bytes.of(new byte[size])));
    }
  }
}
