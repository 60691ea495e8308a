// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Vector;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;

/** One ClientHello, as a profile has it. For one handshake. */
@SuppressWarnings("JdkObsolete") // Bouncy Castle asks for tables of the first JDK.
final class Hello {
  private final HelloProfile profile;

  /** By how much GREASE is moved on: the profile only says where it is. */
  private final int grease;

  private final List<HelloExtension> extensions;

  private Hello(HelloProfile profile, Random random) {
    this.profile = profile;
    grease = random.nextInt(16);
    extensions = new ArrayList<>(profile.extensions());
    if (profile.shuffled()) {
      shuffle(extensions, random);
    }
  }

  /** By one of {@code profiles}, as their weights say; if there is none, as browsers speak. */
  static Hello draw(List<HelloProfile> profiles, Random random) {
    int all = profiles.stream().mapToInt(HelloProfile::weight).sum();
    int drawn = all > 0 ? random.nextInt(all) : 0;
    for (HelloProfile each : profiles) {
      drawn -= each.weight();
      if (drawn < 0) {
        return new Hello(each, random);
      }
    }
    return new Hello(new HelloStyle(random).profile(), random);
  }

  int[] suites() {
    return profile.suites().stream().mapToInt(this::greased).toArray();
  }

  Vector<SignatureAndHashAlgorithm> signatureSchemes() {
    Vector<SignatureAndHashAlgorithm> all = new Vector<>();
    for (int scheme : profile.schemes()) {
      int number = greased(scheme);
      all.add(
          SignatureAndHashAlgorithm.getInstance((short) (number >> 8), (short) (number & 0xff)));
    }
    return all;
  }

  Vector<Integer> groups() {
    return new Vector<>(profile.groups().stream().map(this::greased).toList());
  }

  /** What goes into the hello instead of {@code usual}, which has our groups and schemes. */
  Hashtable<Integer, byte[]> extensions(Hashtable<Integer, byte[]> usual) {
    Hashtable<Integer, byte[]> all = new Hashtable<>();
    for (HelloExtension each : extensions) {
      byte[] body =
          switch (each.type()) {
            case ExtensionType.supported_groups, ExtensionType.signature_algorithms ->
                usual.get(each.type());
            default -> each.body().toArray();
          };
      all.put(greased(each.type()), body);
    }
    return all;
  }

  /** The same message (RFC 6347 §4.2.1) with its extensions in our order. */
  byte[] inOrder(byte[] message) {
    ByteBuf in = Unpooled.wrappedBuffer(message);
    in.skipBytes(2 + 32);
    in.skipBytes(in.readUnsignedByte());
    in.skipBytes(in.readUnsignedByte());
    in.skipBytes(in.readUnsignedShort());
    in.skipBytes(in.readUnsignedByte());
    in.skipBytes(2);
    int from = in.readerIndex();
    Map<Integer, ByteBuf> written = new LinkedHashMap<>();
    while (in.isReadable()) {
      int start = in.readerIndex();
      int type = in.readUnsignedShort();
      in.skipBytes(in.readUnsignedShort());
      written.put(type, in.slice(start, in.readerIndex() - start));
    }
    ByteBuf out = Unpooled.buffer(message.length, message.length).writeBytes(message, 0, from);
    for (HelloExtension each : extensions) {
      ByteBuf one = written.remove(greased(each.type()));
      if (one != null) {
        out.writeBytes(one);
      }
    }
    written.values().forEach(out::writeBytes);
    return out.array();
  }

  private int greased(int number) {
    return HelloProfile.isGrease(number)
        ? 0x0a0a + 0x1010 * (((number >> 12) + grease) & 15)
        : number;
  }

  /** GREASE keeps its place, as in Chromium. */
  private static void shuffle(List<HelloExtension> extensions, Random random) {
    List<HelloExtension> moving = new ArrayList<>(extensions);
    moving.removeIf(each -> HelloProfile.isGrease(each.type()));
    Collections.shuffle(moving, random);
    extensions.replaceAll(
        each -> HelloProfile.isGrease(each.type()) ? each : moving.remove(moving.size() - 1));
  }
}
