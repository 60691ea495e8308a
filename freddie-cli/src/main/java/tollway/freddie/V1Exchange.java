// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.signaling.v1.V1Generation;
import tollway.signaling.v1.V1Post;
import tollway.signaling.v1.V1Type;

/** A request whose answer is to come. Owned by the market. */
abstract sealed class V1Exchange {
  final V1Caller caller;
  final V1Generation generation;

  /** Whence it comes: those of one site take turns with the others together. */
  final String site;

  private V1Exchange(V1Caller caller, V1Generation generation, String site) {
    this.caller = caller;
    this.generation = generation;
    this.site = site;
  }

  /** A consumer that listens for advertisements ({@code GET}). */
  static final class Listening extends V1Exchange {
    /** What it was told of last, as long as that is kept for it. */
    @Nullable Posted hears;

    Listening(V1Caller caller, V1Generation generation, String site) {
      super(caller, generation, site);
    }
  }

  /** A post that waits for what answers it. */
  static final class Posted extends V1Exchange {
    final String id;
    final V1Type type;
    final String sendTo;

    /** What the recipient is told; nothing once that is done. */
    Bytes message;

    /** Who was told of it; a genesis. */
    final Set<Listening> heardBy = new HashSet<>();

    /** Who it is kept for. */
    @Nullable Listening keptFor;

    /** Too little of its wait remains for somebody to take it up. */
    boolean late;

    Posted(
        V1Caller caller,
        V1Generation generation,
        String site,
        String id,
        V1Post post,
        Bytes message) {
      super(caller, generation, site);
      this.id = id;
      type = post.type();
      sendTo = post.sendTo();
      this.message = message;
    }
  }
}
