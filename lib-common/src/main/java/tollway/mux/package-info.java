// SPDX-License-Identifier: Apache-2.0
/** Streams over datagrams where no QUIC library exists: DTLS, SCTP, and credit for each stream. */
@org.jspecify.annotations.NullMarked
package tollway.mux;
