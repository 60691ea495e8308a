// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

/**
 * How far a desktop has come with one volunteer.
 *
 * <pre>
 * CONNECTING ──channel──▶ PROVING ──egress accepts──▶ ATTACHED
 *     └──────────────────────┴────── anything ends ──────┴──▶ ENDED
 * </pre>
 */
public enum PathStage {
  CONNECTING,
  PROVING,
  ATTACHED,
  ENDED
}
