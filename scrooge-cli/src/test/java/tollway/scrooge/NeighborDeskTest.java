// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tollway.control.ControlCommands;
import tollway.control.ControlHandler;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.ManualEventLoop;
import tollway.neighbor.Neighborhood;
import tollway.trust.Standing;
import tollway.trust.TrustMode;
import tollway.trust.TrustRule;

final class NeighborDeskTest {
  private static final Identity ALICE = Hermit.identity(1);
  private static final NodeId BOB = Hermit.identity(2).nodeId();
  private static final NodeId CAROL = Hermit.identity(3).nodeId();

  private final ManualEventLoop loop = new ManualEventLoop();
  private final Map<String, String> kept = new HashMap<>();
  private @Nullable IOException diskRefuses;
  private Neighborhood hood = Hermit.neighborhood(loop, ALICE);
  private ControlCommands commands = new ControlCommands();

  private NeighborDesk start(TrustMode mode, TrustConfig.Source... sources) throws IOException {
    hood = Hermit.neighborhood(loop, ALICE);
    commands = new ControlCommands();
    NeighborDesk desk =
        new NeighborDesk(
            loop,
            loop,
            ALICE.nodeId(),
            hood,
            () -> {
              JsonObject none = new JsonObject();
              none.add("neighbors", new JsonArray());
              return none;
            },
            new TrustConfig(mode, List.of(sources)),
            new Kept());
    desk.serve(commands);
    return desk;
  }

  private final class Kept implements NeighborDesk.Memory {
    @Override
    public Map<String, String> kept() {
      return kept;
    }

    @Override
    public void keep(String key, Optional<String> said) throws IOException {
      if (diskRefuses != null) {
        throw diskRefuses;
      }
      said.ifPresentOrElse(text -> kept.put(key, text), () -> kept.remove(key));
    }
  }

  /** The answer's text, or the code and line of the refusal. */
  private String ask(String action, String key) throws ControlRefusedException {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("action", action);
    arguments.addProperty("key", key);
    StringBuilder said = new StringBuilder();
    commands.handle(
        new ControlQuestion("neighbor", arguments),
        new ControlHandler.Answer() {
          @Override
          public void result(JsonObject result) {
            said.append(result);
          }

          @Override
          public void refuse(int code, String line) {
            said.append(code).append(' ').append(line);
          }
        });
    loop.runReady();
    return said.toString();
  }

  @Test
  void whatIsSaidOutlivesTheDaemon() throws Exception {
    start(TrustMode.PINNED);
    assertThat(ask("pin", BOB + "%eth0")).contains("\"trust\":\"pinned\"", "\"onlyOn\":\"eth0\"");
    assertThat(ask("block", CAROL.base64())).contains("\"trust\":\"blocked\"");
    assertThat(hood.policy().blocks(CAROL)).isTrue();
    start(TrustMode.PINNED);
    assertThat(hood.policy().blocks(CAROL)).isTrue();
    assertThat(hood.policy().keeps(BOB, "eth0")).isTrue();
    assertThat(hood.policy().welcomes(BOB, "eth1")).isFalse();
    assertThat(ask("unpin", BOB.base64())).contains("\"trust\":\"unknown\"");
    assertThat(ask("unblock", CAROL.base64())).contains("\"trust\":\"unknown\"");
    assertThat(kept).isEmpty();
  }

  @Test
  void aKeyIsKnownByItsBeginning() throws Exception {
    start(TrustMode.OPEN);
    ask("pin", BOB.base64());
    ask("pin", CAROL.base64());
    assertThat(ask("show", BOB.base64().substring(0, 8))).contains(BOB.base64());
    assertThatThrownBy(() -> ask("show", "#nobody"))
        .hasMessage(
            "'#nobody' is neither a whole public key nor the beginning of a neighbour's:"
                + " 'scrooge neighbors' lists them");
    assertThatThrownBy(() -> ask("show", "")).hasMessageContaining("neither a whole public key");
    assertThatThrownBy(() -> ask("show", ALICE.nodeId().base64()))
        .hasMessage("that is this node's own key");
    int same = 0;
    while (BOB.base64().charAt(same) == CAROL.base64().charAt(same)) {
      same++;
    }
    if (same > 0) {
      String both = BOB.base64().substring(0, same);
      assertThatThrownBy(() -> ask("show", both)).hasMessage("2 keys begin with '" + both + "'");
    }
  }

  @Test
  void whatAFileSaysIsChangedThere() throws Exception {
    NeighborDesk desk =
        start(
            TrustMode.OPEN,
            TrustConfig.Source.of("--block", new TrustRule(BOB, "", Standing.BLOCKED)));
    assertThatThrownBy(() -> ask("pin", BOB.base64()))
        .hasMessage("blocked by --block " + BOB + ": take it out there");
    assertThatThrownBy(() -> ask("unblock", BOB.base64()))
        .hasMessage("blocked by --block " + BOB + ": take it out there");
    assertThatThrownBy(() -> ask("unpin", CAROL.base64())).hasMessage("not pinned");
    desk.listed("--block " + BOB, List.of());
    assertThat(hood.policy().blocks(BOB)).isFalse();
  }

  @Test
  void aDiskThatRefusesIsTold() throws Exception {
    start(TrustMode.OPEN);
    diskRefuses = new IOException("no space left");
    assertThat(ask("block", BOB.base64()))
        .isEqualTo("1 in effect until the daemon ends: no space left");
    assertThat(hood.policy().blocks(BOB)).isTrue();
  }

  @Test
  void damagedMemoryIsLeftOut() throws Exception {
    kept.put("no key", "pinned");
    kept.put(BOB.base64(), "loved");
    kept.put(CAROL.base64(), "pinned%eth0");
    start(TrustMode.PINNED);
    assertThat(hood.policy().rules()).containsOnlyKeys(CAROL);
  }

  @Test
  void nonsenseIsRefused() throws Exception {
    start(TrustMode.OPEN);
    assertThatThrownBy(() -> ask("love", BOB.base64())).hasMessage("nothing is called 'love'");
    assertThatThrownBy(() -> ask("block", BOB + "%eth0"))
        .hasMessage("'block' is for every interface: leave out %eth0");
    assertThatThrownBy(() -> ask("pin", BOB + "%")).hasMessageContaining("name of an interface");
    assertThatThrownBy(
            () ->
                commands.handle(
                    ControlQuestion.of("neighbor"),
                    new ControlHandler.Answer() {
                      @Override
                      public void result(JsonObject result) {}

                      @Override
                      public void refuse(int code, String line) {}
                    }))
        .hasMessage("'key' is missing");
  }
}
