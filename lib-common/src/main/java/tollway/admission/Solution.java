// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import tollway.bytes.ByteReader;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * What somebody found who worked on a {@link Puzzle}. Layout: seed 16, effort 4, nonce 16, output
 * 16.
 *
 * @param effort how many evaluations it took on average; a solver commits to it before it begins
 * @param output of Argon2id over the nonce
 */
public record Solution(Bytes seed, int effort, Bytes nonce, Bytes output) {
  public static final int SEED_SIZE = 16;
  public static final int NONCE_SIZE = 16;
  public static final int OUTPUT_SIZE = 16;
  public static final int SIZE = SEED_SIZE + 4 + NONCE_SIZE + OUTPUT_SIZE;

  public Solution {
    if (seed.size() != SEED_SIZE || nonce.size() != NONCE_SIZE || output.size() != OUTPUT_SIZE) {
      throw new IllegalArgumentException("seed, nonce and output have 16 bytes each");
    }
    if (effort < 1 || effort > Puzzle.MAX_EFFORT) {
      throw new IllegalArgumentException("an effort is 1 to " + Puzzle.MAX_EFFORT);
    }
  }

  public static Solution of(Bytes encoded) throws MalformedBytesException {
    ByteReader in = new ByteReader(encoded);
    Bytes seed = in.bytes(SEED_SIZE);
    long effort = in.u32();
    Bytes nonce = in.bytes(NONCE_SIZE);
    Bytes output = in.bytes(OUTPUT_SIZE);
    in.end();
    if (effort < 1 || effort > Puzzle.MAX_EFFORT) {
      throw new MalformedBytesException("an effort of " + effort);
    }
    return new Solution(seed, (int) effort, nonce, output);
  }

  public Bytes encoded() {
    return new ByteWriter().bytes(seed).u32(effort).bytes(nonce).bytes(output).toBytes();
  }
}
