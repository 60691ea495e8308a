// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.stun.StunAttribute;
import tollway.stun.StunCodec;
import tollway.stun.StunMessage;

/** STUN as ICE writes and believes it: who signs what with whose password (RFC 8445 §7). */
final class IceStun {
  private final IceCredentials local;
  private final Random random;
  private long tieBreaker;
  private @Nullable IceCredentials remote;

  IceStun(IceCredentials local, Random random) {
    this.local = local;
    this.random = random;
    this.tieBreaker = random.nextLong();
  }

  /** Whether we keep our role when the peer, with its tie-breaker, claims the same. */
  boolean winsAgainst(long theirs) {
    return Long.compareUnsigned(tieBreaker, theirs) >= 0;
  }

  /** RFC 8445 §7.2.5.1: after a lost conflict. */
  void changeTieBreaker() {
    tieBreaker = random.nextLong();
  }

  Bytes newTransactionId() {
    return StunMessage.newTransactionId(random);
  }

  void remote(IceCredentials credentials) {
    remote = credentials;
  }

  boolean knowsRemote() {
    return remote != null;
  }

  /** A check or consent request; {@link #remote} must be known. */
  Bytes request(IceCheck check) {
    IceCredentials peer = remote;
    if (peer == null) {
      throw new IllegalStateException("a check before the peer's credentials");
    }
    List<StunAttribute> attributes = new ArrayList<>();
    // RFC 8445 §7.2.2: their name first, then ours.
    attributes.add(new StunAttribute.Username(peer.ufrag() + ":" + local.ufrag()));
    attributes.add(new StunAttribute.Priority(check.pair.base.reflexivePriority()));
    attributes.add(
        check.role == IceRole.CONTROLLING
            ? new StunAttribute.IceControlling(tieBreaker)
            : new StunAttribute.IceControlled(tieBreaker));
    if (check.nominates) {
      attributes.add(new StunAttribute.UseCandidate());
    }
    StunMessage request = StunMessage.request(check.id, attributes.toArray(StunAttribute[]::new));
    return StunCodec.encode(request, Bytes.ofUtf8(peer.password()));
  }

  /** An answer to a request that {@link #isForUs}. */
  Bytes answer(StunMessage answer) {
    return StunCodec.encode(answer, Bytes.ofUtf8(local.password()));
  }

  /** Whether a request names us, comes from our peer if we know it, and is signed for us. */
  boolean isForUs(StunMessage request, Bytes datagram) {
    Optional<String> user =
        request.first(StunAttribute.Username.class).map(StunAttribute.Username::name);
    if (user.isEmpty()) {
      return false;
    }
    boolean named =
        remote == null
            ? user.get().startsWith(local.ufrag() + ":")
            : user.get().equals(local.ufrag() + ":" + remote.ufrag());
    return named && StunCodec.isSigned(datagram, Bytes.ofUtf8(local.password()));
  }

  /** Whether an answer is signed by our peer. */
  boolean isFromPeer(Bytes datagram) {
    return remote != null && StunCodec.isSigned(datagram, Bytes.ofUtf8(remote.password()));
  }
}
