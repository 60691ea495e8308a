// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Hashtable;
import java.util.List;
import java.util.Random;
import java.util.Vector;
import java.util.stream.IntStream;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;

/**
 * How one ClientHello looks. Drawn for each connection from what Chromium and Firefox say, so that
 * no list of ours marks our connections among those of browsers.
 */
@SuppressWarnings("JdkObsolete") // Bouncy Castle asks for tables of the first JDK.
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

  private static final int[][] SCHEMES = {
    // Chromium, with and without SHA-1.
    {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601},
    {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201},
    // Firefox.
    {0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201},
    {0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601},
  };

  /** RFC 5764 §4.1.1, RFC 7714 §14.2: lists of SRTP profiles, which we never use. */
  private static final byte[][] SRTP = {
    {0, 2, 0, 1, 0},
    {0, 4, 0, 7, 0, 1, 0},
    {0, 6, 0, 7, 0, 8, 0, 1, 0},
    {0, 6, 0, 1, 0, 7, 0, 8, 0},
    {0, 8, 0, 7, 0, 8, 0, 1, 0, 2, 0},
  };

  /** RFC 8833 §3: webrtc and c-webrtc, as Firefox offers them. */
  private static final byte[] ALPN = {
    0, 16, 6, 'w', 'e', 'b', 'r', 't', 'c', 8, 'c', '-', 'w', 'e', 'b', 'r', 't', 'c'
  };

  private final Random random;
  private final int[] suites;
  private final int[] schemes;
  private final boolean largeGroup;

  HelloStyle(Random random) {
    this.random = random;
    suites = drawSuites();
    schemes = SCHEMES[random.nextInt(SCHEMES.length)];
    largeGroup = random.nextBoolean();
  }

  int[] suites() {
    return suites.clone();
  }

  Vector<SignatureAndHashAlgorithm> signatureSchemes() {
    Vector<SignatureAndHashAlgorithm> all = new Vector<>();
    for (int scheme : schemes) {
      all.add(SignatureScheme.getSignatureAndHashAlgorithm(scheme));
    }
    return all;
  }

  Vector<Integer> groups() {
    Vector<Integer> all =
        new Vector<>(List.of(NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1));
    if (largeGroup) {
      all.add(NamedGroup.secp521r1);
    }
    return all;
  }

  /** What goes into the hello instead of {@code usual}, in an order by chance. */
  Hashtable<Integer, byte[]> extensions(Hashtable<Integer, byte[]> usual) {
    Shuffled all = new Shuffled(random);
    all.putAll(usual);
    // Bouncy Castle's habits, and nobody else's here.
    all.remove(ExtensionType.encrypt_then_mac);
    all.remove(ExtensionType.status_request);
    all.put(ExtensionType.renegotiation_info, new byte[] {0});
    if (random.nextInt(4) > 0) {
      all.put(ExtensionType.use_srtp, SRTP[random.nextInt(SRTP.length)].clone());
    }
    if (random.nextBoolean()) {
      all.put(ExtensionType.session_ticket, new byte[0]);
    }
    if (random.nextInt(3) == 0) {
      all.put(ExtensionType.application_layer_protocol_negotiation, ALPN.clone());
    }
    return all;
  }

  private int[] drawSuites() {
    IntStream spoken = IntStream.of(SPOKEN).limit(random.nextBoolean() ? 1 : SPOKEN.length);
    return IntStream.concat(spoken, IntStream.concat(draw(NAMED), draw(OLD))).toArray();
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

  /** A table that is written in another order each time. */
  private static final class Shuffled extends Hashtable<Integer, byte[]> {
    private static final long serialVersionUID = 1;

    private final transient Random random;

    Shuffled(Random random) {
      this.random = random;
    }

    @Override
    public synchronized Enumeration<Integer> keys() {
      List<Integer> keys = new ArrayList<>(keySet());
      Collections.shuffle(keys, random);
      return Collections.enumeration(keys);
    }
  }
}
