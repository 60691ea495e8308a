// SPDX-License-Identifier: Apache-2.0
package tollway.bytes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** An immutable string of bytes; compared in constant time, so it may hold secrets' digests. */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** Copies {@code value}. */
  public static Bytes of(byte... value) {
    return new Bytes(value.clone());
  }

  /** Copies what remains in {@code buffer}, whose position is left alone. */
  public static Bytes of(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.duplicate().get(copy);
    return new Bytes(copy);
  }

  /** So many, as {@code random} has it. */
  public static Bytes random(RandomGenerator random, int size) {
    byte[] fresh = new byte[size];
    random.nextBytes(fresh);
    return new Bytes(fresh);
  }

  public static Bytes ofUtf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Lower- or upper-case hex, two digits a byte. */
  public static Bytes ofHex(String hex) throws MalformedBytesException {
    try {
      return new Bytes(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException notHex) {
      throw new MalformedBytesException("not hexadecimal");
    }
  }

  /** RFC 4648 §4 base64 with padding, in its one canonical form. */
  public static Bytes ofBase64(String text) throws MalformedBytesException {
    try {
      byte[] decoded = Base64.getDecoder().decode(text);
      // The JDK's decoder accepts missing padding and stray padding bits.
      if (!Base64.getEncoder().encodeToString(decoded).equals(text)) {
        throw new MalformedBytesException("not canonical base64");
      }
      return new Bytes(decoded);
    } catch (IllegalArgumentException notBase64) {
      throw new MalformedBytesException("not base64");
    }
  }

  /** FIPS 180-4. */
  public Bytes sha256() {
    try {
      return new Bytes(MessageDigest.getInstance("SHA-256").digest(value));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible); // Every JDK has it.
    }
  }

  public int size() {
    return value.length;
  }

  /** The byte at {@code index}, 0 to 255. */
  public int at(int index) {
    return value[index] & 0xff;
  }

  public Bytes slice(int from, int to) {
    return new Bytes(Arrays.copyOfRange(value, from, to));
  }

  public Bytes plus(Bytes other) {
    byte[] joined = Arrays.copyOf(value, value.length + other.value.length);
    System.arraycopy(other.value, 0, joined, value.length, other.value.length);
    return new Bytes(joined);
  }

  /** A fresh copy. */
  public byte[] toArray() {
    return value.clone();
  }

  /** A read-only view. */
  public ByteBuffer toBuffer() {
    return ByteBuffer.wrap(value).asReadOnlyBuffer();
  }

  public String hex() {
    return HexFormat.of().formatHex(value);
  }

  public String base64() {
    return Base64.getEncoder().encodeToString(value);
  }

  public String utf8() {
    return new String(value, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && MessageDigest.isEqual(value, bytes.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  /** Hex, cut after 16 bytes: for logs and test failures. */
  @Override
  public String toString() {
    return value.length <= 16
        ? hex()
        : HexFormat.of().formatHex(value, 0, 16) + "…(" + value.length + ")";
  }
}
