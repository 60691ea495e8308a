// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.util.Random;
import java.util.regex.Pattern;

/**
 * The short-term credentials of one agent: {@code a=ice-ufrag} and {@code a=ice-pwd} (RFC 8839
 * §5.4). Both travel in clear in the description; they keep strangers out, not the signaller.
 */
public record IceCredentials(String ufrag, String password) {
  private static final String ICE_CHARS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final Pattern UFRAG = Pattern.compile("[A-Za-z0-9+/]{4,256}");
  private static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9+/]{22,256}");

  public IceCredentials {
    if (!UFRAG.matcher(ufrag).matches()) {
      throw new IllegalArgumentException("not an ice-ufrag");
    }
    if (!PASSWORD.matcher(password).matches()) {
      throw new IllegalArgumentException("not an ice-pwd");
    }
  }

  /** Whether both would be accepted: ask before building credentials from a peer's description. */
  public static boolean isValid(String ufrag, String password) {
    return UFRAG.matcher(ufrag).matches() && PASSWORD.matcher(password).matches();
  }

  /** 48 and 144 random bits: RFC 8445 §5.3 wants 24 and 128. */
  static IceCredentials random(Random random) {
    return new IceCredentials(chars(random, 8), chars(random, 24));
  }

  private static String chars(Random random, int count) {
    StringBuilder chars = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      chars.append(ICE_CHARS.charAt(random.nextInt(ICE_CHARS.length())));
    }
    return chars.toString();
  }

  /** Without the password: for logs. */
  @Override
  public String toString() {
    return "IceCredentials[" + ufrag + "]";
  }
}
