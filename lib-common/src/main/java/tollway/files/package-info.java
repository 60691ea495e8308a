// SPDX-License-Identifier: Apache-2.0
/**
 * Opening files and making directories, so that a refusal names what stands in the way; writing
 * files whole or not at all.
 */
@org.jspecify.annotations.NullMarked
package tollway.files;
