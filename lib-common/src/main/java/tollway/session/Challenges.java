// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import tollway.bytes.Bytes;

/** What a volunteer can read of a path: the egress's question, which is fresh for each. */
public final class Challenges {
  private Challenges() {}

  /** The nonce, when {@code frame} is such a question. */
  public static Optional<Bytes> nonce(ByteBuf frame) {
    int at = frame.readerIndex();
    if (frame.readableBytes() != 1 + PathFrame.NONCE_SIZE + 1
        || frame.getUnsignedByte(at) != PathFrameCodec.CHALLENGE) {
      return Optional.empty();
    }
    byte[] nonce = new byte[PathFrame.NONCE_SIZE];
    frame.getBytes(at + 1, nonce);
    return Optional.of(Bytes.of(nonce));
  }
}
