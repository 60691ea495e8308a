// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;

/** The map as one HTML document, and the policy that lets it run its own script and no other. */
record MapPage(Bytes html, String policy) {
  static MapPage load() throws IOException {
    String style = resource("map.css");
    String script = resource("map.js");
    String html = resource("map.html").replace("/*map.css*/", style).replace("/*map.js*/", script);
    String policy =
        String.join(
            "; ",
            "default-src 'none'",
            "script-src '" + hash(script) + "'",
            "style-src '" + hash(style) + "'",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'");
    return new MapPage(Bytes.ofUtf8(html), policy);
  }

  private static String resource(String name) throws IOException {
    try (@Nullable InputStream in = MapPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the program lacks its resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  // CSP Level 3 §2.3.1: the digest of what stands between the tags.
  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
