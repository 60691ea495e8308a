// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;

/**
 * What freddie answers a {@link Poll}.
 *
 * @param session empty: there is none, and {@code signals} say why
 * @param first the number of the first of {@code signals}
 * @param heard the last of the client's signals that came; those after it have to be said again
 * @param signals all that the client has not heard, as far as they fit in; not decoded
 */
public record PollAnswer(Optional<Bytes> session, long first, long heard, List<Bytes> signals) {
  public PollAnswer {
    if (session.isPresent() && session.get().size() != Poll.SESSION_SIZE) {
      throw new IllegalArgumentException("a session's name has " + Poll.SESSION_SIZE + " bytes");
    }
    Poll.check(first, heard, signals);
    signals = List.copyOf(signals);
  }
}
