// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import tollway.admission.Puzzle;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;

/**
 * A newcomer's word that it made an effort to be heard by {@code to}, whose nonce on this link is
 * the puzzle's seed. Not signed: it helps nobody but {@code sender}. Layout: {@code scrooge2_effort
 * <publicKey> <destination> <solution>}, the last 52 bytes, all in base64.
 */
record EffortClaim(NodeId sender, NodeId to, Solution solution) {
  static final String WORD = "scrooge2_effort";

  private static final String SERVICE = "scrooge2";

  /** What {@code sender} has to solve. */
  static Puzzle puzzle(NodeId sender, Bytes nonce, int effort) {
    return new Puzzle(SERVICE, sender, nonce, effort);
  }

  Puzzle puzzle() {
    return Puzzle.of(SERVICE, sender, solution);
  }

  Bytes encoded() {
    return Bytes.ofUtf8(
        String.join(" ", WORD, sender.base64(), to.base64(), solution.encoded().base64()));
  }

  /** Does not check that the sender's key is sound: whoever has none signs no hello. */
  static EffortClaim parse(Bytes datagram) throws MalformedBytesException {
    String[] words = datagram.utf8().split(" ", -1);
    if (words.length != 4 || !words[0].equals(WORD)) {
      throw new MalformedBytesException("not " + WORD);
    }
    return new EffortClaim(node(words[1]), node(words[2]), Solution.of(Bytes.ofBase64(words[3])));
  }

  private static NodeId node(String base64) throws MalformedBytesException {
    Bytes key = Bytes.ofBase64(base64);
    if (key.size() != NodeId.SIZE) {
      throw new MalformedBytesException("a key has 32 bytes");
    }
    return new NodeId(key);
  }
}
