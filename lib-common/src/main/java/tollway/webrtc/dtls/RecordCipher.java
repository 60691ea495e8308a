// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsDecodeResult;
import org.bouncycastle.tls.crypto.TlsEncodeResult;

/**
 * AES-GCM over the records of one epoch, both directions (RFC 5288). A fragment on the wire is: the
 * explicit part of the nonce 8, ciphertext, tag 16. Used by the handshake's thread for the message
 * that ends it, afterwards by the loop.
 */
final class RecordCipher implements TlsCipher {
  static final int EXPLICIT_NONCE = 8;
  static final int TAG = 16;
  static final int OVERHEAD = EXPLICIT_NONCE + TAG;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private static final int SALT = 4;
  private static final int VERSION = 0xfefd;

  /** Below this both count alike: those of the handshake, whose numbers the loop leaves out. */
  static final long FIRST_OF_LOOP = 16;

  private static final long SEQUENCE = (1L << 48) - 1;

  private final SecretKeySpec sealKey;
  private final SecretKeySpec openKey;
  private final byte[] sealNonce;
  private final byte[] openNonce;
  private final byte[] associated = new byte[13];
  private final Cipher sealer;
  private final Cipher opener;

  RecordCipher(byte[] keyBlock, int keyBytes, boolean server) {
    // RFC 5246 §6.3: client key, server key, client salt, server salt.
    int own = server ? 1 : 0;
    int other = 1 - own;
    sealKey = new SecretKeySpec(keyBlock, own * keyBytes, keyBytes, "AES");
    openKey = new SecretKeySpec(keyBlock, other * keyBytes, keyBytes, "AES");
    sealNonce = nonce(keyBlock, 2 * keyBytes + own * SALT);
    openNonce = nonce(keyBlock, 2 * keyBytes + other * SALT);
    try {
      sealer = Cipher.getInstance("AES/GCM/NoPadding");
      opener = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  static int keyBlockBytes(int keyBytes) {
    return 2 * (keyBytes + SALT);
  }

  private static byte[] nonce(byte[] keyBlock, int salt) {
    byte[] nonce = new byte[SALT + EXPLICIT_NONCE];
    System.arraycopy(keyBlock, salt, nonce, 0, SALT);
    return nonce;
  }

  /**
   * Writes the fragment of a record to {@code out} from {@code to} on; returns its length.
   *
   * @param number epoch 2, sequence number 6; never the same twice
   */
  int seal(long number, int type, byte[] plain, int from, int size, byte[] out, int to) {
    return seal(number, number, type, plain, from, size, out, to);
  }

  private int seal(
      long explicit, long number, int type, byte[] plain, int from, int size, byte[] out, int to) {
    LONG.set(out, to, explicit);
    LONG.set(sealNonce, SALT, explicit);
    try {
      sealer.init(Cipher.ENCRYPT_MODE, sealKey, new GCMParameterSpec(8 * TAG, sealNonce));
      associate(sealer, number, type, size);
      return EXPLICIT_NONCE + sealer.doFinal(plain, from, size, out, to + EXPLICIT_NONCE);
    } catch (GeneralSecurityException bug) {
      throw new IllegalStateException("sealing a record failed", bug);
    }
  }

  /**
   * Decrypts a fragment in place; returns the length of what then begins {@link #EXPLICIT_NONCE}
   * after {@code from}, or -1 when the peer did not make this record.
   */
  int open(long number, int type, byte[] fragment, int from, int size) {
    if (size < OVERHEAD) {
      return -1;
    }
    System.arraycopy(fragment, from, openNonce, SALT, EXPLICIT_NONCE);
    try {
      opener.init(Cipher.DECRYPT_MODE, openKey, new GCMParameterSpec(8 * TAG, openNonce));
      associate(opener, number, type, size - OVERHEAD);
      int at = from + EXPLICIT_NONCE;
      return opener.doFinal(fragment, at, size - EXPLICIT_NONCE, fragment, at);
    } catch (AEADBadTagException forged) {
      return -1;
    } catch (GeneralSecurityException bug) {
      throw new IllegalStateException("opening a record failed", bug);
    }
  }

  /** RFC 5246 §6.2.3.3: number 8, type 1, version 2, length 2. */
  private void associate(Cipher cipher, long number, int type, int size) {
    LONG.set(associated, 0, number);
    associated[8] = (byte) type;
    SHORT.set(associated, 9, (short) VERSION);
    SHORT.set(associated, 11, (short) size);
    cipher.updateAAD(associated);
  }

  // ---- for the handshake

  @Override
  public TlsEncodeResult encodePlaintext(
      long number,
      short type,
      ProtocolVersion version,
      int headerBytes,
      byte[] plain,
      int from,
      int size) {
    byte[] out = new byte[headerBytes + size + OVERHEAD];
    // Past its share of the numbers it may repeat one of the loop's, but never a nonce: the highest
    // bit is an epoch that the loop does not reach.
    long explicit = (number & SEQUENCE) < FIRST_OF_LOOP ? number : number | Long.MIN_VALUE;
    seal(explicit, number, type, plain, from, size, out, headerBytes);
    return new TlsEncodeResult(out, 0, out.length, type);
  }

  @Override
  public TlsDecodeResult decodeCiphertext(
      long number, short type, ProtocolVersion version, byte[] fragment, int from, int size)
      throws IOException {
    byte[] copy = Arrays.copyOfRange(fragment, from, from + size);
    int opened = open(number, type, copy, 0, size);
    if (opened < 0) {
      throw new TlsFatalAlert(AlertDescription.bad_record_mac);
    }
    return new TlsDecodeResult(copy, EXPLICIT_NONCE, opened, type);
  }

  @Override
  public int getCiphertextDecodeLimit(int plaintextLimit) {
    return plaintextLimit + OVERHEAD;
  }

  @Override
  public int getCiphertextEncodeLimit(int plaintextLimit) {
    return plaintextLimit + OVERHEAD;
  }

  @Override
  public int getPlaintextDecodeLimit(int ciphertextLimit) {
    return ciphertextLimit - OVERHEAD;
  }

  @Override
  public int getPlaintextEncodeLimit(int ciphertextLimit) {
    return ciphertextLimit - OVERHEAD;
  }

  @Override
  public void rekeyDecoder() throws IOException {
    throw new TlsFatalAlert(AlertDescription.internal_error); // DTLS 1.3 only.
  }

  @Override
  public void rekeyEncoder() throws IOException {
    throw new TlsFatalAlert(AlertDescription.internal_error);
  }

  @Override
  public boolean usesOpaqueRecordTypeDecode() {
    return false;
  }

  @Override
  public boolean usesOpaqueRecordTypeEncode() {
    return false;
  }
}
