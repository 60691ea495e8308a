// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Map;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** The hash of a certificate, as {@code a=fingerprint} has it (RFC 8122 §5). */
public record Fingerprint(String algorithm, Bytes digest) {
  /** SDP name to JDK name. Weaker hashes of RFC 8122 are not taken. */
  private static final Map<String, String> ALGORITHMS =
      Map.of("sha-256", "SHA-256", "sha-384", "SHA-384", "sha-512", "SHA-512");

  public Fingerprint {
    if (!ALGORITHMS.containsKey(algorithm)) {
      throw new IllegalArgumentException("not a known hash: " + algorithm);
    }
  }

  /** Whether a certificate can be checked against this hash function at all. */
  public static boolean isKnown(String algorithm) {
    return ALGORITHMS.containsKey(algorithm.toLowerCase(Locale.ROOT));
  }

  /** {@code sha-256 AB:CD:…}, in either case. */
  public static Fingerprint parse(String value) throws MalformedBytesException {
    String[] parts = value.trim().split(" +");
    if (parts.length != 2 || !isKnown(parts[0])) {
      throw new MalformedBytesException("not a fingerprint we can check");
    }
    String hex = parts[1];
    for (int i = 2; i < hex.length(); i += 3) {
      if (hex.charAt(i) != ':') {
        throw new MalformedBytesException("not a fingerprint");
      }
    }
    String algorithm = parts[0].toLowerCase(Locale.ROOT);
    Bytes digest = Bytes.ofHex(hex.replace(":", ""));
    if (digest.size() != hash(algorithm).getDigestLength()) {
      throw new MalformedBytesException("a fingerprint of the wrong length");
    }
    return new Fingerprint(algorithm, digest);
  }

  static Fingerprint of(Bytes certificate) {
    return new Fingerprint("sha-256", Bytes.of(hash("sha-256").digest(certificate.toArray())));
  }

  boolean matches(Bytes certificate) {
    return Bytes.of(hash(algorithm).digest(certificate.toArray())).equals(digest);
  }

  private static MessageDigest hash(String algorithm) {
    try {
      return MessageDigest.getInstance(ALGORITHMS.getOrDefault(algorithm, algorithm));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(algorithm).append(' ');
    for (int i = 0; i < digest.size(); i++) {
      text.append(i == 0 ? "" : ":").append(String.format("%02X", digest.at(i)));
    }
    return text.toString();
  }
}
