// SPDX-License-Identifier: Apache-2.0
/** Which STUN servers a client knows, from whom, and which of them it asks now. */
@org.jspecify.annotations.NullMarked
package tollway.cohort;
