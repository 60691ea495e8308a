// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.webrtc.dtls.HelloExtension;
import tollway.webrtc.dtls.HelloProfile;

final class HelloTextTest {
  private static final String SHORT =
      "suites=c02b,c02f groups=001d,0017 schemes=0403 extensions=0017,ff01,000a,000b,000d";

  @Test
  void readsWhatAnOperatorWrites() {
    HelloProfile hello = parse("suites=0xC02B,c02f " + SHORT.substring(SHORT.indexOf("groups")));
    assertThat(hello).isEqualTo(parse(SHORT + " weight=1 order=given"));
    assertThat(hello.suites()).containsExactly(0xc02b, 0xc02f);
    assertThat(hello.groups()).containsExactly(0x1d, 0x17);
    assertThat(hello.shuffled()).isFalse();
    assertThat(hello.extensions())
        .contains(new HelloExtension(0xff01, Bytes.of((byte) 0)))
        .contains(new HelloExtension(0x0a, Bytes.EMPTY));
    assertThat(parse(SHORT + ",0010").extensions().get(5).body().hex())
        .isEqualTo("0010" + "06776562727463" + "08632d776562727463");
    assertThat(HelloText.format(hello)).isEqualTo(SHORT + " weight=1 order=given");
    String all =
        SHORT + ",0a0a,0010:000706776562727463,000e:0002000100,0015:0000 weight=7 order=chance";
    assertThat(HelloText.format(parse(all))).isEqualTo(all);
  }

  @Test
  void saysWhatIsWrong() {
    refused("", "1 to 32 suites");
    refused(SHORT + " weight", "and not weight");
    refused(
        SHORT + " ja3=771", "suites=, groups=, schemes=, extensions=, weight=, order=, and not");
    refused(SHORT + " suites=c02b", "suites= once");
    refused(SHORT + " weight=0", "a weight of 1 to 1000");
    refused(SHORT + " weight=99999999999", "a weight of 1 to 1000");
    refused(SHORT + " order=any", "order=given or order=chance");
    refused("suites=49195", "four hexadecimal digits with commas between, and not 49195");
    refused("suites=c02b,", "with commas between, and not ");
    refused(SHORT + ",14", "NNNN or NNNN:BODY in hexadecimal digits, and not 14");
    refused(SHORT + ",000e:000", "whole bytes, and not 000e:000");
    refused(SHORT + ",000e", "clients of WebRTC send it in the extension 000e");
  }

  @Test
  void noiseIsRefusedAndNothingElse() {
    Random random = new Random(17);
    String alphabet = "0123456789abcdef,=:x suitegroh\u00e9\uffff-";
    int read = 0;
    for (int i = 0; i < 5000; i++) {
      StringBuilder text = new StringBuilder(SHORT + ",000e:0002000100");
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        char other = alphabet.charAt(random.nextInt(alphabet.length()));
        text.setCharAt(random.nextInt(text.length()), other);
      }
      try {
        HelloProfile hello = parse(text.toString());
        assertThat(parse(HelloText.format(hello))).isEqualTo(hello);
        read++;
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageStartingWith("a hello has ");
      }
    }
    assertThat(read).isBetween(1000, 4900);
  }

  private static HelloProfile parse(String text) {
    List<String> words = new ArrayList<>(List.of(text.split("\\s+")));
    words.remove("");
    return HelloText.parse(words);
  }

  private static void refused(String text, String why) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }
}
