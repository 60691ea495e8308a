// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/** Names nodes on the map without telling their keys: the same node has another name elsewhere. */
final class PublicNames {
  private static final String HMAC = "HmacSHA256";

  /** 72 bits: two nodes of one map never share a name. */
  private static final int NAME_BYTES = 9;

  private final Mac mac;

  PublicNames(Bytes salt) {
    try {
      mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(salt.toArray(), HMAC));
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** Twelve characters of base64url. */
  String of(NodeId node) {
    byte[] code = mac.doFinal(node.key().toArray());
    return Base64.getUrlEncoder().encodeToString(Bytes.of(code).slice(0, NAME_BYTES).toArray());
  }
}
