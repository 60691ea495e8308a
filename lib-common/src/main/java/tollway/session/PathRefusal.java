// SPDX-License-Identifier: Apache-2.0
package tollway.session;

/** Why an egress refused a path. */
public enum PathRefusal {
  BAD_PROOF,
  TOO_MANY_SESSIONS,
  TOO_MANY_PATHS,
  STOPPING,
  NO_TRANSPORT
}
