// SPDX-License-Identifier: Apache-2.0
package tollway.session;

/**
 * What became of packets that were sent one way.
 *
 * @param arrived at the other end
 * @param missing sent, too, but not there, or not yet
 */
public record PacketCount(long arrived, long missing) {
  /** None yet. */
  public static final PacketCount NONE = new PacketCount(0, 0);
}
