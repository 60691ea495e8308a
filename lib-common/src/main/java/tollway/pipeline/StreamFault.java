// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** Why a program's connection did not come to be. */
public enum StreamFault {
  FORBIDDEN,
  NO_SUCH_NAME,
  UNREACHABLE,
  REFUSED,
  TIMED_OUT,
  BUSY,
  BAD_HEADER,
  /** There was no way to the egress, or it did not answer. */
  NO_ROUTE;

  static StreamFault of(NoStream why) {
    return why.status().map(status -> valueOf(status.name())).orElse(NO_ROUTE);
  }
}
