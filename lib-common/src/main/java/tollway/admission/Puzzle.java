// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/**
 * Work that is good for one identity, at one kind of service, under one seed of one server, and for
 * nothing else. A nonce solves it when the first 32 bits of a hash over it and its Argon2id output
 * are so small that one in {@code effort} is (Tor's proposal 327 has the same shape). Whoever
 * checks tests the hash first, which costs nothing, and evaluates Argon2id once.
 *
 * @param service what the identity wants to speak, such as {@code tollway-signal-v2}
 * @param seed random, from the server: nothing is computed before it is known
 */
public record Puzzle(String service, NodeId identity, Bytes seed, int effort) {
  /** One core in Java needs about 100 s for it. */
  public static final int MAX_EFFORT = 1 << 16;

  /** An honest stranger's 3 s, an attacker's 1.5 s of native code. */
  public static final int USUAL_EFFORT = 2048;

  private static final Bytes LABEL = Bytes.ofUtf8("tollway-puzzle-1");
  private static final int MAX_SERVICE = 64;

  public Puzzle {
    if (seed.size() != Solution.SEED_SIZE) {
      throw new IllegalArgumentException("a seed has 16 bytes");
    }
    if (effort < 1 || effort > MAX_EFFORT) {
      throw new IllegalArgumentException("an effort is 1 to " + MAX_EFFORT);
    }
    if (service.isEmpty() || service.length() > MAX_SERVICE) {
      throw new IllegalArgumentException("a service has a name of 1 to 64 characters");
    }
  }

  /** What {@code solution} claims to solve for {@code identity}. */
  public static Puzzle of(String service, NodeId identity, Solution solution) {
    return new Puzzle(service, identity, solution.seed(), solution.effort());
  }

  /**
   * The cheap test, below a microsecond: whether {@code solution} is for this puzzle and would
   * solve it if its output were true. Any thread.
   */
  public boolean isPlausible(Solution solution) {
    return solution.seed().equals(seed)
        && solution.effort() == effort
        && isLucky(message(solution.nonce()), solution.output());
  }

  /** What goes into Argon2id as the password, besides the seed, which is the salt. */
  Bytes message(Bytes nonce) {
    Bytes name = Bytes.ofUtf8(service);
    return new ByteWriter()
        .bytes(LABEL)
        .u8(name.size())
        .bytes(name)
        .bytes(identity.key())
        .u32(effort)
        .bytes(nonce)
        .toBytes();
  }

  /** Whether {@code hash · effort ≤ 2^32 − 1}, proposal 327 §3.3. */
  boolean isLucky(Bytes message, Bytes output) {
    int luck = message.plus(seed).plus(output).sha256().toBuffer().getInt();
    return (luck & 0xffff_ffffL) * effort <= 0xffff_ffffL;
  }
}
