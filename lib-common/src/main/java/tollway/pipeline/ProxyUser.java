// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one user of a local proxy, who proves by a password to be it: RFC 1929 and RFC 7617. Compares
 * digests, in a time that says nothing about what is right.
 */
public final class ProxyUser {
  /** RFC 1929 §2: both have 1 to 255 bytes. */
  private static final int LIMIT = 255;

  private static final String SCHEME = "basic ";

  private final byte[] digest;

  private ProxyUser(byte[] digest) {
    this.digest = digest;
  }

  /** From {@code USER:PASSWORD}. */
  public static ProxyUser parse(String line) {
    int colon = line.indexOf(':');
    if (colon < 0
        || !isSize(line.substring(0, colon))
        || !isSize(line.substring(colon + 1))
        || line.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "give USER:PASSWORD on one line, each of 1 to 255 bytes of UTF-8");
    }
    return new ProxyUser(digest(line));
  }

  boolean is(String user, String password) {
    // A user with a colon could borrow from the password.
    return MessageDigest.isEqual(digest, digest(user + ":" + password)) && user.indexOf(':') < 0;
  }

  /** {@code authorization} is a Proxy-Authorization field, or null when there was none. */
  boolean is(@Nullable String authorization) {
    if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      return false;
    }
    try {
      byte[] both = Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip());
      return MessageDigest.isEqual(digest, digest(new String(both, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  /** Never the password. */
  @Override
  public String toString() {
    return "ProxyUser";
  }

  private static boolean isSize(String part) {
    int size = part.getBytes(StandardCharsets.UTF_8).length;
    return size >= 1 && size <= LIMIT;
  }

  private static byte[] digest(String both) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(both.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
