// SPDX-License-Identifier: Apache-2.0
package tollway.capture;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import tollway.bytes.MalformedBytesException;

/** The packets of a recording, one after the other; never more than one of them in memory. */
public interface CaptureReader {
  /** No packet is longer, in bytes: libpcap's MAXIMUM_SNAPLEN. */
  int PACKET_LIMIT = 262_144;

  /** The next packet; nothing after the last. What is wrong is told with its place. */
  Optional<CapturedPacket> next() throws IOException, MalformedBytesException;

  /** Tells the format by its first bytes; {@code in} stays the caller's to close. */
  static CaptureReader open(InputStream in) throws IOException, MalformedBytesException {
    BufferedInputStream buffered = new BufferedInputStream(in);
    buffered.mark(4);
    byte[] magic = buffered.readNBytes(4);
    buffered.reset();
    if (PcapReader.begins(magic)) {
      return new PcapReader(new CaptureInput(buffered));
    }
    if (PcapngReader.begins(magic)) {
      return new PcapngReader(new CaptureInput(buffered));
    }
    if (magic.length > 1 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
      throw new MalformedBytesException("byte 0: compressed: use 'gunzip -c' first");
    }
    for (byte each : magic) {
      if ((each < ' ' || each > '~') && each != '\n' && each != '\r' && each != '\t') {
        throw new MalformedBytesException("byte 0: neither pcap nor pcapng nor a hex dump");
      }
    }
    return new HexReader(buffered);
  }
}
