// SPDX-License-Identifier: Apache-2.0
package tollway.session;

/**
 * What a path is good for.
 *
 * <pre>
 * PROBING ──attached──▶ STANDBY ◀──another is chosen── ACTIVE
 *    │                     │  └──────────chosen──────────▲ │
 *    └──────refused──▶ DEAD ◀──────silent or closed────────┘
 * </pre>
 */
public enum PathState {
  PROBING,
  STANDBY,
  ACTIVE,
  DEAD
}
