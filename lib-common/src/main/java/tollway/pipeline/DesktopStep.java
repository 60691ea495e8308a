// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** How far a desktop's way to the egress has come; see {@link DesktopListener#reached}. */
public enum DesktopStep {
  /** freddie has found a volunteer. */
  VOLUNTEER_FOUND,
  /** The data channel to a volunteer is open. */
  CHANNEL_OPEN,
  /** An egress has answered over a volunteer; whether it is the pinned one is seen next. */
  PATH_ATTACHED
}
