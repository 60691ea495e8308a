// SPDX-License-Identifier: Apache-2.0
/** Memory that others fill, and that is never fuller than we said. */
@org.jspecify.annotations.NullMarked
package tollway.bounded;
