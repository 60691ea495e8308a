// SPDX-License-Identifier: Apache-2.0
package tollway.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.files.DurableFile;
import tollway.files.NamedFile;

/**
 * A private key on disk: PKCS #8 PEM (RFC 8410 §7), mode 0600, written beside, synced and renamed.
 * Reads also a raw base64 seed and the 2017 form (base64 of seed and public key, 64 bytes).
 */
public final class IdentityFile {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final int SIZE_LIMIT = 4096;

  /** The fixed DER prefix of a PKCS #8 Ed25519 key: version 0, OID 1.3.101.112, OCTET STRING. */
  private static final Bytes PKCS8_PREFIX =
      Bytes.of(
          new byte[] {
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22,
            0x04, 0x20
          });

  private IdentityFile() {}

  /** The key in {@code file}, or a new one written there when the file does not exist. */
  public static Identity loadOrCreate(Path file, SecureRandom random)
      throws IOException, MalformedBytesException {
    try {
      return load(file);
    } catch (NoSuchFileException fresh) {
      Identity made = Identity.generate(random);
      create(file, made);
      return made;
    }
  }

  public static Identity load(Path file) throws IOException, MalformedBytesException {
    try (InputStream in = NamedFile.open(file)) {
      byte[] text = in.readNBytes(SIZE_LIMIT + 1);
      if (text.length > SIZE_LIMIT) {
        throw new MalformedBytesException(file + " is too large for a key file");
      }
      return parse(new String(text, StandardCharsets.ISO_8859_1));
    }
  }

  /** Any of the three text forms. */
  public static Identity parse(String text) throws MalformedBytesException {
    String stripped = text.strip();
    if (stripped.startsWith(BEGIN)) {
      return parsePem(stripped);
    }
    Bytes raw = Bytes.ofBase64(stripped);
    if (raw.size() == Identity.SEED_SIZE) {
      return Identity.ofSeed(raw);
    }
    if (raw.size() != 64) {
      throw new MalformedBytesException(
          "a private key has 32 bytes (seed) or 64 (seed and public key), not " + raw.size());
    }
    Identity identity = Identity.ofSeed(raw.slice(0, 32));
    if (!identity.nodeId().key().equals(raw.slice(32, 64))) {
      throw new MalformedBytesException("the private key's two halves do not belong together");
    }
    return identity;
  }

  /** Writes {@code identity}; refuses to replace an existing file. */
  public static void create(Path file, Identity identity) throws IOException {
    write(file, identity, false);
  }

  /** Writes {@code identity}, replacing what was there. */
  public static void replace(Path file, Identity identity) throws IOException {
    write(file, identity, true);
  }

  static String toPem(Identity identity) {
    byte[] der = PKCS8_PREFIX.plus(identity.seed()).toArray();
    return BEGIN + "\n" + Base64.getEncoder().encodeToString(der) + "\n" + END + "\n";
  }

  private static Identity parsePem(String pem) throws MalformedBytesException {
    int end = pem.indexOf(END);
    if (end < 0) {
      throw new MalformedBytesException("the PEM text has no end line");
    }
    Bytes der = Bytes.ofBase64(pem.substring(BEGIN.length(), end).replaceAll("\\s", ""));
    int prefix = PKCS8_PREFIX.size();
    if (der.size() != prefix + 32 || !der.slice(0, prefix).equals(PKCS8_PREFIX)) {
      throw new MalformedBytesException("the PEM text holds no Ed25519 private key");
    }
    return Identity.ofSeed(der.slice(prefix, prefix + 32));
  }

  private static void write(Path file, Identity identity, boolean replace) throws IOException {
    byte[] text = toPem(identity).getBytes(StandardCharsets.US_ASCII);
    if (replace) {
      DurableFile.replace(file, text);
    } else {
      DurableFile.create(file, text);
    }
  }
}
