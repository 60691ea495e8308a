// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import tollway.bytes.Bytes;

/**
 * One extension of a ClientHello (RFC 5246 §7.4.1.4).
 *
 * @param type as IANA numbers them
 * @param body without its length; empty for those that follow from the lists of the profile
 */
public record HelloExtension(int type, Bytes body) {
  HelloExtension(int type) {
    this(type, Bytes.EMPTY);
  }
}
