// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NamedGroup;
import tollway.bytes.Bytes;

/**
 * How one ClientHello looks when nobody says it. Drawn for each connection from what Chromium and
 * Firefox say, so that no list of ours marks our connections among those of browsers.
 */
final class HelloStyle {
  /** What we speak comes first, and is chosen by whoever minds our order or has our taste. */
  private static final int[] SPOKEN = DtlsCredentials.suites();

  /** What browsers name besides; a peer that speaks nothing better could not talk to us anyway. */
  private static final int[][] NAMED = {
    {
      CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    },
    {
      CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    },
    {
      CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
      CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    },
  };

  private static final int[][] OLD = {
    {
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
      CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    },
    {
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
      CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
    },
    {CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256},
    {CipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384},
    {CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA, CipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA},
  };

  private static final List<List<Integer>> SCHEMES =
      List.of(
          // Chromium, with and without SHA-1.
          List.of(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601),
          List.of(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201),
          // Firefox.
          List.of(
              0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203,
              0x0201),
          List.of(0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601));

  /** RFC 5764 §4.1.1, RFC 7714 §14.2: lists of SRTP profiles, which we never use. */
  private static final List<Bytes> SRTP =
      List.of(
          bytes(0, 2, 0, 1, 0),
          bytes(0, 4, 0, 7, 0, 1, 0),
          bytes(0, 6, 0, 7, 0, 8, 0, 1, 0),
          bytes(0, 6, 0, 1, 0, 7, 0, 8, 0),
          bytes(0, 8, 0, 7, 0, 8, 0, 1, 0, 2, 0));

  /** As Firefox offers them. */
  private static final Bytes ALPN = HelloRules.alpn("webrtc", "c-webrtc");

  private final Random random;

  HelloStyle(Random random) {
    this.random = random;
  }

  HelloProfile profile() {
    return new HelloProfile(
        1, true, drawSuites(), groups(), SCHEMES.get(random.nextInt(SCHEMES.size())), extensions());
  }

  private List<Integer> groups() {
    return random.nextBoolean()
        ? List.of(
            NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1, NamedGroup.secp521r1)
        : List.of(NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1);
  }

  private List<HelloExtension> extensions() {
    List<HelloExtension> all =
        new ArrayList<>(
            List.of(
                new HelloExtension(ExtensionType.supported_groups),
                new HelloExtension(ExtensionType.signature_algorithms),
                new HelloExtension(ExtensionType.extended_master_secret),
                new HelloExtension(ExtensionType.ec_point_formats, bytes(1, 0)),
                new HelloExtension(ExtensionType.renegotiation_info, bytes(0))));
    if (random.nextInt(4) > 0) {
      all.add(new HelloExtension(ExtensionType.use_srtp, SRTP.get(random.nextInt(SRTP.size()))));
    }
    if (random.nextBoolean()) {
      all.add(new HelloExtension(ExtensionType.session_ticket));
    }
    if (random.nextInt(3) == 0) {
      all.add(new HelloExtension(ExtensionType.application_layer_protocol_negotiation, ALPN));
    }
    return all;
  }

  private List<Integer> drawSuites() {
    IntStream spoken = IntStream.of(SPOKEN).limit(random.nextBoolean() ? 1 : SPOKEN.length);
    return IntStream.concat(spoken, IntStream.concat(draw(NAMED), draw(OLD))).boxed().toList();
  }

  /** Two of three of these, in an order by chance. */
  private IntStream draw(int[][] kinds) {
    List<int[]> chosen = new ArrayList<>();
    for (int[] kind : kinds) {
      if (random.nextInt(3) > 0) {
        chosen.add(kind);
      }
    }
    Collections.shuffle(chosen, random);
    return chosen.stream().flatMapToInt(IntStream::of);
  }

  private static Bytes bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Bytes.of(bytes);
  }
}
