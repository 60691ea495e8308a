// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.lab.Await;
import tollway.signaling.PollCodec;

/** HTTP/2 without TLS, as a front speaks it, and as Mallory does. */
final class Http2HostileTest {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private Town town;

  @BeforeEach
  void openTown() throws IOException {
    town = new Town(new FreddieConfig.Limits(20, 1 << 20, PATIENCE));
  }

  /** Whatever Mallory did, others are served, and nothing is kept. */
  @AfterEach
  void closeTown() throws Exception {
    try {
      try (Socket front = connect()) {
        front.getOutputStream().write(request(1, "/healthz", 0x82, END_STREAM));
        assertThat(ended(front, 1)).isEqualTo("ok\n");
      }
      Await.until("all have gone", () -> town.metric("freddie_connections") == 1);
      Await.until("nothing is kept", () -> town.metric("freddie_unread_bytes") == 0);
      town.person().connected();
    } finally {
      town.close();
    }
  }

  @Test
  void frontsNeedNoTls() throws Exception {
    try (Socket front = connect()) {
      front.getOutputStream().write(request(1, "/v2/poll", 0x83, END_STREAM));
      front.getOutputStream().write(request(3, "/healthz", 0x82, END_STREAM));
      assertThat(ended(front, 3)).isEqualTo("ok\n");
    }
  }

  @Test
  void hundredsHeldByFewConnectionsCostLittle() throws Exception {
    int crowd = 400;
    FreddieConfig.Limits limits =
        new FreddieConfig.Limits(4 * crowd, 1 << 20, Duration.ofSeconds(60));
    try (Town city = new Town(limits);
        PollClient client = PollClient.proved(city.address())) {
      List<Socket> fronts = new ArrayList<>();
      long before = PollServerTest.usedHeap();
      for (int i = 0; i < crowd; i++) {
        int stream = 1 + 2 * (i % 100);
        if (stream == 1) {
          fronts.add(connect(city));
        }
        client.begin();
        Socket front = fronts.get(fronts.size() - 1);
        byte[] poll = PollCodec.encode(client.next(20)).toArray();
        front.getOutputStream().write(request(stream, "/v2/poll", 0x83, 0));
        front.getOutputStream().write(frame(DATA, END_STREAM, stream, poll));
      }
      Await.until("all wait", () -> city.metric("freddie_poll_sessions") == crowd + 1);
      long each = (PollServerTest.usedHeap() - before) / crowd;
      assertThat(each).isLessThan(8 << 10);
      city.stopFreddie();
      for (Socket front : fronts) {
        assertCutOff(front, new byte[0]);
      }
    }
  }

