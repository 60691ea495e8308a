// SPDX-License-Identifier: Apache-2.0
package tollway.signaling.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.bytes.MalformedBytesException;

/** Forms and messages as Unbounded clients of both generations have them. */
final class V1CodecTest {
  private static final String GENESIS =
      "{\"PathAssertion\":{\"Allow\":[{\"Host\":\"$\",\"Distance\":1}],\"Deny\":null,"
          + "\"JITUnavailable\":false}}";

  /** What Go's url.Values encodes of it. */
  private static final String GENESIS_FORM =
      "data=%7B%22PathAssertion%22%3A%7B%22Allow%22%3A%5B%7B%22Host%22%3A%22%24%22%2C"
          + "%22Distance%22%3A1%7D%5D%2C%22Deny%22%3Anull%2C%22JITUnavailable%22%3Afalse%7D%7D"
          + "&send-to=genesis&type=0";

  private static final String ID = "6f0c9c4e-1f5d-4a57-9a53-0b1f1c1d2e3f";

  @Test
  void genesisOfAStockProducerIsRead() throws Exception {
    assertThat(decode(V1Generation.U26, GENESIS_FORM))
        .isEqualTo(new V1Post(V1Type.GENESIS, "genesis", GENESIS));
  }

  @Test
  void messagesHaveTheBytesOfUnboundedsServer() throws Exception {
    assertThat(V1Codec.encode(ID, decode(V1Generation.U26, GENESIS_FORM)).utf8())
        .isEqualTo(
            "{\"ReplyTo\":\""
                + ID
                + "\",\"Type\":0,\"Payload\":\"{\\\"PathAssertion\\\":{\\\"Allow\\\":[{\\\"Host\\\""
                + ":\\\"$\\\",\\\"Distance\\\":1}],\\\"Deny\\\":null,\\\"JITUnavailable\\\":false}}"
                + "\"}\n");
    assertThat(
            V1Codec.encode(ID, new V1Post(V1Type.ANSWER, ID, "<\"a\\b\">&\r\n\t\u0001é\u2028"))
                .utf8())
        .isEqualTo(
            "{\"ReplyTo\":\""
                + ID
                + "\",\"Type\":2,\"Payload\":\"\\u003c\\\"a\\\\b\\\"\\u003e\\u0026\\r\\n\\t"
                + "\\u0001é\\u2028\"}\n");
  }

