// SPDX-License-Identifier: Apache-2.0
/** What tests need of the world around them: network namespaces, a browser, patience. */
@org.jspecify.annotations.NullMarked
package tollway.lab;
