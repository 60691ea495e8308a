// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/** Our verdict on the twelve edge cases of "Taming the many EdDSAs" (Chalkias and others, 2020). */
final class SpeccheckTest {
  /** None is accepted: what speaks against each one first. */
  private static final List<String> VERDICTS =
      List.of(
          "SMALL_ORDER", // 0: key and R of small order, S = 0
          "SMALL_ORDER", // 1: key of small order
          "key", // 2: key of mixed order, R of small order
          "key", // 3: key and R of mixed order
          "key", // 4: verifies only when multiplied by the cofactor
          "key", // 5: the same, unless reduced before
          "signature", // 6: S not below the group order (RFC 8032 §5.1.7)
          "signature", // 7: S far above it
          "key", // 8: R not canonical
          "key", // 9: R not canonical
          "SMALL_ORDER", // 10: key of small order, not canonical
          "SMALL_ORDER"); // 11: the same

  @Test
  @DisplayName("W5, P3: keys that anybody can sign for are refused")
  void noEdgeCasePasses() throws Exception {
    List<String> verdicts = new ArrayList<>();
    for (JsonElement each : Vectors.read("ed25519-speccheck-cases.json").getAsJsonArray()) {
      verdicts.add(verdict(each.getAsJsonObject()));
    }
    assertThat(verdicts).isEqualTo(VERDICTS);
  }

  private static String verdict(JsonObject each) throws MalformedBytesException {
    Bytes key = Bytes.ofHex(each.get("pub_key").getAsString());
    Bytes message = Bytes.ofHex(each.get("message").getAsString());
    Bytes signature = Bytes.ofHex(each.get("signature").getAsString());
    try {
      SenderKeys.check(key);
    } catch (MalformedMessageException refused) {
      return refused.fault().name();
    }
    try {
      return NodeId.of(key).verify(message, signature) ? "accepted" : "signature";
    } catch (MalformedBytesException refused) {
      return "key";
    }
  }

  /**
   * Whoever has a private key can speak for seven more public keys, which differ by a point of
   * small order. Here the point is (0, -1). The verifier, which multiplies by the cofactor, would
   * take them all for neighbours.
   */
  @Test
  @DisplayName("P3: a key outside the prime-order group is refused")
  void aKeyOfMixedOrderIsRefusedThoughItsSignatureVerifies() throws Exception {
    BigInteger secret = scalar("mallory-mallory-mallory-mallory!");
    BigInteger nonce = scalar("a number that is used only once!");
    Bytes twin = plusOrderTwo(Identity.ofSeed(Bytes.ofUtf8("mallory-mallory-mallory-mallory!")));
    Bytes r = Identity.ofSeed(Bytes.ofUtf8("a number that is used only once!")).nodeId().key();
    int refused = 0;
    for (int seqno = 1; seqno <= 16; seqno++) {
      String text = "scrooge_hello " + twin.base64() + " 192.0.2.1:8481 " + seqno;
      Bytes hash = sha512(r.plus(twin).plus(Bytes.ofUtf8(text)));
      BigInteger s = nonce.add(number(hash).multiply(secret)).mod(GROUP_ORDER);
      Bytes signature = r.plus(littleEndian(s));
      if (new NodeId(twin).verify(Bytes.ofUtf8(text), signature)) {
        Unverified hello = LinkCodec.parse(Bytes.ofUtf8(text + " " + signature.base64()));
        assertThat(catchThrowableOfType(MalformedMessageException.class, hello::verify).fault())
            .isEqualTo(Fault.BAD_KEY);
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  private static final BigInteger MODULUS =
      BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger GROUP_ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  /** RFC 8032 §5.1.5, steps 1 and 2. */
  private static BigInteger scalar(String seed) throws Exception {
    byte[] half = sha512(Bytes.ofUtf8(seed)).slice(0, 32).toArray();
    half[0] &= (byte) 0xf8;
    half[31] &= 0x7f;
    half[31] |= 0x40;
    return number(Bytes.of(half));
  }

  /** (x, y) + (0, -1) = (-x, -y). */
  private static Bytes plusOrderTwo(Identity identity) {
    byte[] key = identity.nodeId().key().toArray();
    boolean negative = key[31] < 0;
    key[31] &= 0x7f;
    byte[] sum = littleEndian(MODULUS.subtract(number(Bytes.of(key)))).toArray();
    sum[31] |= (byte) (negative ? 0 : 0x80);
    return Bytes.of(sum);
  }

  private static Bytes sha512(Bytes bytes) throws Exception {
    return Bytes.of(MessageDigest.getInstance("SHA-512").digest(bytes.toArray()));
  }

  private static BigInteger number(Bytes littleEndian) {
    return new BigInteger(1, reversed(littleEndian.toArray()));
  }

  private static Bytes littleEndian(BigInteger number) {
    byte[] bytes = reversed(number.toByteArray());
    return Bytes.of(Arrays.copyOf(bytes, 32));
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] turned = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      turned[i] = bytes[bytes.length - 1 - i];
    }
    return turned;
  }
}
