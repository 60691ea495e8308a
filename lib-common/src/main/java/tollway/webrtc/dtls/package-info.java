// SPDX-License-Identifier: Apache-2.0
/** DTLS 1.2 as WebRTC uses it: self-made certificates, known by their fingerprints (RFC 8842). */
@org.jspecify.annotations.NullMarked
package tollway.webrtc.dtls;
