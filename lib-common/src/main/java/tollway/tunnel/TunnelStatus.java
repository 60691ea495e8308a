// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import tollway.bytes.Bytes;

/**
 * What a running tunnel says of itself. {@code endpoint} lacks the zone of a link-local address: do
 * not feed it back.
 */
public record TunnelStatus(
    TunnelKeys keys,
    int port,
    Optional<TunnelKey> peer,
    Optional<InetSocketAddress> endpoint,
    Optional<Instant> lastHandshake,
    long receivedBytes,
    long sentBytes) {

  /** Whether the running tunnel is the wanted one; its peer may have moved meanwhile. */
  public boolean fits(TunnelSpec spec) {
    return keys.equals(spec.keys())
        && port == spec.port()
        && peer.equals(spec.peer().map(TunnelPeer::key));
  }

  /** Gathers what a driver reads, line by line. */
  static final class Builder {
    private Bytes privateKey = Bytes.of(new byte[TunnelKey.SIZE]);
    private int port;
    private Optional<TunnelKey> peer = Optional.empty();
    private Optional<InetSocketAddress> endpoint = Optional.empty();
    private long handshakeSeconds;
    private long handshakeNanos;
    private long receivedBytes;
    private long sentBytes;

    Builder privateKey(Bytes key) {
      privateKey = key;
      return this;
    }

    Builder port(int value) {
      port = value;
      return this;
    }

    Builder peer(TunnelKey key) {
      peer = Optional.of(key);
      return this;
    }

    Builder endpoint(InetSocketAddress value) {
      endpoint = Optional.of(value);
      return this;
    }

    Builder handshakeSeconds(long seconds) {
      handshakeSeconds = seconds;
      return this;
    }

    Builder handshakeNanos(long nanos) {
      handshakeNanos = nanos;
      return this;
    }

    Builder receivedBytes(long bytes) {
      receivedBytes = bytes;
      return this;
    }

    Builder sentBytes(long bytes) {
      sentBytes = bytes;
      return this;
    }

    TunnelStatus build() {
      Optional<Instant> handshake =
          handshakeSeconds == 0
              ? Optional.empty()
              : Optional.of(Instant.ofEpochSecond(handshakeSeconds, handshakeNanos));
      return new TunnelStatus(
          TunnelKeys.ofPrivate(privateKey),
          port,
          peer,
          endpoint,
          handshake,
          receivedBytes,
          sentBytes);
    }
  }
}
