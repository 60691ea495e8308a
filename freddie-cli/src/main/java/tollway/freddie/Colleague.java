// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashMap;
import java.util.Map;

/** Another instance of this freddie, as far as we hear of it. */
final class Colleague {
  final long id;

  /** Who stands here for those of its clients who wish something, by the number of the wish. */
  final Map<Long, Client> wishing = new HashMap<>();

  /** In steady nanoseconds. */
  long heard;

  Colleague(long id, long heard) {
    this.id = id;
    this.heard = heard;
  }
}
