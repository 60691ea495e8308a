// SPDX-License-Identifier: Apache-2.0
/** Data channels between peers: ICE, DTLS and SCTP behind one small interface. */
@org.jspecify.annotations.NullMarked
package tollway.webrtc;
