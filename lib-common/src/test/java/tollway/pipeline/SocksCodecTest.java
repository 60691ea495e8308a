// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class SocksCodecTest {
  private interface Reader {
    Optional<?> read(ByteBuf in) throws MalformedBytesException;
  }

  @Test
  void theHandshakeIsReadAsTheStandardHasIt() throws Exception {
    assertThat(SocksCodec.greeting(buffer("05020002")))
        .hasValueSatisfying(methods -> assertThat(methods).containsExactlyInAnyOrder(0, 2));
    assertThat(SocksCodec.credentials(buffer("0105616c69636503c3bc31")))
        .contains(new SocksCodec.Credentials("alice", "\u00fc1"));
    assertThat(SocksCodec.command(buffer("05010003036f726701bb")))
        .contains(new SocksCommand.Connect(new Destination("org", 443)));
    assertThat(SocksCodec.command(buffer("05030001000000000000")))
        .contains(new SocksCommand.Associate(address("00000000"), 0));
    assertThat(SocksCodec.command(buffer("050300017f0000011f90")))
        .contains(new SocksCommand.Associate(address("7f000001"), 8080));
  }

  @Test
  void whatWeDoNotDoIsToldByItsReply() throws Exception {
    assertThat(SocksCodec.command(buffer("05020001c00002070050")))
        .as("BIND")
        .contains(new SocksCommand.Refused(SocksStatus.COMMAND_UNSUPPORTED));
    assertThat(SocksCodec.command(buffer("05010002c00002070050")))
        .as("an address type that does not exist")
        .contains(new SocksCommand.Refused(SocksStatus.ADDRESS_UNSUPPORTED));
    assertThatThrownBy(() -> SocksCodec.greeting(buffer("04")))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void repliesHaveTheirForm() throws Exception {
    assertThat(
            ByteBufUtil.hexDump(
                SocksCodec.reply(
                    SocksStatus.SUCCEEDED, new InetSocketAddress(address("7f000001"), 8080))))
        .isEqualTo("050000017f0000011f90");
    assertThat(
            ByteBufUtil.hexDump(
                SocksCodec.reply(
                    SocksStatus.FORBIDDEN,
                    new InetSocketAddress(address("0".repeat(31) + "1"), 80))))
        .isEqualTo("05020004000000000000000000000000000000010050");
    assertThat(ByteBufUtil.hexDump(SocksCodec.method(SocksCodec.UNACCEPTED))).isEqualTo("05ff");
    assertThat(ByteBufUtil.hexDump(SocksCodec.admitted(false))).isEqualTo("0101");
  }

  @Test
  void messagesThatHaveNotArrivedYetAreAwaited() throws Exception {
    awaited("05020002", SocksCodec::greeting);
    awaited("0105616c69636503c3bc31", SocksCodec::credentials);
    awaited("05010003036f726701bb", SocksCodec::command);
    awaited("050300042001000000000000000000000000000101bb", SocksCodec::command);
  }

  @Test
  void noiseIsAMessageOrMalformedAndNothingElse() {
    Random random = new Random(42);
    int understood = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      if (noise.length > 4 && i % 4 != 0) {
        noise[0] = (byte) (i % 4 == 1 ? 1 : 5);
        noise[1] = (byte) (1 + random.nextInt(3));
        noise[3] = (byte) (1 + random.nextInt(4));
      }
      for (Reader reader :
          new Reader[] {SocksCodec::greeting, SocksCodec::credentials, SocksCodec::command}) {
        ByteBuf in = Unpooled.wrappedBuffer(noise);
        try {
          boolean whole = reader.read(in).isPresent();
          assertThat(in.readableBytes() < noise.length).isEqualTo(whole);
          understood += whole ? 1 : 0;
        } catch (MalformedBytesException expected) {
          understood += 0;
        }
      }
    }
    assertThat(understood).isGreaterThan(10_000);
  }

  private static void awaited(String hex, Reader reader) throws Exception {
    byte[] whole = Bytes.ofHex(hex).toArray();
    for (int size = 0; size < whole.length; size++) {
      ByteBuf part = Unpooled.wrappedBuffer(whole, 0, size);
      assertThat(reader.read(part)).as("%s, %d bytes of it", hex, size).isEmpty();
      assertThat(part.readableBytes()).isEqualTo(size);
    }
    ByteBuf all = Unpooled.wrappedBuffer(whole);
    assertThat(reader.read(all)).isPresent();
    assertThat(all.isReadable()).isFalse();
  }

  private static InetAddress address(String hex) throws Exception {
    return InetAddress.getByAddress(Bytes.ofHex(hex).toArray());
  }

  private static ByteBuf buffer(String hex) throws MalformedBytesException {
    return Unpooled.wrappedBuffer(Bytes.ofHex(hex).toArray());
  }
}
