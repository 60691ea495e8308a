// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;

/** The seals of all matches of one client, from when freddie tells of them until a hang-up. */
final class MatchSeals {
  /** More than an honest freddie tells of, who knows how many we offer and wish for. */
  static final int MOST_MATCHES = 2 * Advert.MAX_SLOTS;

  private final Identity identity;
  private final SecureRandom random = new SecureRandom();
  private final SealSecret secret = SealSecret.generate(random);
  private final Map<Long, MatchSeal> seals = new HashMap<>();
  private @Nullable SealKey publicKey;

  MatchSeals(Identity identity) {
    this.identity = identity;
  }

  /** To which consumers seal. */
  SealKey publicKey() {
    SealKey signed = publicKey;
    if (signed == null) {
      signed = secret.publicKey(identity);
      publicKey = signed;
    }
    return signed;
  }

  void begin(Signal.Matched match) {
    if (seals.size() < MOST_MATCHES) {
      seals.computeIfAbsent(
          match.match(), id -> new MatchSeal(match, identity.nodeId(), secret, random));
    }
  }

  void end(long match) {
    seals.remove(match);
  }

  /** freddie has forgotten every match. */
  void clear() {
    seals.clear();
  }

  /** A word of ours in {@code match}; empty when that is over or nobody could read it. */
  Optional<Signal.Sealed> seal(long match, Signal word) {
    return Optional.ofNullable(seals.get(match)).flatMap(seal -> seal.seal(word));
  }

  /** The other end's word; empty when it is not, for us to act upon. */
  Optional<Signal> open(Signal.Sealed sealed) {
    MatchSeal seal = seals.get(sealed.match());
    if (seal == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(seal.open(sealed));
    } catch (MalformedBytesException forgedOrRepeated) {
      return Optional.empty(); // Whoever did it: the other end is no better for our complaint.
    }
  }
}
