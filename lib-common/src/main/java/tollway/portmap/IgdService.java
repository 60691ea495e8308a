// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;

/** A connection of the router to the Internet, and where it is controlled. */
record IgdService(Kind kind, RouterPage control) {
  /** In the order in which they are tried. */
  enum Kind {
    IP_2("WANIPConnection:2"),
    IP_1("WANIPConnection:1"),
    PPP_1("WANPPPConnection:1");

    private final String urn;

    Kind(String name) {
      urn = "urn:schemas-upnp-org:service:" + name;
    }

    String urn() {
      return urn;
    }

    private static @Nullable Kind of(String urn) {
      for (Kind kind : values()) {
        if (kind.urn.equals(urn)) {
          return kind;
        }
      }
      return null;
    }
  }

  /** In a description, in bytes. */
  static final int DESCRIPTION_LIMIT = 64 << 10;

  /** More connections than a home has. */
  private static final int MOST = 4;

  /**
   * Those of a description that was read at {@code page}, the best first; other services are passed
   * over, and those controlled elsewhere than at the router.
   */
  static List<IgdService> read(String description, RouterPage page, Inet4Address router)
      throws MalformedBytesException {
    Description reading = new Description(page, router);
    RouterXml.read(description, reading);
    return reading.found.stream()
        .sorted(Comparator.comparing(IgdService::kind))
        .limit(MOST)
        .toList();
  }

  private static final class Description implements RouterXml.Reader {
    private final List<IgdService> found = new ArrayList<>();
    private final Inet4Address router;
    private RouterPage base;
    private @Nullable Kind kind;

    Description(RouterPage page, Inet4Address router) {
      this.base = page;
      this.router = router;
    }

    @Override
    public void begin(String element) {
      if (element.equals("service")) {
        kind = null;
      }
    }

    @Override
    public void text(String element, String text) {
      Kind known = kind;
      try {
        if (element.equals("URLBase")) {
          base = base.resolve(text, router);
        } else if (element.equals("serviceType")) {
          kind = Kind.of(text);
        } else if (element.equals("controlURL") && known != null) {
          found.add(new IgdService(known, base.resolve(text, router)));
        }
      } catch (MalformedBytesException elsewhere) {
        kind = null; // Never asked.
      }
    }
  }
}
