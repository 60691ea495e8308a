// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import tollway.stun.StunCohort;
import tollway.webrtc.dtls.HelloProfile;

/**
 * What a {@link PeerConnection} may use and how much.
 *
 * @param ice the addresses it may use
 * @param channel what the offering side opens; the answering side takes what the offerer opens
 * @param maxPacketBytes the largest SCTP packet we take, and try where the path stays on this host
 *     and the peer says that it takes it; elsewhere every packet fits any path
 * @param sendBufferBytes how much waits before {@link DataChannel#send} refuses
 * @param receiveBufferBytes how much of unfinished or early messages of the peer is kept; also
 *     bounds what a peer has in flight
 * @param connectTimeout from creation to an open channel
 * @param hellos one is drawn when we begin the DTLS handshake; if there is none, any browser's
 */
public record PeerConfig(
    IceConfig ice,
    ChannelOptions channel,
    int maxPacketBytes,
    int sendBufferBytes,
    int receiveBufferBytes,
    Duration connectTimeout,
    List<HelloProfile> hellos) {

  /**
   * An SCTP packet that holds a QUIC packet of 1,200 bytes and what goes around it on a path (12
   * common header + 16 chunk header); with DTLS, UDP and IPv6 still below 1,330.
   */
  static final int BASE_PACKET_BYTES = 1240;

  /** Fits one DTLS record (RFC 6347 §4.1: 2^14 bytes of plaintext). */
  static final int LARGEST_PACKET_BYTES = 16 * 1024;

  public PeerConfig {
    hellos = List.copyOf(hellos);
    if (maxPacketBytes < BASE_PACKET_BYTES || maxPacketBytes > LARGEST_PACKET_BYTES) {
      throw new IllegalArgumentException(
          "maxPacketBytes is not in " + BASE_PACKET_BYTES + " to " + LARGEST_PACKET_BYTES);
    }
    if (sendBufferBytes < 64 * 1024 || receiveBufferBytes < 128 * 1024) {
      throw new IllegalArgumentException("the buffers are too small");
    }
    if (connectTimeout.toMillis() < 1 || connectTimeout.toMillis() > 600_000) {
      throw new IllegalArgumentException("connectTimeout is not in 1 ms to 10 minutes");
    }
  }

  /** No STUN servers, no loopback, any port, one unreliable channel named tollway. */
  public static PeerConfig defaults() {
    return new PeerConfig(
        IceConfig.defaults(),
        ChannelOptions.unreliable("tollway"),
        LARGEST_PACKET_BYTES,
        1 << 20,
        2 << 20,
        Duration.ofSeconds(30),
        List.of());
  }

  public PeerConfig withIce(IceConfig config) {
    return new PeerConfig(
        config,
        channel,
        maxPacketBytes,
        sendBufferBytes,
        receiveBufferBytes,
        connectTimeout,
        hellos);
  }

  public PeerConfig withStunServers(List<InetSocketAddress> servers) {
    return withIce(ice.withStunServers(servers));
  }

  public PeerConfig withStun(StunCohort servers) {
    return withIce(ice.withStun(servers));
  }

  /** Whether loopback addresses are candidates, for tests and for one host. */
  public PeerConfig withLoopback(boolean include) {
    return withIce(ice.withLoopback(include));
  }

  public PeerConfig withPorts(int min, int max) {
    return withIce(ice.withPorts(min, max));
  }

  /** Whether the router of a private address is asked to let the peer in. */
  public PeerConfig withPortMapping(boolean ask) {
    return withIce(ice.withPortMapping(ask));
  }

  public PeerConfig withChannel(ChannelOptions options) {
    return new PeerConfig(
        ice, options, maxPacketBytes, sendBufferBytes, receiveBufferBytes, connectTimeout, hellos);
  }

  public PeerConfig withMaxPacketBytes(int bytes) {
    return new PeerConfig(
        ice, channel, bytes, sendBufferBytes, receiveBufferBytes, connectTimeout, hellos);
  }

  public PeerConfig withBuffers(int sendBytes, int receiveBytes) {
    return new PeerConfig(
        ice, channel, maxPacketBytes, sendBytes, receiveBytes, connectTimeout, hellos);
  }

  public PeerConfig withConnectTimeout(Duration timeout) {
    return new PeerConfig(
        ice, channel, maxPacketBytes, sendBufferBytes, receiveBufferBytes, timeout, hellos);
  }

  public PeerConfig withHellos(List<HelloProfile> profiles) {
    return new PeerConfig(
        ice,
        channel,
        maxPacketBytes,
        sendBufferBytes,
        receiveBufferBytes,
        connectTimeout,
        profiles);
  }
}
