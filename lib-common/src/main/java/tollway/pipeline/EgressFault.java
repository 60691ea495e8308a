// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import tollway.session.PathRefusal;

/** Why an egress did not do what somebody wanted. */
public enum EgressFault {
  /** These seven are answers to streams: see {@link StreamAnswer.Status}. */
  FORBIDDEN,
  NO_SUCH_NAME,
  UNREACHABLE,
  REFUSED,
  TIMED_OUT,
  BUSY,
  BAD_HEADER,
  /** These five refuse a path: see {@link PathRefusal}. */
  BAD_PROOF,
  TOO_MANY_SESSIONS,
  TOO_MANY_PATHS,
  STOPPING,
  NO_TRANSPORT,
  /** These turn a volunteer away. */
  BAD_TOKEN,
  TOO_MANY_VOLUNTEERS,
  TOO_MANY_CONNECTIONS;

  static EgressFault of(StreamAnswer.Status answer) {
    return valueOf(answer.name());
  }

  static EgressFault of(PathRefusal refusal) {
    return valueOf(refusal.name());
  }
}
