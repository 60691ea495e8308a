// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The client's end of a WebSocket (RFC 6455) whose other end is a browser's own. */
final class WebSocketFraming implements BrowserWire.Framing {
  private static final int FINAL = 0x80;
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int MASKED = 0x80;

  /** Firefox ends the connection at a mask of zeros. */
  private static final int MASK = 1;

  private static final int LENGTH_64 = 127;
  private static final int LENGTH_16 = 126;

  /** RFC 6455 §4.1; takes no byte of the frames behind the head. */
  static void shakeHands(Process peer, String host, String path) throws IOException {
    String[] lines = {
      "GET " + path + " HTTP/1.1",
      "Host: " + host,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
      "\r\n"
    };
    OutputStream out = peer.getOutputStream();
    out.write(String.join("\r\n", lines).getBytes(US_ASCII));
    out.flush();
    String head = readUntil(peer.getInputStream(), "\r\n\r\n");
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new IOException("no WebSocket: " + head);
    }
  }

  static String readUntil(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("it ended after: " + text);
      }
      text.append((char) next);
    }
    return text.toString();
  }

  @Override
  public void write(OutputStream out, String text) throws IOException {
    byte[] payload = text.getBytes(UTF_8);
    DataOutputStream frame = new DataOutputStream(out);
    frame.writeByte(FINAL | TEXT);
    if (payload.length < LENGTH_16) {
      frame.writeByte(MASKED | payload.length);
    } else if (payload.length <= 0xffff) {
      frame.writeByte(MASKED | LENGTH_16);
      frame.writeShort(payload.length);
    } else {
      frame.writeByte(MASKED | LENGTH_64);
      frame.writeLong(payload.length);
    }
    frame.writeInt(MASK * 0x01010101);
    for (byte one : payload) {
      frame.writeByte(one ^ MASK);
    }
  }

  @Override
  public String read(InputStream in) throws IOException {
    DataInputStream frames = new DataInputStream(in);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    int flags;
    do {
      flags = frames.readUnsignedByte();
      if ((flags & 0x0f) >= CLOSE) {
        throw new EOFException("the browser ended");
      }
      int length = frames.readUnsignedByte();
      if (length == LENGTH_16) {
        length = frames.readUnsignedShort();
      } else if (length == LENGTH_64) {
        length = Math.toIntExact(frames.readLong());
      }
      message.write(frames.readNBytes(length));
    } while ((flags & FINAL) == 0);
    return message.toString(UTF_8);
  }
}