  @Test
  void everyStepOfBothGenerationsIsTaken() throws Exception {
    for (V1Generation each : V1Generation.values()) {
      assertThat(post(each, 1, ID, "{\"SDP\":{\"type\":\"offer\",\"sdp\":\"v=0\"},\"Tag\":\"B\"}"))
          .extracting(V1Post::type)
          .isEqualTo(V1Type.OFFER);
      assertThat(post(each, 2, ID, "{\"type\":\"answer\",\"sdp\":\"v=0\"}").sendTo()).isEqualTo(ID);
    }
    String candidate = "{\"foundation\":\"1\",\"priority\":1,\"typ\":\"srflx\"}";
    String bare = "[" + candidate + "]";
    String named = "{\"Candidates\":[" + candidate + "],\"ConsumerSessionID\":\"9d\"}";
    assertThat(post(V1Generation.B24, 3, ID, bare).data()).isEqualTo(bare);
    assertThat(post(V1Generation.U26, 3, ID, named).data()).isEqualTo(named);
    assertThatThrownBy(() -> post(V1Generation.U26, 3, ID, bare))
        .isInstanceOf(MalformedBytesException.class);
    assertThatThrownBy(() -> post(V1Generation.B24, 3, ID, named))
        .isInstanceOf(MalformedBytesException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "type=0",
        "send-to=genesis&type=0",
        "data={}&send-to=genesis",
        "data={}&send-to=genesis&type=",
        "data={}&send-to=genesis&type=4",
        "data={}&send-to=genesis&type=-1",
        "data={}&send-to=genesis&type=00",
        "data={}&send-to=genesis&type=1",
        "data={}&send-to=somebody&type=0",
        "data={}&send-to=&type=0",
        "data=%&send-to=genesis&type=0",
        "data={}%4&send-to=genesis&type=0",
        "data={}%zz&send-to=genesis&type=0",
        "data=%ff%fe&send-to=genesis&type=0",
        "data=%c3&send-to=genesis&type=0",
        "data={};send-to=genesis;type=0",
        "data={}&send-to=genesis&type=0%",
        "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&data={}&send-to=genesis&type=0",
        "data=null&send-to=genesis&type=0",
        "data=[]&send-to=genesis&type=0",
        "data={}{}&send-to=genesis&type=0",
        "data={&send-to=genesis&type=0",
        "data=%ef%bb%bf{}&send-to=genesis&type=0",
        "data={'a':1}&send-to=genesis&type=0",
        "data={\"a\":NaN}&send-to=genesis&type=0",
        "data={\"PathAssertion\":5}&send-to=genesis&type=0",
        "data={\"pathassertion\":5}&send-to=genesis&type=0",
        "data={\"PathAssertion\":{\"Allow\":{}}}&send-to=genesis&type=0",
        "data={\"PathAssertion\":{\"Deny\":[1]}}&send-to=genesis&type=0",
        "data={\"PathAssertion\":{\"JITUnavailable\":1}}&send-to=genesis&type=0",
        "data={\"PathAssertion\":{\"Allow\":[{\"Distance\":-1}]}}&send-to=genesis&type=0",
        "data={\"PathAssertion\":{\"Allow\":[{\"Distance\":\"1\"}]}}&send-to=genesis&type=0",
        "data={\"PathAssertion\":{\"Allow\":[{\"Host\":1}]}}&send-to=genesis&type=0",
        "data={\"SDP\":1}&send-to=x&type=1",
        "data={\"SDP\":{\"type\":1}}&send-to=x&type=1",
        "data={\"Tag\":1}&send-to=x&type=1",
        "data=\"answer\"&send-to=x&type=2",
        "data={\"sdp\":[]}&send-to=x&type=2",
        "data={\"ConsumerSessionID\":1}&send-to=x&type=3",
        "data={\"Candidates\":[1]}&send-to=x&type=3",
      })
  void whatNoStockClientSaysIsMalformed(String form) {
    assertThatThrownBy(() -> decode(V1Generation.U26, form))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void fieldsOfLaterClientsAndNullsAreFine() throws Exception {
    for (String data :
        List.of(
            "{}",
            "{\"PathAssertion\":null,\"Region\":[{\"a\":{}}]}",
            "{\"PathAssertion\":{\"Allow\":null,\"Deny\":[],\"JITUnavailable\":null,\"More\":1}}",
            "{\"PathAssertion\":{\"Allow\":[{\"Host\":null,\"Distance\":null,\"Port\":1}]}}")) {
      assertThat(post(V1Generation.U26, 0, "genesis", data).data()).isEqualTo(data);
    }
  }

  @Test
  void deepJsonAndLongGenesisAreMalformed() {
    String deep = "{\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";
    assertThatThrownBy(() -> post(V1Generation.U26, 1, ID, deep))
        .isInstanceOf(MalformedBytesException.class);
    String longer = "{\"a\":\"" + "x".repeat(V1Post.GENESIS_LIMIT) + "\"}";
    assertThatThrownBy(() -> post(V1Generation.U26, 0, "genesis", longer))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void fieldsMayBeEscapedEmptyAndRepeated() throws Exception {
    assertThat(decode(V1Generation.U26, "&&x&=&d%61ta=%7B+%7D&data=[&send-to=genesis&type=0&"))
        .isEqualTo(new V1Post(V1Type.GENESIS, "genesis", "{ }"));
  }

  @ParameterizedTest
  @CsvSource({
    "v0.0.1,B24",
    "v0.0.2,B24",
    "v0,B24",
    "v2.3.1,U26",
    "v2.0.4,U26",
    "v2.3.17-rc.1+x,U26",
    "v2,U26"
  })
  void versionsAreToldApartByTheirMajorNumber(String version, V1Generation generation) {
    assertThat(V1Generation.of(version)).contains(generation);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "v1.2.3", "v3.0.0", "2.3.1", "v02.1.0", "v2.", "v2.3.1.4", "vv2", "v"})
  void otherVersionsAreNobodys(String version) {
    assertThat(V1Generation.of(version)).isEmpty();
    assertThat(V1Generation.of(null)).isEmpty();
    assertThat(V1Generation.of("v2.0.0-" + "a".repeat(100))).isEmpty();
  }

  @Test
  void noiseIsMalformedOrComesOutAsItWentIn() {
    Random random = new Random(5);
    byte[] stock = GENESIS_FORM.getBytes(StandardCharsets.US_ASCII);
    String alphabet = "%&=+;{}[]\",:0123456789abtrueflsn \\u\u00e9";
    int read = 0;
    for (int round = 0; round < 200_000; round++) {
      byte[] form = round % 2 == 0 ? stock.clone() : noise(random, alphabet);
      for (int i = random.nextInt(4); i > 0 && form.length > 0; i--) {
        form[random.nextInt(form.length)] =
            random.nextInt(3) == 0
                ? (byte) random.nextInt(256)
                : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
      }
      V1Generation generation = round % 3 == 0 ? V1Generation.B24 : V1Generation.U26;
      try {
        V1Post post = V1Codec.decode(generation, form);
        String line = V1Codec.encode(ID, post).utf8();
        JsonObject message = JsonParser.parseString(line).getAsJsonObject();
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        assertThat(message.get("Payload").getAsString()).isEqualTo(post.data());
        assertThat(message.get("Type").getAsInt()).isEqualTo(post.type().number());
        read++;
      } catch (MalformedBytesException noise) {
        assertThat(noise).hasMessageMatching("(?s).+");
      }
    }
    assertThat(read).isBetween(10_000, 190_000);
  }

  private static byte[] noise(Random random, String alphabet) {
    StringBuilder data = new StringBuilder();
    for (int i = random.nextInt(40); i > 0; i--) {
      data.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    int type = random.nextInt(5);
    return ("data=" + data + "&send-to=" + (type == 0 ? "genesis" : ID) + "&type=" + type)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static V1Post post(V1Generation generation, int type, String sendTo, String data)
      throws MalformedBytesException {
    return decode(
        generation,
        "data="
            + URLEncoder.encode(data, StandardCharsets.UTF_8)
            + "&send-to="
            + sendTo
            + "&type="
            + type);
  }

  private static V1Post decode(V1Generation generation, String form)
      throws MalformedBytesException {
    return V1Codec.decode(generation, form.getBytes(StandardCharsets.UTF_8));
  }
}
