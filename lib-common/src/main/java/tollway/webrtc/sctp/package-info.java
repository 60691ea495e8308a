// SPDX-License-Identifier: Apache-2.0
/** SCTP as data channels use it: one path, over DTLS (RFC 9260, 3758, 6525, 8831). */
@org.jspecify.annotations.NullMarked
package tollway.webrtc.sctp;
