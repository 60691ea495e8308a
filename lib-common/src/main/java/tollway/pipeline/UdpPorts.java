// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/**
 * The local UDP ports that data channels may use, for firewalls that open a range.
 *
 * @param least the lowest; 0 lets the system choose
 * @param most the highest; 0 lets the system choose
 */
public record UdpPorts(int least, int most) {
  public static final UdpPorts ANY = new UdpPorts(0, 0);

  public UdpPorts {
    boolean any = least == 0 && most == 0;
    if (!any && (least < 1 || most > 0xffff || least > most)) {
      throw new IllegalArgumentException("ports are 1 to 65535, the lower first");
    }
  }

  /** How many there are. */
  int count() {
    return least == 0 ? 0xffff : most - least + 1;
  }
}
