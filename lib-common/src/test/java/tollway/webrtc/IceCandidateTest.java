// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.MalformedBytesException;

final class IceCandidateTest {
  /** Frozen: a change of these lines is a change of what we tell browsers. */
  @Test
  void writesTheLinesOfRfc8839() {
    assertThat(
            new IceCandidate(
                    IceCandidate.Type.HOST,
                    "1",
                    IceCandidate.Type.HOST.priority(0xffff),
                    address("203.0.113.141", 8998),
                    Optional.empty())
                .line())
        .isEqualTo("candidate:1 1 udp 2130706431 203.0.113.141 8998 typ host");
    assertThat(
            new IceCandidate(
                    IceCandidate.Type.SERVER_REFLEXIVE,
                    "2",
                    IceCandidate.Type.SERVER_REFLEXIVE.priority(0xffff),
                    address("2001:db8::1", 45664),
                    Optional.of(address("fd00::2", 8998)))
                .line())
        .isEqualTo(
            "candidate:2 1 udp 1694498815 2001:db8::1 45664 typ srflx raddr fd00::2 rport 8998");
  }

  @Test
  void readsTheExamplesOfRfc8839() throws MalformedBytesException {
    assertThat(
            IceCandidate.parse(
                "a=candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141"
                    + " rport 8998"))
        .contains(
            new IceCandidate(
                IceCandidate.Type.SERVER_REFLEXIVE,
                "2",
                1694498815,
                address("192.0.2.3", 45664),
                Optional.of(address("203.0.113.141", 8998))));
  }

  @Test
  void readsWhatBrowsersWrite() throws MalformedBytesException {
    assertThat(
            IceCandidate.parse(
                    "candidate:842163049 1 udp 1677729535 203.0.113.5 46154 typ srflx raddr 0.0.0.0"
                        + " rport 0 generation 0 ufrag EEtu network-id 1 network-cost 10")
                .orElseThrow()
                .address())
        .isEqualTo(address("203.0.113.5", 46154));
    assertThat(
            IceCandidate.parse("candidate:0 1 UDP 2122252543 192.168.1.7 52890 typ host")
                .orElseThrow()
                .type())
        .isEqualTo(IceCandidate.Type.HOST);
    assertThat(
            IceCandidate.parse(
                "candidate:3 1 udp 41885439 192.0.2.8 3478 typ relay raddr 192.0.2.1 rport 5"))
        .map(IceCandidate::type)
        .contains(IceCandidate.Type.RELAYED);
  }

  /** Sound, but not for us. */
  @Test
  void passesOverWhatItNeverUses() throws MalformedBytesException {
    for (String line :
        List.of(
            "candidate:1 1 udp 2113937151 6f3d0a3e-31c2-4d6c-9d8c-7a0a3b8d1f4e.local 51472 typ host"
                + " generation 0 ufrag x network-cost 999",
            "candidate:1 1 tcp 1518280447 192.168.1.7 9 typ host tcptype active generation 0",
            "candidate:1 2 udp 2122252542 192.168.1.7 52891 typ host",
            "candidate:1 1 udp 2122252543 192.168.1.7 0 typ host",
            "candidate:1 1 ssltcp 2122252543 192.168.1.7 443 typ host")) {
      assertThat(IceCandidate.parse(line)).as(line).isEmpty();
    }
  }

  @Test
  void refusesWhatIsNoCandidate() {
    for (String line :
        List.of(
            "",
            "candidate:",
            "candidate",
            "a=end-of-candidates",
            "candidate:1 1 udp 1 192.0.2.1 1",
            "candidate:1 1 udp 1 192.0.2.1 1 typ",
            "candidate:1 1 udp 1 192.0.2.1 1 typ teleport",
            "candidate:1 1 udp 1 192.0.2.1 1 type host",
            "candidate:1 1 udp 0 192.0.2.1 1 typ host",
            "candidate:1 1 udp 2147483648 192.0.2.1 1 typ host",
            "candidate:1 1 udp 99999999999 192.0.2.1 1 typ host",
            "candidate:1 0 udp 1 192.0.2.1 1 typ host",
            "candidate:1 1 udp 1 192.0.2.1 65536 typ host",
            "candidate:1 1 udp 1 192.0.2.1 -1 typ host",
            "candidate:1 1 udp 1 192.0.2.1/24 1 typ host",
            "candidate:1 1 udp 1 ex ample 1 typ host",
            "candidate:\u00e9 1 udp 1 192.0.2.1 1 typ host",
            "candidate:" + "f".repeat(33) + " 1 udp 1 192.0.2.1 1 typ host",
            "candidate:1 1 udp 1 192.0.2.1 1 typ host raddr",
            "candidate:1 1 udp 1 192.0.2.1 1 typ host rport x",
            "candidate:1 1 udp 1 " + "a".repeat(600) + " 1 typ host")) {
      assertThatThrownBy(() -> IceCandidate.parse(line))
          .as(line)
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void readsBackWhatItWrites() throws Exception {
    Random random = new Random(8839);
    IceCandidate.Type[] types = IceCandidate.Type.values();
    for (int i = 0; i < 5_000; i++) {
      IceCandidate candidate =
          new IceCandidate(
              types[random.nextInt(types.length)],
              String.valueOf(random.nextInt(1000)),
              1 + random.nextInt(0x7fff_ffff),
              randomAddress(random),
              random.nextBoolean() ? Optional.of(randomAddress(random)) : Optional.empty());
      assertThat(IceCandidate.parse(candidate.line())).contains(candidate);
      assertThat(IceCandidate.parse("a=" + candidate.line())).contains(candidate);
    }
  }

  @Test
  void noiseIsACandidateOrMalformed() {
    Random random = new Random(1);
    String sample =
        "candidate:842163049 1 udp 1677729535 203.0.113.5 46154 typ srflx raddr 0.0.0.0 rport 0";
    String letters = " :.-+/0123456789abcdefudptyhos\u0000\u00e9\ud800\t\n%[]";
    int understood = 0;
    for (int i = 0; i < 100_000; i++) {
      StringBuilder line = new StringBuilder(random.nextInt(4) == 0 ? "candidate:" : sample);
      for (int edits = random.nextInt(6); edits > 0; edits--) {
        int at = random.nextInt(line.length());
        char letter = letters.charAt(random.nextInt(letters.length()));
        switch (random.nextInt(3)) {
          case 0 -> line.setCharAt(at, letter);
          case 1 -> line.insert(at, letter);
          default -> line.delete(at, Math.min(line.length() - 1, at + 1 + random.nextInt(9)));
        }
      }
      try {
        Optional<IceCandidate> candidate = IceCandidate.parse(line.toString());
        if (candidate.isPresent()) {
          assertThat(IceCandidate.parse(candidate.get().line())).isEqualTo(candidate);
          understood++;
        }
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
    assertThat(understood).isGreaterThan(1_000);
  }

  private static InetSocketAddress randomAddress(Random random) {
    byte[] raw = new byte[random.nextBoolean() ? 4 : 16];
    random.nextBytes(raw);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(raw), 1 + random.nextInt(0xffff));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(host, port);
  }
}