  @Test
  void streamsThatAreBegunAndResetEndTheConnection() throws Exception {
    try (Socket mallory = connect()) {
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      for (int stream = 1; stream < 2000; stream += 2) {
        flood.writeBytes(request(stream, "/v2/poll", 0x83, 0));
        flood.writeBytes(frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8}));
      }
      assertCutOff(mallory, flood.toByteArray());
    }
  }

  @Test
  void floodsOfWhatIsNoRequestEndTheConnection() throws Exception {
    for (byte[] one :
        new byte[][] {
          frame(PING, 0, 0, new byte[8]), frame(SETTINGS, 0, 0, new byte[0]),
        }) {
      try (Socket mallory = connect()) {
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        for (int i = 0; i < 20_000; i++) {
          flood.writeBytes(one);
        }
        assertCutOff(mallory, flood.toByteArray());
      }
    }
    assertThat(town.metric("freddie_cut_off_total{why=\"too_fast\"}")).isEqualTo(2);
    try (Socket mallory = connect()) {
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      flood.writeBytes(request(1, "/v2/poll", 0x83, 0));
      for (int i = 0; i < 100; i++) {
        flood.writeBytes(frame(DATA, 0, 1, new byte[0]));
      }
      assertCutOff(mallory, flood.toByteArray());
    }
    try (Socket mallory = connect()) {
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      flood.writeBytes(frame(HEADERS, 0, 1, new byte[0]));
      for (int i = 0; i < 10_000; i++) {
        flood.writeBytes(frame(CONTINUATION, 0, 1, new byte[] {(byte) 0x82}));
      }
      assertCutOff(mallory, flood.toByteArray());
    }
    assertThat(town.metric("freddie_cut_off_total{why=\"unproved\"}")).isZero();
  }

  @Test
  void longHeadersAndManyStreamsAreRefused() throws Exception {
    try (Socket mallory = connect()) {
      ByteArrayOutputStream headers = new ByteArrayOutputStream();
      headers.writeBytes(block("/v2/poll", 0x83));
      for (int i = 0; i < 100; i++) {
        headers.writeBytes(new byte[] {0, 1, 'x', 127, 0});
        headers.writeBytes(new byte[127]);
      }
      mallory.getOutputStream().write(frame(HEADERS, END_HEADERS, 1, headers.toByteArray()));
      assertThat(reset(mallory, 1)).isTrue();
    }
    try (Socket mallory = connect()) {
      for (int stream = 1; stream < 250; stream += 2) {
        mallory.getOutputStream().write(request(stream, "/v2/poll", 0x83, 0));
      }
      assertThat(reset(mallory, 249)).isTrue();
    }
  }

  @Test
  void whoNeverAsksAndWhoNeverEndsIsCutOff() throws Exception {
    try (Socket silent = connect();
        Socket slow = connect()) {
      slow.getOutputStream().write(request(1, "/v2/poll", 0x83, 0));
      assertThat(reset(slow, 1)).isTrue();
      assertCutOff(silent, new byte[0]);
    }
    assertThat(town.metric("freddie_cut_off_total{why=\"unproved\"}")).isEqualTo(2);
  }

  @Test
  void noiseEndsTheConnection() throws Exception {
    Random random = new Random(9);
    for (int i = 0; i < 15; i++) {
      try (Socket mallory = connect()) {
        byte[] noise = new byte[100 + random.nextInt(400)];
        random.nextBytes(noise);
        noise[0] = 0; // A frame that is not too long,
        noise[1] = 0;
        noise[3] = (byte) random.nextInt(10); // of a kind that there is.
        assertCutOff(mallory, noise);
      }
    }
  }

  private Socket connect() throws IOException {
    return connect(town);
  }

  private static Socket connect(Town to) throws IOException {
    Socket socket = new Socket(to.address().getAddress(), to.address().getPort());
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    socket.getOutputStream().write(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    socket.getOutputStream().write(frame(SETTINGS, 0, 0, new byte[0]));
    return socket;
  }

  private static void assertCutOff(Socket mallory, byte[] bytes) throws IOException {
    try {
      mallory.getOutputStream().write(bytes);
      mallory.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (SocketException reset) {
      assertThat(reset).isNotNull();
    }
  }

  /** Reads until the stream ends as it should; what its answer's body is. */
  private static String ended(Socket front, int stream) throws IOException {
    DataInputStream in = new DataInputStream(front.getInputStream());
    StringBuilder body = new StringBuilder();
    while (true) {
      byte[] head = in.readNBytes(9);
      byte[] payload = in.readNBytes(length(head));
      assertThat(head[3]).isNotEqualTo((byte) GOAWAY);
      if (number(head) == stream && head[3] == DATA) {
        body.append(new String(payload, StandardCharsets.US_ASCII));
        if ((head[4] & END_STREAM) != 0) {
          return body.toString();
        }
      }
    }
  }

  /** Reads until the stream is reset, or everything ends. */
  private static boolean reset(Socket mallory, int stream) throws IOException {
    DataInputStream in = new DataInputStream(mallory.getInputStream());
    try {
      while (true) {
        byte[] head = new byte[9];
        in.readFully(head);
        in.readFully(new byte[length(head)]);
        if (head[3] == GOAWAY || (number(head) == stream && head[3] == RST_STREAM)) {
          return true;
        }
        if (number(head) == stream && head[3] == HEADERS) {
          return false; // Answered.
        }
      }
    } catch (EOFException | SocketException ended) {
      return true;
    }
  }

  /** RFC 9113 §4.1. */
  private static int length(byte[] head) {
    return ByteBuffer.wrap(head).getInt() >>> 8;
  }

  private static int number(byte[] head) {
    return ByteBuffer.wrap(head).getInt(5);
  }

  /** HEADERS with the method of that number in HPACK's static table, RFC 7541 appendix A. */
  private static byte[] request(int stream, String path, int method, int flags) {
    return frame(HEADERS, END_HEADERS | flags, stream, block(path, method));
  }

  private static byte[] block(String path, int method) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(method);
    block.write(0x86); // :scheme http
    block.write(0x04); // :path, not to be indexed
    block.write(path.length());
    block.writeBytes(ascii(path));
    block.write(0x01); // :authority
    block.write(1);
    block.write('x');
    return block.toByteArray();
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(payload.length >>> 16);
    frame.write(payload.length >>> 8);
    frame.write(payload.length);
    frame.write(type);
    frame.write(flags);
    frame.writeBytes(
        new byte[] {
          (byte) (stream >>> 24), (byte) (stream >>> 16), (byte) (stream >>> 8), (byte) stream
        });
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
