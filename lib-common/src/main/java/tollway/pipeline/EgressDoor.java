// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import tollway.page.HtmlPage;
import tollway.tls.ServerTls;

/**
 * How volunteers come to an egress.
 *
 * @param listen where they connect
 * @param tls its certificate, when it speaks TLS itself
 * @param tokens what they must know
 * @param balancers who says by the PROXY protocol for whom it connects
 * @param page for volunteers who have nothing but a browser: see {@link WidgetPage}
 */
public record EgressDoor(
    InetSocketAddress listen,
    Optional<ServerTls> tls,
    AccessTokens tokens,
    List<AddressBlock> balancers,
    Optional<HtmlPage> page) {
  public EgressDoor {
    balancers = List.copyOf(balancers);
  }

  /** Without a page. */
  public EgressDoor(
      InetSocketAddress listen,
      Optional<ServerTls> tls,
      AccessTokens tokens,
      List<AddressBlock> balancers) {
    this(listen, tls, tokens, balancers, Optional.empty());
  }
}
