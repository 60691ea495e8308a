// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.stun.StunAttribute.XorMappedAddress;
import tollway.stun.StunCodec;
import tollway.stun.StunMessage;

/**
 * Binding requests that need not be remembered: the transaction id of each is a keyed hash of the
 * address it goes to, so that only who was asked can answer. For one thread.
 */
final class Probes {
  private static final int ID_AT = 8;
  private static final int ID_BYTES = 12;

  private final Mac mac;
  private final ByteBuffer request;

  Probes(byte[] key) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
    // No FINGERPRINT: 20 bytes, and the same for who is older than RFC 5389's.
    StunMessage empty =
        new StunMessage(
            StunMessage.BINDING,
            StunMessage.Kind.REQUEST,
            Bytes.of(new byte[ID_BYTES]),
            List.of(),
            false);
    byte[] bytes = StunCodec.encode(empty).toArray();
    request = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** What to send to {@code address}; good until the next call. */
  ByteBuffer request(long address) {
    request.clear();
    request.put(ID_AT, id(address));
    return request;
  }

  /** Whether {@code datagram} answers what was sent to {@code address}, with an address. */
  boolean isAnswer(long address, Bytes datagram) {
    try {
      StunMessage message = StunCodec.decode(datagram);
      return message.isBinding(StunMessage.Kind.SUCCESS)
          && message.transactionId().equals(Bytes.of(id(address)))
          && message.first(XorMappedAddress.class).isPresent();
    } catch (MalformedBytesException noStun) {
      return false;
    }
  }

  private byte[] id(long address) {
    return Arrays.copyOf(mac.doFinal(Ipv4Block.raw(address)), ID_BYTES);
  }
}
