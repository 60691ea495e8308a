// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tollway.bytes.Bytes;

/**
 * By which freddie knows that two clients are on one host, and so no help to each other, and learns
 * nothing else: a hash of what names the host, salted by freddie. A network namespace counts as a
 * host: its neighbours on the machine may well reach what it cannot.
 */
final class HostMark {
  /** In bytes. */
  static final int SIZE = 16;

  private static final Path MACHINE = Path.of("/etc/machine-id");
  private static final Path NAMESPACE = Path.of("/proc/self/ns/net");
  private static final Bytes LABEL = Bytes.ofUtf8("tollway-host-v2");

  private HostMark() {}

  /** None when nothing names this host. Reads two small files of the system's. */
  static Optional<Bytes> of(Bytes salt) {
    try {
      String machine = Files.readString(MACHINE).strip();
      String namespace = Files.readSymbolicLink(NAMESPACE).toString();
      return machine.isEmpty()
          ? Optional.empty()
          : Optional.of(
              LABEL
                  .plus(salt)
                  .plus(Bytes.ofUtf8(machine + " " + namespace))
                  .sha256()
                  .slice(0, SIZE));
    } catch (IOException | UnsupportedOperationException unnamed) {
      return Optional.empty();
    }
  }
}
