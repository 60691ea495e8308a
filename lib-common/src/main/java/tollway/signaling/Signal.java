// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.util.List;
import java.util.Optional;
import tollway.admission.Puzzle;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.stun.NatMapping;

/** One message of the freddie protocol, version 2. */
public sealed interface Signal {
  int VERSION = 2;

  /** What a puzzle's solution is for. */
  String SERVICE = "tollway-signal-v2";

  int NONCE_SIZE = 32;

  /** Bytes in the id of a client's session. */
  int SESSION_SIZE = 16;

  /** The longest message on the wire, in bytes. */
  int SIZE_LIMIT = 16 << 10;

  int MAX_SDP = 12 << 10;
  int MAX_LINE = 1024;
  int MAX_TEXT = 256;
  int MAX_STUN = 16;

  /** Few, because each is a key that is checked. */
  int MAX_EXCLUDED = 16;

  int MAX_COUNT = 16;

  /** What one end may seal for one match. */
  int MAX_SEALED = 1024;

  /** What is sealed, as bytes on the wire: the longest description and what goes around it. */
  int MAX_SEALED_TEXT = MAX_SDP + 512;

  /**
   * freddie's first word: prove on this connection who you are.
   *
   * @param seed of the puzzles that freddie accepts; empty: it knows of none
   * @param effort that a newcomer should make; 0: no puzzle
   * @param hostSalt of the mark by which freddie knows who is on the same host
   */
  record Challenge(int version, Bytes nonce, Bytes seed, int effort, Optional<Bytes> hostSalt)
      implements Signal {
    public Challenge {
      check(nonce.size() == NONCE_SIZE, "a nonce has 32 bytes");
      check(0 <= effort && effort <= Puzzle.MAX_EFFORT, "no such effort");
      check(
          seed.size() == Solution.SEED_SIZE || (seed.size() == 0 && effort == 0),
          "a seed has 16 bytes");
      hostSalt.ifPresent(salt -> check(salt.size() == NONCE_SIZE, "a salt has 32 bytes"));
    }

    /** Without a puzzle, and not to tell the client's host. */
    public Challenge(int version, Bytes nonce) {
      this(version, nonce, Bytes.EMPTY, 0, Optional.empty());
    }
  }

