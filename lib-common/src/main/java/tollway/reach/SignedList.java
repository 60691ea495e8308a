// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.util.List;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/**
 * A list whose signature is right.
 *
 * @param signer who signed it; whether that is the right one is for the reader to say
 * @param document all of it, as it is passed on
 * @param leftOut why hellos of the document are not in {@code list}, a line each
 */
public record SignedList(NodeId signer, ReachList list, Bytes document, List<String> leftOut) {
  public SignedList {
    leftOut = List.copyOf(leftOut);
  }
}
