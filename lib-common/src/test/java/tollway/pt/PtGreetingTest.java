// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Hosts, tor among them, that connect and say which bridge they want. */
final class PtGreetingTest {
  private static final String COMMAND = "050100010102030401bb";

  private final List<PtArgument> asked = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();
  private CompletableFuture<Consumer<Channel>> way = new CompletableFuture<>();
  private EmbeddedChannel channel = channel();

  private EmbeddedChannel channel() {
    return new EmbeddedChannel(
        new PtGreeting(
            new PtGreeting.Guide() {
              @Override
              public CompletableFuture<Consumer<Channel>> choose(List<PtArgument> arguments) {
                asked.addAll(arguments);
                return way;
              }

              @Override
              public void refused(String why) {
                refusals.add(why);
              }
            }));
  }

  @Test
  void argumentsComeAsUserAndTheCommandIsHandedOn() {
    way.complete(somebody -> {});
    hear("05020002");
    assertThat(said()).isEqualTo("0502");
    hear(credentials("invite=tollway1:abc", "\0") + COMMAND);
    assertThat(said()).isEqualTo("0100");
    assertThat(asked).containsExactly(new PtArgument("invite", "tollway1:abc"));
    assertThat(handedOn()).isEqualTo(COMMAND);
  }

  @Test
  void whatDoesNotFitTheUserIsInThePassword() {
    hear("05020002");
    String long1 = "invite=tollway1:" + "x".repeat(239);
    hear(credentials(long1, "y".repeat(250)));
    assertThat(asked).singleElement().extracting(PtArgument::value).asString().hasSize(498);
  }

  @Test
  void argumentsMayComeAsJson() {
    way.complete(somebody -> {});
    hear("050109");
    assertThat(said()).isEqualTo("0509");
    String json = "{\"invite\":\"tollway1:abc\"}";
    hear("0000" + "%04x".formatted(json.length()) + hex(json) + COMMAND);
    assertThat(asked).containsExactly(new PtArgument("invite", "tollway1:abc"));
    assertThat(handedOn()).isEqualTo(COMMAND);
    channel = channel();
    hear("050109");
    hear("7fffffff");
    assertThat(channel.isOpen()).as("two gigabytes of arguments").isFalse();
  }

  @Test
  void aHostWithoutArgumentsSaysNothing() {
    way.complete(somebody -> {});
    hear("050100" + COMMAND);
    assertThat(said()).isEqualTo("0500");
    assertThat(asked).isEmpty();
    assertThat(handedOn()).isEqualTo(COMMAND);
  }

  @Test
  void theCommandWaitsUntilThereIsAWay() {
    hear("05020002");
    hear(credentials("invite=x", "\0") + COMMAND);
    assertThat(said()).isEqualTo("0502");
    assertThat(handedOn()).isEmpty();
    way.complete(somebody -> {});
    channel.runPendingTasks();
    assertThat(said()).isEqualTo("0100");
    assertThat(handedOn()).isEqualTo(COMMAND);
  }

  @Test
  void whatLeadsNowhereIsRefusedAndTold() {
    way.completeExceptionally(new IOException("no invite"));
    hear("05020002");
    hear(credentials("invite=x", "\0"));
    assertThat(said()).isEqualTo("05020101");
    assertThat(channel.isOpen()).isFalse();
    assertThat(refusals).containsExactly("no invite");
    channel = channel();
    hear("05020002");
    hear(credentials("nonsense", "\0"));
    assertThat(said()).isEqualTo("05020101");
    assertThat(refusals).contains("an argument is not KEY=VALUE");
    channel = channel();
    hear("050101");
    assertThat(said()).isEqualTo("05ff");
  }

  @Test
  void noiseEndsInARefusalOrNothing() {
    Random random = new Random(3);
    for (int i = 0; i < 5_000; i++) {
      channel = channel();
      byte[] noise = new byte[random.nextInt(60)];
      random.nextBytes(noise);
      if (i % 3 > 0) {
        hear(i % 3 == 1 ? "05020002" : "050109");
        if (noise.length > 3) {
          noise[0] = (byte) (i % 2);
          noise[1] = (byte) random.nextInt(30);
        }
      }
      channel.writeInbound(Unpooled.wrappedBuffer(noise));
      channel.finishAndReleaseAll();
    }
    assertThat(refusals).isNotEmpty();
  }

  private void hear(String hex) {
    channel.writeInbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)));
    channel.runPendingTasks();
  }

  private String said() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.append(ByteBufUtil.hexDump(next));
      next.release();
    }
    return all.toString();
  }

  private String handedOn() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
      all.append(ByteBufUtil.hexDump(next));
      next.release();
    }
    return all.toString();
  }

  private static String credentials(String user, String password) {
    return "01%02x%s%02x%s".formatted(user.length(), hex(user), password.length(), hex(password));
  }

  private static String hex(String text) {
    return ByteBufUtil.hexDump(text.getBytes(StandardCharsets.US_ASCII));
  }
}
