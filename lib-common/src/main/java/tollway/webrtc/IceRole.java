// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

/** Which agent picks the pair (RFC 8445 §6.1.1): the one that made the offer controls. */
public enum IceRole {
  CONTROLLING,
  CONTROLLED;

  IceRole other() {
    return this == CONTROLLING ? CONTROLLED : CONTROLLING;
  }
}
