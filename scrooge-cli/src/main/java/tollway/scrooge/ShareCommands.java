// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.cli.ExitCode;
import tollway.cli.UserErrorException;
import tollway.control.ControlCommands;
import tollway.control.ControlHandler;
import tollway.control.ControlQuestion;
import tollway.control.ControlRefusedException;
import tollway.loop.EventLoop;
import tollway.shaping.Claim;
import tollway.shaping.ClaimText;
import tollway.store.NodeStore;

/** Answers {@code share}, {@code weight} and {@code qos}, and keeps what it is told. */
final class ShareCommands {
  private static final Logger log = LoggerFactory.getLogger(ShareCommands.class);
  private static final String WEIGHT = "weight";
  private static final String SHARE = "share";

  private final EventLoop loop;
  private final EventLoop os;
  private final Shares shares;
  private final NodeStore store;
  private final Supplier<Collection<String>> known;

  /** {@code known}: the keys of all neighbours, to complete beginnings of keys from. */
  ShareCommands(
      EventLoop loop,
      EventLoop os,
      Shares shares,
      NodeStore store,
      Supplier<Collection<String>> known) {
    this.loop = loop;
    this.os = os;
    this.shares = shares;
    this.store = store;
    this.known = known;
  }

  void serve(ControlCommands commands) {
    commands.on("share", this::share);
    commands.on("weight", this::weight);
    commands.on("qos", (question, answer) -> new ShareReport(shares).answer(answer));
  }

  /** Before the start: what was said to an earlier run. Blocks. Empty: no share was kept. */
  Optional<ShareWish> recall() throws IOException {
    store
        .settings(WEIGHT)
        .forEach(
            (key, text) -> {
              try {
                shares.weights().say(key, Optional.of(ClaimText.parseClaim(text)));
              } catch (ClaimText.UnfitException unfit) {
                log.warn("forgetting the weight of {}: it {}", key, unfit.getMessage());
              }
            });
    Map<String, String> kept = store.settings(SHARE);
    try {
      return Optional.ofNullable(kept.get("amount"))
          .map(amount -> new ShareWish(amount, Optional.ofNullable(kept.get("uplink"))));
    } catch (UserErrorException unfit) {
      log.warn("forgetting the share: {}", unfit.getMessage());
      return Optional.empty();
    }
  }

  private void share(ControlQuestion question, ControlHandler.Answer answer)
      throws ControlRefusedException {
    Optional<String> amount = question.optionalText("amount");
    Optional<String> uplink = question.optionalText("uplink");
    if (amount.isEmpty() && uplink.isEmpty()) {
      answer.result(new ShareReport(shares).share());
      return;
    }
    try {
      Optional<ShareWish> wish = wish(amount, uplink);
      shares.share(
          wish,
          failure -> {
            if (failure.isEmpty()) {
              Map<String, Optional<String>> said =
                  Map.of(
                      "amount",
                      wish.map(ShareWish::amount),
                      "uplink",
                      wish.flatMap(ShareWish::uplink));
              keep(SHARE, said, () -> answer.result(new ShareReport(shares).share()));
            } else {
              boolean lacking = failure.get() instanceof Shares.LackingException;
              boolean mistake = failure.get() instanceof UserErrorException;
              answer.refuse(
                  lacking ? ExitCode.UNAVAILABLE : mistake ? ExitCode.USAGE : ExitCode.FAILED,
                  String.valueOf(failure.get().getMessage()));
            }
          });
    } catch (UserErrorException unfit) {
      throw new ControlRefusedException(ExitCode.USAGE, String.valueOf(unfit.getMessage()));
    }
  }

  /** What is not said stays as it is. */
  private Optional<ShareWish> wish(Optional<String> amount, Optional<String> uplink) {
    if (amount.isPresent() && amount.get().equals("off")) {
      return Optional.empty();
    }
    Optional<ShareWish> now = shares.wish();
    String wanted =
        amount
            .or(() -> now.map(ShareWish::amount))
            .orElseThrow(
                () -> new UserErrorException("--uplink: no share is set to be part of it"));
    return Optional.of(new ShareWish(wanted, uplink.or(() -> now.flatMap(ShareWish::uplink))));
  }

  private void weight(ControlQuestion question, ControlHandler.Answer answer)
      throws ControlRefusedException {
    Optional<String> given = question.optionalText("key");
    if (given.isPresent()) {
      String key = NeighborNames.key(given.get(), keys().stream());
      Optional<Claim> claim = claim(question.optionalText("claim").orElse("default"));
      shares.weigh(key, claim);
      keep(WEIGHT, Map.of(key, claim.map(ClaimText::format)), () -> answer.result(weights()));
    } else {
      answer.result(weights());
    }
  }

  private Set<String> keys() {
    Set<String> keys = new TreeSet<>(shares.weights().all().keySet());
    keys.addAll(known.get());
    return keys;
  }

  private JsonObject weights() {
    JsonArray list = new JsonArray();
    for (String key : keys()) {
      NeighborWeights.Weighed weighed = shares.weights().of(key);
      JsonObject json = new JsonObject();
      json.addProperty("publicKey", key);
      json.addProperty("weight", weighed.claim().weight());
      json.addProperty("origin", weighed.origin());
      weighed.claim().floor().ifPresent(rate -> json.addProperty("floor", rate.toString()));
      weighed.claim().ceil().ifPresent(rate -> json.addProperty("ceil", rate.toString()));
      list.add(json);
    }
    JsonObject result = new JsonObject();
    result.add("weights", list);
    if (!shares.weights().complaint().isEmpty()) {
      result.addProperty("sourceTrouble", shares.weights().complaint());
    }
    return result;
  }

  private static Optional<Claim> claim(String text) throws ControlRefusedException {
    if (text.equals("default")) {
      return Optional.empty();
    }
    try {
      return Optional.of(ClaimText.parseClaim(text));
    } catch (ClaimText.UnfitException unfit) {
      throw new ControlRefusedException(ExitCode.USAGE, "'" + text + "' " + unfit.getMessage());
    }
  }

  /** {@code then} runs on the node's loop, when the kernel and the disk know it, too. */
  private void keep(String kind, Map<String, Optional<String>> said, Runnable then) {
    os.execute(
        () -> {
          try {
            for (Map.Entry<String, Optional<String>> each : said.entrySet()) {
              store.set(kind, each.getKey(), each.getValue());
            }
          } catch (IOException refused) {
            log.warn("this will be forgotten at the next start: {}", refused.getMessage());
          }
          loop.execute(then);
        });
  }
}
