// SPDX-License-Identifier: Apache-2.0
/** What stock Unbounded clients say to their matchmaker over plain HTTP: forms, JSON, versions. */
@org.jspecify.annotations.NullMarked
package tollway.signaling.v1;
