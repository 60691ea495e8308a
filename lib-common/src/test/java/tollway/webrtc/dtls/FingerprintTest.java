// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class FingerprintTest {
  /** SHA-256 of "abc" (FIPS 180-2). */
  private static final String ABC =
      "sha-256 BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23"
          + ":B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";

  @Test
  void isTheHashOfTheCertificate() throws Exception {
    Fingerprint abc = Fingerprint.of(Bytes.ofUtf8("abc"));
    assertThat(abc).hasToString(ABC);
    assertThat(Fingerprint.parse(ABC)).isEqualTo(abc);
    assertThat(Fingerprint.parse(ABC.toLowerCase(Locale.ROOT))).isEqualTo(abc);
    assertThat(abc.matches(Bytes.ofUtf8("abc"))).isTrue();
    assertThat(abc.matches(Bytes.ofUtf8("abd"))).isFalse();
  }

  @Test
  void onlyStrongHashesOfTheRightLengthAreRead() {
    for (String wrong :
        List.of(
            "",
            " ",
            "sha-256",
            "sha-256 ",
            "sha-1 A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D",
            "md5 90:01:50:98:3C:D2:4F:B0:D6:96:3F:7D:28:E1:7F:72",
            ABC.replace("sha-256", "sha-384"),
            ABC.replace(":", ""),
            ABC.replace(":", "-"),
            ABC + ":00",
            ABC + " x",
            ABC.replace("AD", "AG"))) {
      assertThatThrownBy(() -> Fingerprint.parse(wrong))
          .as(wrong)
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void noiseIsAFingerprintOrMalformed() {
    Random random = new Random(8122);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder noise = new StringBuilder(ABC);
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        noise.setCharAt(random.nextInt(noise.length()), (char) random.nextInt(0x120));
      }
      noise.setLength(random.nextInt(10) == 0 ? random.nextInt(noise.length()) : noise.length());
      try {
        assertThat(Fingerprint.parse(noise.toString()).digest().size()).isGreaterThanOrEqualTo(32);
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }
}
