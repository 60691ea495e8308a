// SPDX-License-Identifier: Apache-2.0
/** Reports about who helps whom, and the graph that is made of them. */
@org.jspecify.annotations.NullMarked
package tollway.netstate;
