// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class StreamCodecTest {
  private static final Bytes KEY = Bytes.ofUtf8("0123456789abcdef");

  /** Frozen: changing a line changes the protocol. */
  private static final String[][] HEADERS = {
    {"192.0.2.7", "80", "01" + "30313233343536373839616263646566" + "01c0000207" + "0050"},
    {
      "example.org",
      "443",
      "01" + "30313233343536373839616263646566" + "030b6578616d706c652e6f7267" + "01bb"
    },
    {
      "2001:db8::1",
      "8080",
      "01" + "30313233343536373839616263646566" + "0420010db8000000000000000000000001" + "1f90"
    },
  };

  @Test
  void headersHaveTheirFrozenForm() throws Exception {
    for (String[] golden : HEADERS) {
      StreamHeader header =
          new StreamHeader.Connection(KEY, new Destination(golden[0], Integer.parseInt(golden[1])));
      assertThat(StreamHeaderCodec.encode(header).hex()).isEqualTo(golden[2]);
      ByteBuf wire = Unpooled.wrappedBuffer(Bytes.ofHex(golden[2] + "aabb").toArray());
      assertThat(StreamHeaderCodec.decode(wire)).contains(header);
      assertThat(wire.readableBytes()).as("what follows is left").isEqualTo(2);
    }
  }

  @Test
  void headersWithoutADestinationHaveTheirFrozenForm() throws Exception {
    keeps(new StreamHeader.Datagrams(KEY), "02" + "30313233343536373839616263646566" + "01");
    keeps(new StreamHeader.Unread(KEY), "02" + "30313233343536373839616263646566" + "02");
    keeps(
        new StreamHeader.SpeedTest(KEY, StreamHeader.SpeedTest.Kind.DOWN, 5),
        "02" + "30313233343536373839616263646566" + "03" + "02" + "05");
  }

  private static void keeps(StreamHeader header, String golden) throws Exception {
    assertThat(StreamHeaderCodec.encode(header).hex()).isEqualTo(golden);
    ByteBuf wire = Unpooled.wrappedBuffer(Bytes.ofHex(golden + "aabb").toArray());
    assertThat(StreamHeaderCodec.decode(wire)).contains(header);
    assertThat(wire.readableBytes()).as("what follows is left").isEqualTo(2);
  }

  @Test
  void aHeaderThatHasNotArrivedYetIsAwaited() throws Exception {
    byte[] whole = Bytes.ofHex(HEADERS[1][2]).toArray();
    for (int size = 0; size < whole.length; size++) {
      ByteBuf part = Unpooled.wrappedBuffer(whole, 0, size);
      assertThat(StreamHeaderCodec.decode(part)).as("of %d bytes", size).isEmpty();
      assertThat(part.readableBytes()).isEqualTo(size);
    }
  }

  @Test
  void headersThatMakeNoSenseAreRefused() {
    String start = "01" + "30313233343536373839616263646566";
    for (String wrong :
        new String[] {
          "03", // version
          "02" + "30313233343536373839616263646566" + "04", // kind
          "02" + "30313233343536373839616263646566" + "03" + "04" + "05", // what is measured
          "02" + "30313233343536373839616263646566" + "03" + "01" + "1f", // 31 s
          start + "02" + "c00002070050", // address type
          start + "01" + "c00002070000", // port 0
          start + "03" + "00" + "0050", // empty name
          start + "03" + "03" + "3a3a31" + "0050", // an address as a name
          start + "03" + "03" + "610062" + "0050", // NUL
          start + "03" + "04" + "612e2e62" + "0050", // empty label
        }) {
      assertThatThrownBy(
              () ->
                  StreamHeaderCodec.decode(
                      Unpooled.wrappedBuffer(Bytes.ofHex(wrong + "00").toArray())))
          .as(wrong)
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void answersHaveTheirFrozenForm() throws Exception {
    StreamAnswer refused = new StreamAnswer(StreamAnswer.Status.REFUSED, "no");
    assertThat(StreamAnswerCodec.encode(StreamAnswer.connected()).hex()).isEqualTo("00");
    assertThat(StreamAnswerCodec.encode(refused).hex()).isEqualTo("04026e6f");
    for (StreamAnswer.Status status : StreamAnswer.Status.values()) {
      StreamAnswer answer =
          status == StreamAnswer.Status.CONNECTED
              ? StreamAnswer.connected()
              : new StreamAnswer(status, "wegen Überfüllung");
      ByteBuf wire = Unpooled.wrappedBuffer(StreamAnswerCodec.encode(answer).toArray());
      assertThat(StreamAnswerCodec.decode(wire)).contains(answer);
      assertThat(wire.isReadable()).isFalse();
    }
  }

  @Test
  void noiseIsAMessageOrMalformedAndNothingElse() {
    Random random = new Random(42);
    int understood = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] noise = new byte[random.nextInt(48)];
      random.nextBytes(noise);
      if (noise.length > 18 && i % 2 == 0) {
        noise[0] = (byte) (1 + random.nextInt(2));
        noise[17] = (byte) (1 + random.nextInt(4));
      }
      understood += headerOf(noise).isPresent() ? 1 : 0;
      understood += answerOf(noise).isPresent() ? 1 : 0;
    }
    assertThat(understood).isPositive();
  }

  private static Optional<StreamHeader> headerOf(byte[] noise) {
    try {
      return StreamHeaderCodec.decode(Unpooled.wrappedBuffer(noise));
    } catch (MalformedBytesException expected) {
      return Optional.empty();
    }
  }

  private static Optional<StreamAnswer> answerOf(byte[] noise) {
    try {
      return StreamAnswerCodec.decode(Unpooled.wrappedBuffer(noise));
    } catch (MalformedBytesException expected) {
      return Optional.empty();
    }
  }
}
