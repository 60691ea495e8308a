// SPDX-License-Identifier: Apache-2.0
/** Immutable byte strings, and the bounds-checked reader and writer that codecs use. */
@org.jspecify.annotations.NullMarked
package tollway.bytes;
