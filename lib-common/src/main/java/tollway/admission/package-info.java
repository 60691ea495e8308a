// SPDX-License-Identifier: Apache-2.0
/** Who may speak, and how often: puzzles for strangers, budgets, queues that are fair. */
@org.jspecify.annotations.NullMarked
package tollway.admission;