  /**
   * The client's first word.
   *
   * @param solution of the puzzle, if it made an effort
   * @param host tells those apart who are not on one host, {@link HostMark#SIZE} bytes
   */
  record Hello(
      int version,
      NodeId node,
      Bytes signature,
      Optional<Solution> solution,
      Optional<Bytes> host,
      Optional<Bytes> session)
      implements Signal {
    public Hello {
      session.ifPresent(id -> check(id.size() == SESSION_SIZE, "a session's id has 16 bytes"));
      check(signature.size() == Identity.SIGNATURE_SIZE, "a signature has 64 bytes");
      host.ifPresent(mark -> check(mark.size() == HostMark.SIZE, "a host's mark has 16 bytes"));
    }

    /** Without an effort, of somewhere. */
    public Hello(int version, NodeId node, Bytes signature) {
      this(version, node, signature, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /** freddie knows the client; its STUN responders as {@code host:port}. */
  record Welcome(List<String> stun) implements Signal {
    public Welcome {
      stun = List.copyOf(stun);
      check(stun.size() <= MAX_STUN, "too many STUN servers");
      stun.forEach(server -> check(server.length() <= MAX_TEXT, "a STUN server's name is long"));
    }
  }

  /** What a producer offers from now on, signed for this connection, and how to write to it. */
  record Slots(SignedAdvert advert, SealKey seal) implements Signal {}

  /**
   * How many producers a consumer wants beyond those it has; 0 withdraws. Between each of them and
   * the egress shall lie from {@code least} to {@code most} others; {@code nat} is the one before
   * the consumer.
   */
  record PeerRequest(
      int count, NodeId egress, List<NodeId> exclude, int least, int most, NatMapping nat)
      implements Signal {
    public PeerRequest {
      exclude = List.copyOf(exclude);
      check(count >= 0 && count <= MAX_COUNT, "a request is for at most 16 peers");
      check(exclude.size() <= MAX_EXCLUDED, "too many excluded peers");
      check(0 <= least && least <= most && most <= Endpoint.MAX_DISTANCE, "no such distance");
    }

    /** One less. */
    public PeerRequest less() {
      return new PeerRequest(count - 1, egress, exclude, least, most, nat);
    }

    /** From a consumer that does not know its NAT. */
    public PeerRequest(int count, NodeId egress, List<NodeId> exclude, int least, int most) {
      this(count, egress, exclude, least, most, NatMapping.UNKNOWN);
    }

    /** For producers that are connected to the egress themselves. */
    public PeerRequest(int count, NodeId egress, List<NodeId> exclude) {
      this(count, egress, exclude, 0, 0);
    }
  }

  /**
   * A producer wants the next one on the way of a match of its own to the egress; it lives as long
   * as that match, and replaces an earlier one.
   */
  record OnwardRequest(long match, List<NodeId> exclude) implements Signal {
    public OnwardRequest {
      exclude = List.copyOf(exclude);
      check(exclude.size() <= MAX_EXCLUDED, "too many excluded peers");
    }
  }

  /**
   * Two clients are paired.
   *
   * @param role that of the one who is told
   * @param distance how many producers lie between this one and the egress
   * @param onwardOf the match for which the consumer had asked onwards
   * @param seal the producer's, when it is the consumer who is told
   */
  record Matched(
      long match,
      Role role,
      NodeId peer,
      NodeId egress,
      int distance,
      Optional<Long> onwardOf,
      Optional<SealKey> seal)
      implements Signal {
    public Matched {
      check(0 <= distance && distance <= Endpoint.MAX_DISTANCE, "no such distance");
    }

    /** With a producer that is connected to the egress, for the consumer itself. */
    public Matched(long match, Role role, NodeId peer, NodeId egress) {
      this(match, role, peer, egress, 0, Optional.empty(), Optional.empty());
    }

    /** Whether the one who is told can rely on it that only the producer reads what they seal. */
    boolean isTrustworthy() {
      return role == Role.PRODUCER || seal.filter(key -> key.isOf(peer)).isPresent();
    }
  }

  /**
   * A {@link Description} or a {@link Candidate} for the other end of a match, unreadable on the
   * way.
   *
   * @param number counts what this end has sealed for the match
   * @param opening with this end's first, what opens them all; else empty
   */
  record Sealed(long match, int number, Bytes opening, Bytes text) implements Signal {
    public Sealed {
      check(0 <= number && number < MAX_SEALED, "an end says at most 1024 things about a match");
      check(
          opening.size() == 0 || opening.size() == SealKey.SIZE,
          "what opens the rest has 32 bytes");
      check(text.size() >= WordCipher.TAG_SIZE, "what is sealed has a tag of 16 bytes");
      check(text.size() <= MAX_SEALED_TEXT, "what is sealed is too long");
    }
  }

  /** An offer or an answer for the other end of a match. */
  record Description(long match, Kind kind, String sdp) implements Signal {
    public Description {
      check(sdp.length() <= MAX_SDP, "a description is too long");
    }
  }

  /** A candidate for the other end of a match; an empty line when no more will come. */
  record Candidate(long match, String line) implements Signal {
    public Candidate {
      check(line.length() <= MAX_LINE, "a candidate is too long");
    }
  }

  /** The match is over; {@code failed} when the two could not connect. */
  record HangUp(long match, String why, boolean failed) implements Signal {
    public HangUp {
      check(why.length() <= MAX_TEXT, "a reason is too long");
    }
  }

  /** freddie does not do as asked, and perhaps closes. */
  record Refusal(Code code, int retryAfterSeconds, String text) implements Signal {
    public Refusal {
      check(text.length() <= MAX_TEXT, "a reason is too long");
      check(retryAfterSeconds >= 0 && retryAfterSeconds <= 86_400, "retry within a day");
    }
  }

  /** Which end of a match. The consumer makes the offer. */
  enum Role {
    CONSUMER,
    PRODUCER
  }

  /** Which half of the exchange of RFC 3264. */
  enum Kind {
    OFFER,
    ANSWER
  }

  /** Why freddie refuses. */
  enum Code {
    BAD_MESSAGE,
    BAD_PROOF,
    WRONG_VERSION,
    TOO_MANY,
    TOO_FAST,
    STOPPING,

    /** Others who want to come in made a greater effort. */
    PUZZLE
  }

  /** What a {@link Hello} signs. */
  static Bytes helloProof(Bytes nonce) {
    return Bytes.ofUtf8(SERVICE).plus(nonce);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
