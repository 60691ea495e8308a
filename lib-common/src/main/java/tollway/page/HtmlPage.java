// SPDX-License-Identifier: Apache-2.0
package tollway.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;

/**
 * A page as one HTML document, and the policy that lets it run its own script and no other (Content
 * Security Policy Level 3).
 *
 * @param policy the value of the Content-Security-Policy header
 */
public record HtmlPage(Bytes html, String policy) {
  /**
   * Puts {@code NAME.html}, {@code NAME.css} and {@code NAME.js}, which lie beside {@code owner},
   * together: the style where the document says <code>/*style*&#47;</code>, the script where it
   * says <code>/*script*&#47;</code>.
   *
   * @param connect with whom the script may speak, as in connect-src
   */
  public static HtmlPage load(Class<?> owner, String name, String connect) throws IOException {
    String style = resource(owner, name + ".css");
    String script = resource(owner, name + ".js");
    String html =
        resource(owner, name + ".html").replace("/*style*/", style).replace("/*script*/", script);
    String policy =
        String.join(
            "; ",
            "default-src 'none'",
            "script-src '" + hash(script) + "'",
            "style-src '" + hash(style) + "'",
            "connect-src " + connect,
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'");
    return new HtmlPage(Bytes.ofUtf8(html), policy);
  }

  private static String resource(Class<?> owner, String name) throws IOException {
    try (@Nullable InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the program lacks its resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  // CSP Level 3 §2.3.1: the digest of what stands between the tags.
  private static String hash(String text) {
    return "sha256-" + Bytes.ofUtf8(text).sha256().base64();
  }
}
