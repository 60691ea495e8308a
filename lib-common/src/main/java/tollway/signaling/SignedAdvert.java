// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/** An advert as its producer signed it, for one connection: a copy is worth nothing elsewhere. */
public record SignedAdvert(Bytes serialized, Bytes signature) {
  private static final Bytes LABEL = Bytes.ofUtf8("tollway-advert-v2");

  public SignedAdvert {
    if (signature.size() != Identity.SIGNATURE_SIZE) {
      throw new IllegalArgumentException("a signature has 64 bytes");
    }
  }

  /** Signs {@code advert} for the connection whose challenge had {@code nonce}. */
  public static SignedAdvert of(Advert advert, Identity identity, Bytes nonce) {
    Bytes serialized = SignalingCodec.encode(advert);
    return new SignedAdvert(serialized, identity.sign(LABEL.plus(nonce).plus(serialized)));
  }

  /** The advert, when {@code producer} signed it for the connection with {@code nonce}. */
  public Advert verified(NodeId producer, Bytes nonce) throws MalformedBytesException {
    if (!producer.verify(LABEL.plus(nonce).plus(serialized), signature)) {
      throw new MalformedBytesException("the advert's signature does not verify");
    }
    return SignalingCodec.decodeAdvert(serialized);
  }
}
