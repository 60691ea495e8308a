// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * What a {@link PeerConnection} may use and how much.
 *
 * @param stunServers asked for our public address, all at once; may be empty
 * @param includeLoopback whether loopback addresses are candidates, for tests and for one host
 * @param portMin the lowest local UDP port; 0 lets the system choose
 * @param portMax the highest local UDP port; 0 lets the system choose
 * @param channel what the offering side opens; the answering side takes what the offerer opens
 * @param maxPacketBytes the largest SCTP packet tried once probes of that size come back; the
 *     starting size fits any path
 * @param sendBufferBytes how much a channel queues before {@link DataChannel#send} refuses
 * @param receiveBufferBytes how much of unfinished or early messages of the peer is kept
 * @param connectTimeout from creation to an open channel
 */
public record PeerConfig(
    List<InetSocketAddress> stunServers,
    boolean includeLoopback,
    int portMin,
    int portMax,
    ChannelOptions channel,
    int maxPacketBytes,
    int sendBufferBytes,
    int receiveBufferBytes,
    Duration connectTimeout) {

  /**
   * An SCTP packet that holds one 1,200-byte message (12 common header + 16 chunk header); with
   * DTLS, UDP and IPv6 around it still far below 1,500.
   */
  static final int BASE_PACKET_BYTES = 1228;

  /** With its DTLS overhead it still fits one record (RFC 6347 §4.1: 2^14 bytes of plaintext). */
  private static final int LARGEST_PACKET_BYTES = 16 * 1024;

  public PeerConfig {
    stunServers = List.copyOf(stunServers);
    if (portMin < 0 || portMax > 0xffff || portMin > portMax) {
      throw new IllegalArgumentException("not a port range: " + portMin + " to " + portMax);
    }
    if (maxPacketBytes < BASE_PACKET_BYTES || maxPacketBytes > LARGEST_PACKET_BYTES) {
      throw new IllegalArgumentException(
          "maxPacketBytes is not in " + BASE_PACKET_BYTES + " to " + LARGEST_PACKET_BYTES);
    }
    if (sendBufferBytes < 64 * 1024 || receiveBufferBytes < 128 * 1024) {
      throw new IllegalArgumentException("the buffers are too small");
    }
    if (connectTimeout.isNegative() || connectTimeout.isZero()) {
      throw new IllegalArgumentException("connectTimeout is not positive");
    }
  }

  /** No STUN servers, no loopback, any port, one unreliable channel named tollway. */
  public static PeerConfig defaults() {
    return new PeerConfig(
        List.of(),
        false,
        0,
        0,
        ChannelOptions.unreliable("tollway"),
        LARGEST_PACKET_BYTES,
        1 << 20,
        1 << 20,
        Duration.ofSeconds(30));
  }

  public PeerConfig withStunServers(List<InetSocketAddress> servers) {
    return new PeerConfig(
        servers,
        includeLoopback,
        portMin,
        portMax,
        channel,
        maxPacketBytes,
        sendBufferBytes,
        receiveBufferBytes,
        connectTimeout);
  }

  public PeerConfig withLoopback(boolean include) {
    return new PeerConfig(
        stunServers,
        include,
        portMin,
        portMax,
        channel,
        maxPacketBytes,
        sendBufferBytes,
        receiveBufferBytes,
        connectTimeout);
  }

  public PeerConfig withPorts(int min, int max) {
    return new PeerConfig(
        stunServers,
        includeLoopback,
        min,
        max,
        channel,
        maxPacketBytes,
        sendBufferBytes,
        receiveBufferBytes,
        connectTimeout);
  }

  public PeerConfig withChannel(ChannelOptions options) {
    return new PeerConfig(
        stunServers,
        includeLoopback,
        portMin,
        portMax,
        options,
        maxPacketBytes,
        sendBufferBytes,
        receiveBufferBytes,
        connectTimeout);
  }

  public PeerConfig withMaxPacketBytes(int bytes) {
    return new PeerConfig(
        stunServers,
        includeLoopback,
        portMin,
        portMax,
        channel,
        bytes,
        sendBufferBytes,
        receiveBufferBytes,
        connectTimeout);
  }

  public PeerConfig withBuffers(int sendBytes, int receiveBytes) {
    return new PeerConfig(
        stunServers,
        includeLoopback,
        portMin,
        portMax,
        channel,
        maxPacketBytes,
        sendBytes,
        receiveBytes,
        connectTimeout);
  }

  public PeerConfig withConnectTimeout(Duration timeout) {
    return new PeerConfig(
        stunServers,
        includeLoopback,
        portMin,
        portMax,
        channel,
        maxPacketBytes,
        sendBufferBytes,
        receiveBufferBytes,
        timeout);
  }
}
