// SPDX-License-Identifier: Apache-2.0
/** How a volunteer's people get on from it to their egress, also by way of other volunteers. */
@org.jspecify.annotations.NullMarked
package tollway.onward;
