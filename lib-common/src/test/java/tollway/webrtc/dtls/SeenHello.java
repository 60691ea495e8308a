// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import tollway.bytes.Bytes;

/** What a ClientHello (RFC 6347 §4.2.1) says, in its order. */
public record SeenHello(
    List<Integer> suites,
    List<Integer> groups,
    List<Integer> schemes,
    List<HelloExtension> extensions) {
  private static final int RECORD_AND_MESSAGE_HEADER = 13 + 12;

  public static SeenHello read(byte[] bytes) {
    ByteBuf datagram = Unpooled.wrappedBuffer(bytes);
    datagram.skipBytes(RECORD_AND_MESSAGE_HEADER + 2 + 32);
    datagram.skipBytes(datagram.readUnsignedByte());
    datagram.skipBytes(datagram.readUnsignedByte());
    List<Integer> suites = shorts(datagram.readSlice(datagram.readUnsignedShort()));
    datagram.skipBytes(datagram.readUnsignedByte());
    ByteBuf rest = datagram.readSlice(datagram.readUnsignedShort());
    if (datagram.isReadable()) {
      throw new AssertionError("more than a hello");
    }
    List<HelloExtension> extensions = new ArrayList<>();
    List<Integer> groups = List.of();
    List<Integer> schemes = List.of();
    while (rest.isReadable()) {
      int type = rest.readUnsignedShort();
      ByteBuf body = rest.readSlice(rest.readUnsignedShort());
      extensions.add(new HelloExtension(type, Bytes.of(ByteBufUtil.getBytes(body))));
      if (type == 10) {
        groups = shorts(body.skipBytes(2));
      } else if (type == 13) {
        schemes = shorts(body.skipBytes(2));
      }
    }
    return new SeenHello(suites, groups, schemes, extensions);
  }

  private static List<Integer> shorts(ByteBuf list) {
    List<Integer> all = new ArrayList<>();
    while (list.isReadable()) {
      all.add(list.readUnsignedShort());
    }
    return all;
  }

  public List<Integer> types() {
    return extensions.stream().map(HelloExtension::type).toList();
  }

  /** What JA4 hashes: suites and extensions sorted, signatures in their order. */
  List<Object> ja4() {
    return List.of(suites.stream().sorted().toList(), types().stream().sorted().toList(), schemes);
  }
}
