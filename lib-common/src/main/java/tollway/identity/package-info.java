// SPDX-License-Identifier: Apache-2.0
/** Ed25519 keys, node ids and signatures, and the file a private key lives in. */
@org.jspecify.annotations.NullMarked
package tollway.identity;
