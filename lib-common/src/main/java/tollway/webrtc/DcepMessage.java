// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

/** What two ends say to each other about a channel, on its own stream (RFC 8832 §5). */
sealed interface DcepMessage {
  /** A new channel on this stream, with these properties. */
  record Open(ChannelOptions options) implements DcepMessage {}

  /** The channel is known at this end too. */
  record Ack() implements DcepMessage {}
}
