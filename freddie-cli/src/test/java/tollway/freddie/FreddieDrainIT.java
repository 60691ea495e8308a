// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.signaling.Signal;

/** A freddie that is told to stop while people are being introduced, as a process. */
final class FreddieDrainIT {
  private static final String VERSION = "v2.3.1";
  private static final NodeId EGRESS = Identity.generate(new SecureRandom()).nodeId();

  @Test
  void thoseWhoWereIntroducedFinishAndNobodyElseComesIn() throws Exception {
    try (JavaProcess freddie = start("60s");
        RawClient volunteer = RawClient.proved(address(freddie));
        RawClient alice = RawClient.proved(address(freddie));
        V1Client producer = new V1Client(address(freddie));
        V1Client consumer = new V1Client(address(freddie))) {
      InetSocketAddress address = address(freddie);
      volunteer.offers(1, EGRESS);
      alice.wishes(1, EGRESS);
      volunteer.hear();
      long match = ((Signal.Matched) alice.hear()).match();
      String offer = replyTo(offered(address, producer, consumer));

      freddie.process().toHandle().destroy();
      Await.until("it drains", () -> health(address).body().equals("draining\n"));
      assertThat(health(address).status()).isEqualTo(503);
      try (RawClient late = new RawClient(address);
          V1Client other = new V1Client(address)) {
        assertThat(((Signal.Refusal) late.hear()).code()).isEqualTo(Signal.Code.STOPPING);
        assertThat(late.hearClose()).isEqualTo(1001);
        other.say(V1Client.get(VERSION));
        assertThat(other.hear().status()).isEqualTo(503);
      }

      Signal word =
          new Signal.Sealed(match, 0, Bytes.of(new byte[32]), Bytes.ofUtf8("sealed, says freddie"));
      alice.say(word);
      assertThat(volunteer.hear()).isEqualTo(word);
      producer.say(V1Client.post(VERSION, V1Client.form(2, offer, "{}")));
      String answer = replyTo(consumer.hear().body());
      consumer.say(V1Client.post(VERSION, V1Client.form(3, answer, "{}")));
      assertThat(consumer.hear().status()).isEqualTo(200);
      assertThat(producer.hear().body()).contains("\"Type\":3,");

      assertThat(((Signal.Refusal) volunteer.hear()).code()).isEqualTo(Signal.Code.STOPPING);
      assertThat(((Signal.Refusal) alice.hear()).code()).isEqualTo(Signal.Code.STOPPING);
      assertThat(freddie.exitCode()).isZero();
      assertThat(freddie.err()).isEmpty();
    }
  }

  @Test
  void theSecondSignalDoesNotWait() throws Exception {
    try (JavaProcess freddie = start("1h");
        V1Client producer = new V1Client(address(freddie));
        V1Client consumer = new V1Client(address(freddie))) {
      InetSocketAddress address = address(freddie);
      offered(address, producer, consumer);
      freddie.process().toHandle().destroy();
      Await.until("it drains", () -> health(address).body().equals("draining\n"));
      long begun = System.nanoTime();
      assertThat(freddie.stop()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }
  }

  private static JavaProcess start(String drain) throws Exception {
    return JavaProcess.start(
        FreddieMain.class.getName(),
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--drain",
        drain,
        "--json");
  }

  private static InetSocketAddress address(JavaProcess freddie) throws Exception {
    URI url = URI.create(freddie.event("ready").get("url").getAsString());
    return new InetSocketAddress(url.getHost(), url.getPort());
  }

  /** What the producer hears of the consumer's offer, for whose answer that waits now. */
  private static String offered(InetSocketAddress address, V1Client producer, V1Client consumer)
      throws IOException {
    producer.say(V1Client.post(VERSION, V1Client.form(0, "genesis", "{}")));
    try (V1Client stream = new V1Client(address)) {
      stream.say(V1Client.get(VERSION));
      stream.hearHead();
      String genesis = replyTo(stream.hearChunk());
      consumer.say(V1Client.post(VERSION, V1Client.form(1, genesis, "{}")));
    }
    return producer.hear().body();
  }

  private static V1Client.Answer health(InetSocketAddress address) throws IOException {
    try (V1Client asking = new V1Client(address)) {
      asking.say("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      return asking.hear();
    } catch (ConnectException gone) {
      throw new AssertionError("it did not wait", gone);
    }
  }

  private static String replyTo(String message) {
    return JsonParser.parseString(message).getAsJsonObject().get("ReplyTo").getAsString();
  }
}
