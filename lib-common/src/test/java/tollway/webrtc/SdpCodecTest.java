// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.MalformedBytesException;
import tollway.webrtc.SessionDescription.Setup;
import tollway.webrtc.dtls.Fingerprint;

final class SdpCodecTest {
  private static final String DIGEST = "AB:CD:".repeat(15) + "01:23";

  /** Changing a line changes what browsers get to read. */
  private static final String GOLDEN =
      """
      v=0
      o=- 4611686018427387904 2 IN IP4 127.0.0.1
      s=-
      t=0 0
      a=group:BUNDLE data
      a=msid-semantic: WMS
      m=application 9 UDP/DTLS/SCTP webrtc-datachannel
      c=IN IP4 0.0.0.0
      a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host
      a=end-of-candidates
      a=ice-ufrag:abcd
      a=ice-pwd:0123456789012345678901
      a=ice-options:trickle
      a=fingerprint:sha-256 %s
      a=setup:active
      a=mid:data
      a=sctp-port:5000
      a=max-message-size:262144
      a=x-tollway-max-packet-size:16384
      """
          .formatted(DIGEST)
          .replace("\n", "\r\n");

  /** Of Chromium 150, with its host names hidden. */
  private static final String CHROMIUM =
      """
      v=0
      o=- 6413127837064363129 2 IN IP4 127.0.0.1
      s=-
      t=0 0
      a=group:BUNDLE 0
      a=extmap-allow-mixed
      a=msid-semantic: WMS
      m=application 60283 UDP/DTLS/SCTP webrtc-datachannel
      c=IN IP4 198.51.100.7
      a=candidate:1273116862 1 udp 2113937151 a4fc-4e.local 60283 typ host generation 0
      a=ice-ufrag:Oq7c
      a=ice-pwd:DVq33cM0xLMrYpAo8HFsMTXG
      a=ice-options:trickle
      a=fingerprint:sha-256 %s
      a=setup:actpass
      a=mid:0
      a=sctp-port:5000
      a=max-message-size:262144
      """
          .formatted(DIGEST);

  /** Of Firefox 153: its fingerprint is the session's, its candidates come afterwards. */
  private static final String FIREFOX =
      """
      v=0
      o=mozilla...THIS_IS_SDPARTA-99.0 5445499659780951520 0 IN IP4 0.0.0.0
      s=-
      t=0 0
      a=sendrecv
      a=fingerprint:sha-256 %s
      a=group:BUNDLE 0
      a=ice-options:trickle
      a=msid-semantic:WMS *
      m=application 9 UDP/DTLS/SCTP webrtc-datachannel
      c=IN IP4 0.0.0.0
      a=sendrecv
      a=ice-pwd:ba8e73ccadaab40d2052c7e1824cfc4a
      a=ice-ufrag:387e1bd4
      a=mid:0
      a=setup:actpass
      a=sctp-port:5000
      a=max-message-size:1073741823
      """
          .formatted(DIGEST);

  private static SessionDescription description() throws MalformedBytesException {
    return new SessionDescription(
        "data",
        new IceCredentials("abcd", "0123456789012345678901"),
        false,
        List.of(Fingerprint.parse("sha-256 " + DIGEST)),
        Setup.ACTIVE,
        5000,
        262_144,
        16_384,
        List.of("candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host"),
        true);
  }

  @Test
  void theTextStaysAsItIs() throws Exception {
    assertThat(SdpCodec.format(description(), 1L << 62)).isEqualTo(GOLDEN);
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    assertThat(SdpCodec.parse(GOLDEN)).isEqualTo(description());
    assertThat(SdpCodec.parse(GOLDEN.replace("\r\n", "\n"))).isEqualTo(description());
    for (Setup setup : Setup.values()) {
      SessionDescription other =
          new SessionDescription(
              "0",
              new IceCredentials("Abc/", "a+b/456789012345678901234567890"),
              true,
              List.of(
                  Fingerprint.parse("sha-256 " + DIGEST),
                  Fingerprint.parse("SHA-512 " + DIGEST + ":" + DIGEST)),
              setup,
              65_535,
              0,
              1_240,
              List.of(),
              false);
      assertThat(SdpCodec.parse(SdpCodec.format(other, 1))).isEqualTo(other);
    }
  }

  @Test
  void aBrowsersOfferIsUnderstood() throws Exception {
    SessionDescription chromium = SdpCodec.parse(CHROMIUM);
    assertThat(chromium.candidates()).hasSize(1);
    assertThat(chromium.maxMessageBytes()).isEqualTo(262_144);
    SessionDescription firefox = SdpCodec.parse(FIREFOX);
    assertThat(firefox.ice().ufrag()).isEqualTo("387e1bd4");
    assertThat(firefox.maxMessageBytes()).isEqualTo(1_073_741_823);
    for (SessionDescription offer : List.of(chromium, firefox)) {
      assertThat(offer.setup()).isEqualTo(Setup.ACTPASS);
      assertThat(offer.fingerprints()).containsExactly(Fingerprint.parse("sha-256 " + DIGEST));
    }
  }

