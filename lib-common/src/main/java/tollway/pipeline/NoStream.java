// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.Optional;

/**
 * Why a stream did not come to be.
 *
 * @param status the egress's answer; empty when there was no way to the egress
 */
record NoStream(Optional<StreamAnswer.Status> status, String reason) {
  static NoStream noRoute(String reason) {
    return new NoStream(Optional.empty(), reason);
  }

  static NoStream answered(StreamAnswer answer) {
    return new NoStream(Optional.of(answer.status()), answer.reason());
  }
}
