// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/**
 * A list whose signature is right.
 *
 * @param signer who signed it; whether that is the right one is for the reader to say
 * @param document all of it, as it is passed on
 */
public record SignedList(NodeId signer, ReachList list, Bytes document) {}
