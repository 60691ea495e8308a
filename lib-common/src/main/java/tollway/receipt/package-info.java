// SPDX-License-Identifier: Apache-2.0
/** What neighbours sign for each other about the traffic they forwarded. */
@org.jspecify.annotations.NullMarked
package tollway.receipt;
