// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.util.List;

/**
 * What a ClientHello of ours says, in its order. Whatever it is made of, a handshake that begins
 * with it ends as any other of ours, or fails: {@link HelloRules} sees to that.
 *
 * @param weight how often it is drawn, beside others
 * @param shuffled whether extensions come in an order by chance, but for GREASE
 * @param suites cipher suites; here and below GREASE (RFC 8701) stands for any GREASE
 * @param groups of supported_groups
 * @param schemes of signature_algorithms
 * @param extensions supported_groups and signature_algorithms have no bodies here
 */
public record HelloProfile(
    int weight,
    boolean shuffled,
    List<Integer> suites,
    List<Integer> groups,
    List<Integer> schemes,
    List<HelloExtension> extensions) {
  public static final int MOST_WEIGHT = 1000;
  public static final int MOST_SUITES = 32;
  public static final int MOST_GROUPS = 16;
  public static final int MOST_SCHEMES = 32;
  public static final int MOST_EXTENSIONS = 24;

  /** Of all bodies together, in bytes: a hello fits into one datagram. */
  public static final int MOST_BODIES = 384;

  public HelloProfile {
    suites = List.copyOf(suites);
    groups = List.copyOf(groups);
    schemes = List.copyOf(schemes);
    extensions = List.copyOf(extensions);
    HelloRules.check(weight, suites, groups, schemes, extensions);
  }

  /** As <a href="https://github.com/FoxIO-LLC/ja4">JA4</a> calls it; the order does not count. */
  public String ja4() {
    return Ja4.of(this);
  }

  /** RFC 8701 §2. */
  static boolean isGrease(int number) {
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
  }
}
