// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * What the NAT between us and a server does with UDP (RFC 4787 §4.1, §5).
 *
 * @param mapped our address as the server sees it
 * @param translated whether that is another one than our own: without a NAT it is the same
 * @param mapping whether another destination sees us at another address or port
 * @param filtering who may send to us once we have sent to the server; firewalls filter as well
 */
public record NatBehavior(
    InetSocketAddress mapped, boolean translated, Dependence mapping, Dependence filtering) {

  /** On what of the other side it depends. */
  public enum Dependence {
    ENDPOINT_INDEPENDENT,
    ADDRESS_DEPENDENT,
    ADDRESS_AND_PORT_DEPENDENT;

    /** As people and JSON name it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