  @Test
  void whatIsLeftOutHasItsDefault() throws Exception {
    SessionDescription offer =
        SdpCodec.parse(
            CHROMIUM.replaceAll("a=(setup|mid|sctp-port|max-message-size|candidate):.*\n", ""));
    assertThat(offer.setup()).isEqualTo(Setup.ACTPASS);
    assertThat(offer.mid()).isEqualTo("0");
    assertThat(offer.sctpPort()).isEqualTo(5000);
    assertThat(offer.maxMessageBytes()).isEqualTo(65_536); // RFC 8841 §6.1
    assertThat(offer.maxPacketBytes()).isEqualTo(1_240);
    assertThat(SdpCodec.parse(CHROMIUM.replace("size:262144", "size:9999999999")).maxMessageBytes())
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void thePacketSizeStaysWithinWhatWeWouldTry() throws Exception {
    for (var said : Map.of("0", 1_240, "1240", 1_240, "9000", 9_000, "65535", 16_384).entrySet()) {
      String line = "a=x-tollway-max-packet-size:" + said.getKey() + "\n";
      assertThat(SdpCodec.parse(CHROMIUM + line).maxPacketBytes()).isEqualTo(said.getValue());
    }
  }

  @Test
  void fingerprintsOfTheSectionGoBeforeThoseOfTheSession() throws Exception {
    String other = DIGEST.replace("01:23", "45:67");
    String ofSession = "s=-\na=fingerprint:sha-256 " + other;
    assertThat(SdpCodec.parse(CHROMIUM.replace("s=-", ofSession)).fingerprints())
        .containsExactly(Fingerprint.parse("sha-256 " + DIGEST));
    String moved = CHROMIUM.replaceAll("a=fingerprint:.*\n", "").replace("s=-", ofSession);
    assertThat(SdpCodec.parse(moved).fingerprints())
        .containsExactly(Fingerprint.parse("sha-256 " + other));
    // RFC 8122 §5: hash functions that we do not know are no reason to refuse.
    assertThat(
            SdpCodec.parse(CHROMIUM.replace("a=setup", "a=fingerprint:md5 AB\na=setup"))
                .fingerprints())
        .hasSize(1);
  }

  @Test
  void whatCannotCarryADataChannelIsRefused() {
    for (String broken :
        List.of(
            "",
            "\n",
            "\r\n\r\n",
            "v=1\n",
            "v=0\n",
            CHROMIUM.replace("v=0", "V=0"),
            CHROMIUM.replaceAll("m=.*\n", ""),
            CHROMIUM.replace("m=application", "m=audio"),
            CHROMIUM.replace("UDP/DTLS/SCTP", "UDP/TLS/RTP/SAVPF"),
            CHROMIUM.replace("m=application 60283", "m=application 0"),
            CHROMIUM.replace("webrtc-datachannel", "something"),
            CHROMIUM + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\n",
            CHROMIUM.replaceAll("a=ice-ufrag.*\n", ""),
            CHROMIUM.replaceAll("a=ice-pwd.*\n", ""),
            CHROMIUM.replace("ufrag:Oq7c", "ufrag:Oq7"),
            CHROMIUM.replace("ufrag:Oq7c", "ufrag:Oq7 c"),
            CHROMIUM.replace("ice-pwd:", "ice-pwd:=").replace("MTXG", "MTX="),
            CHROMIUM.replaceAll("a=fingerprint.*\n", ""),
            CHROMIUM.replace("sha-256", "sha-1"),
            CHROMIUM.replace("sha-256", "sha-512"),
            CHROMIUM.replace("AB:CD", "AB-CD"),
            CHROMIUM.replace("AB:CD", "XY:CD"),
            CHROMIUM.replace("setup:actpass", "setup:holdconn"),
            CHROMIUM.replace("mid:0", "mid:a b"),
            CHROMIUM.replace("mid:0", "mid:"),
            CHROMIUM.replace("mid:0", "mid:" + "x".repeat(65)),
            CHROMIUM.replace("sctp-port:5000", "sctp-port:0"),
            CHROMIUM.replace("sctp-port:5000", "sctp-port:65536"),
            CHROMIUM.replace("sctp-port:5000", "sctp-port:+5000"),
            CHROMIUM.replace("size:262144", "size:-1"),
            CHROMIUM.replace("size:262144", "size:" + "9".repeat(30)),
            CHROMIUM + "a=x-tollway-max-packet-size:big\n",
            CHROMIUM + "a=x:" + "y".repeat(64 * 1024))) {
      assertThatThrownBy(() -> SdpCodec.parse(broken))
          .as(broken)
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void listsAreBounded() throws Exception {
    String candidate = "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\n";
    String fingerprint = "a=fingerprint:sha-256 " + DIGEST + "\n";
    SessionDescription offer =
        SdpCodec.parse(CHROMIUM + candidate.repeat(500) + fingerprint.repeat(200));
    assertThat(offer.candidates()).hasSize(64);
    assertThat(offer.fingerprints()).hasSize(8);
  }

  @Test
  void noiseIsADescriptionOrMalformed() {
    Random random = new Random(8866);
    String[] lines = CHROMIUM.split("\n");
    int understood = 0;
    for (int round = 0; round < 30_000; round++) {
      StringBuilder noise = new StringBuilder();
      for (String line : lines) {
        switch (random.nextInt(40)) {
          case 0 -> {}
          case 1 -> noise.append(line, 0, random.nextInt(line.length() + 1)).append('\n');
          case 2 -> noise.append(line).append('\n').append(line).append('\n');
          case 3 -> noise.append(line);
          default -> noise.append(line).append('\n');
        }
      }
      for (int flips = random.nextInt(4); flips > 0 && noise.length() > 0; flips--) {
        noise.setCharAt(random.nextInt(noise.length()), (char) random.nextInt(0x180));
      }
      if (random.nextInt(20) == 0) {
        noise.setLength(random.nextInt(noise.length()));
      }
      try {
        SessionDescription read = SdpCodec.parse(noise.toString());
        assertThat(SdpCodec.parse(SdpCodec.format(read, 1)).ice()).isEqualTo(read.ice());
        understood++;
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
    assertThat(understood).isGreaterThan(3_000);
  }
}
