// SPDX-License-Identifier: Apache-2.0
package tollway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class IdentityFileTest {
  private static final Identity ALICE =
      Identity.ofSeed(
          Bytes.of(
              "alice-alice-alice-alice-alice-32"
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));

  @TempDir Path directory;

  @Test
  @DisplayName("P8: a private key is its owner's to read alone")
  void remembersTheKeyForItsOwnerAlone() throws Exception {
    Path file = directory.resolve("sub/key.pem");
    Identity made = IdentityFile.loadOrCreate(file, new SecureRandom());
    assertThat(IdentityFile.loadOrCreate(file, new SecureRandom()).nodeId())
        .isEqualTo(made.nodeId());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void neverOverwritesAKeyByAccident() throws Exception {
    Path file = directory.resolve("key.pem");
    IdentityFile.create(file, ALICE);
    assertThatThrownBy(() -> IdentityFile.create(file, Identity.generate(new SecureRandom())))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(IdentityFile.load(file).nodeId()).isEqualTo(ALICE.nodeId());
  }

  @Test
  void readsAllThreeForms() throws Exception {
    Bytes both = ALICE.seed().plus(ALICE.nodeId().key());
    for (String text :
        new String[] {IdentityFile.toPem(ALICE), ALICE.seed().base64(), both.base64() + "\n"}) {
      assertThat(IdentityFile.parse(text).nodeId()).isEqualTo(ALICE.nodeId());
    }
  }

  @Test
  void refusesHalvesThatDoNotBelongTogether() {
    Bytes both = ALICE.seed().plus(ALICE.seed());
    assertThatThrownBy(() -> IdentityFile.parse(both.base64()))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining("halves");
  }

  @Test
  void noiseIsRefusedAndNothingElse() {
    Random random = new Random(11);
    String pem = IdentityFile.toPem(ALICE);
    for (int round = 0; round < 5_000; round++) {
      char[] text = pem.toCharArray();
      for (int flips = 0; flips <= random.nextInt(3); flips++) {
        text[random.nextInt(text.length)] = (char) random.nextInt(256);
      }
      try {
        IdentityFile.parse(new String(text));
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }
}
