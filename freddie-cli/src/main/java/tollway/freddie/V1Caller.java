// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import tollway.bytes.Bytes;

/** Who waits at the other end of a request; any thread may tell it something. */
interface V1Caller {
  /** One more line of the stream. */
  void hears(V1Exchange exchange, Bytes line);

  /** The last that it hears: the status, unless a stream has begun, and the body or its rest. */
  void ends(V1Exchange exchange, int status, Bytes body);
}
