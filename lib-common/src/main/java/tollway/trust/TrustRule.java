// SPDX-License-Identifier: Apache-2.0
package tollway.trust;

import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;

/** What the operator said of one key; {@code link} is empty for every link. */
public record TrustRule(NodeId node, String link, Standing standing) {
  private static final int LONGEST_NAME = 15; // IFNAMSIZ less its terminating zero.

  public TrustRule {
    if (standing == Standing.BLOCKED && !link.isEmpty()) {
      throw new IllegalArgumentException("a key is blocked everywhere");
    }
  }

  /** From {@code KEY} or {@code KEY%INTERFACE}. */
  public static TrustRule parse(String text, Standing standing) throws MalformedBytesException {
    int percent = text.indexOf('%');
    String key = percent < 0 ? text : text.substring(0, percent);
    NodeId node;
    try {
      node = NodeId.parse(key);
    } catch (MalformedBytesException noKey) {
      throw new MalformedBytesException("'" + shown(key) + "' is not a public key");
    }
    String link = percent < 0 ? "" : text.substring(percent + 1);
    if (percent >= 0 && !isName(link)) {
      throw new MalformedBytesException("'" + shown(link) + "' is not the name of an interface");
    }
    if (standing == Standing.BLOCKED && percent >= 0) {
      throw new MalformedBytesException("a key is blocked on every interface: leave out %" + link);
    }
    return new TrustRule(node, link, standing);
  }

  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= LONGEST_NAME
        && text.chars().allMatch(c -> c > ' ' && c <= '~' && c != '/' && c != '%');
  }

  private static String shown(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  boolean isFor(String place) {
    return link.isEmpty() || link.equals(place);
  }

  /** {@code KEY} or {@code KEY%INTERFACE}. */
  public String place() {
    return link.isEmpty() ? node.base64() : node.base64() + "%" + link;
  }
}
