// SPDX-License-Identifier: Apache-2.0
/** Certificates of our servers: read, checked, and read again when their files have changed. */
@org.jspecify.annotations.NullMarked
package tollway.tls;
