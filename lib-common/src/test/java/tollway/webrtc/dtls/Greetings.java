// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.util.List;
import java.util.stream.IntStream;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** Hellos for tests. */
public final class Greetings {
  private static final List<Integer> SUITES = List.of(0xc02b, 0xc02f, 0xcca9, 0xc009, 0x002f);
  private static final List<Integer> GROUPS = List.of(0x001d, 0x0017, 0x0018);
  private static final List<Integer> SCHEMES = List.of(0x0403, 0x0804, 0x0401);
  private static final List<HelloExtension> EXTENSIONS =
      List.of(
          extension(0x0017, ""),
          extension(0xff01, "00"),
          extension(0x000a, ""),
          extension(0x000b, "0100"),
          extension(0x0023, ""),
          extension(0x000d, ""),
          extension(0x000e, "000400070001" + "00"));
  public static final HelloProfile CHROMIUM =
      new HelloProfile(1, false, SUITES, GROUPS, SCHEMES, EXTENSIONS);

  /** The group first that our server does not have, as much of everything as there may be. */
  public static final HelloProfile GREATEST =
      new HelloProfile(
          HelloProfile.MOST_WEIGHT,
          false,
          IntStream.concat(
                  IntStream.of(0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02c, 0x00ff),
                  IntStream.of(0xc030, 0xc02b, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02f, 0x009e))
              .boxed()
              .toList(),
          List.of(0x2a2a, 0x11ec, 0x001e, 0x0019, 0x0018, 0x0017, 0x0100, 0x0101),
          List.of(0x3a3a, 0x0807, 0x0808, 0x0809, 0x080b, 0x0403, 0x0503, 0x0603, 0x0203, 0x0201),
          List.of(
              extension(0x5a5a, ""),
              extension(0x000d, ""),
              extension(0x0012, ""),
              extension(0x0010, "0010" + "06776562727463" + "08632d776562727463"),
              extension(0x0017, ""),
              extension(0x000b, "03000102"),
              extension(0x000a, ""),
              extension(0xfafa, "00"),
              extension(0x0015, "00".repeat(256))));

  private Greetings() {}

  static HelloExtension extension(int type, String hex) {
    try {
      return new HelloExtension(type, Bytes.ofHex(hex));
    } catch (MalformedBytesException wrong) {
      throw new AssertionError(wrong);
    }
  }
}
