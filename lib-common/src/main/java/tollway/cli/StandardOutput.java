// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The process's standard output, which remembers why something could not be written. */
final class StandardOutput extends PrintWriter {
  private final Descriptor descriptor;

  private StandardOutput(Descriptor descriptor) {
    super(descriptor, true, StandardCharsets.UTF_8);
    this.descriptor = descriptor;
  }

  static StandardOutput open() {
    return new StandardOutput(new Descriptor());
  }

  /** Why output is lost that somebody wanted: who closed a pipe wants no more. */
  Optional<String> failure() {
    flush();
    return Optional.ofNullable(descriptor.failure).filter(why -> !why.equals("Broken pipe"));
  }

  private static final class Descriptor extends OutputStream {
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    private volatile @Nullable String failure;

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        out.write(bytes, from, length);
      } catch (IOException refused) {
        failure = String.valueOf(refused.getMessage());
        throw refused;
      }
    }
  }
}
