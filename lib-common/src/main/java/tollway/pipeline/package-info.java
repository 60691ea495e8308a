// SPDX-License-Identifier: Apache-2.0
/**
 * The chain's three roles, desktop, widget and egress, with the local proxy and the dial policy.
 */
@org.jspecify.annotations.NullMarked
package tollway.pipeline;
