// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import java.util.Optional;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import tollway.bytes.Bytes;

/**
 * Argon2id (RFC 9106) with 2 MiB, one pass and one lane: some 1.5 ms. For one thread. The seed is
 * the salt and the nonce is in the password, so that one block of memory serves every evaluation
 * under a seed and nothing of that size is ever allocated for a stranger.
 */
public final class Evaluator {
  private static final int MEMORY_KIB = 2048;

  private final Argon2BytesGenerator argon = new Argon2BytesGenerator();
  private Bytes salt = Bytes.EMPTY;

  /** The dear test: whether {@code solution} solves {@code puzzle}. The cheap one comes first. */
  public boolean verifies(Puzzle puzzle, Solution solution) {
    return puzzle.isPlausible(solution)
        && output(puzzle.seed(), puzzle.message(solution.nonce())).equals(solution.output());
  }

  /** The solution that {@code nonce} is, if it is one: one in {@code effort} is. */
  public Optional<Solution> attempt(Puzzle puzzle, Bytes nonce) {
    Bytes message = puzzle.message(nonce);
    Bytes output = output(puzzle.seed(), message);
    return puzzle.isLucky(message, output)
        ? Optional.of(new Solution(puzzle.seed(), puzzle.effort(), nonce, output))
        : Optional.empty();
  }

  private Bytes output(Bytes seed, Bytes password) {
    if (!seed.equals(salt)) {
      argon.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(MEMORY_KIB)
              .withIterations(1)
              .withParallelism(1)
              .withSalt(seed.toArray())
              .build());
      salt = seed;
    }
    byte[] output = new byte[Solution.OUTPUT_SIZE];
    argon.generateBytes(password.toArray(), output);
    return Bytes.of(output);
  }
}
