// SPDX-License-Identifier: Apache-2.0
/** Network namespaces for tests that need root. */
@org.jspecify.annotations.NullMarked
package tollway.lab;
