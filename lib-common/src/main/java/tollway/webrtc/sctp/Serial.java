// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

/** Order among numbers that wrap around (RFC 1982), as TSNs and SSNs do. */
final class Serial {
  private Serial() {}

  /** For 32-bit numbers. */
  static boolean before(int a, int b) {
    return a - b < 0;
  }

  /** For 16-bit numbers. */
  static boolean before16(int a, int b) {
    return (short) (a - b) < 0;
  }
}
