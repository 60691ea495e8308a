// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

/** What is wrong with a datagram, in the order in which it is looked for. */
public enum Fault {
  /** Empty, or longer than {@link LinkCodec#SIZE_LIMIT}. */
  BAD_LENGTH,
  /** A byte that is neither a space nor printable ASCII. */
  NOT_ASCII,
  BAD_TYPE,
  BAD_FIELD_COUNT,
  /** Not base64 in its one canonical form. */
  BAD_BASE64,
  /** A key of the wrong size, in a second encoding, or outside the group. */
  BAD_KEY,
  /** Not 16 bytes. */
  BAD_NONCE,
  /** A key that anybody can sign for, or that makes every shared secret the same. */
  SMALL_ORDER,
  /** Not an IP literal and port in canonical form, or one that no neighbour can be reached at. */
  BAD_ADDRESS,
  /** Not a decimal number below 2^64 without sign or leading zeros. */
  BAD_SEQNUM,
  BAD_SIGNATURE
}
