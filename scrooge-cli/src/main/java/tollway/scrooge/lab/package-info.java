// SPDX-License-Identifier: Apache-2.0
/**
 * Builds meshes of real daemons in network namespaces and tells whether they keep what is promised.
 */
@org.jspecify.annotations.NullMarked
package tollway.scrooge.lab;
