// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

/** What a node does in the chain: asks for help, helps, or is the exit. */
public enum Role {
  DESKTOP,
  WIDGET,
  EGRESS
}
