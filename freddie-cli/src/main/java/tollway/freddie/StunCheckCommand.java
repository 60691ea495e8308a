// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.cli.CommandFailedException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.HostPort;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.console.Table;
import tollway.crawl.ExamPace;
import tollway.crawl.Examination;
import tollway.loop.NettyLoops;
import tollway.stun.NatBehavior;

/** {@code freddie stun check}. */
@Command(
    name = "check",
    sortOptions = false,
    description =
        "Ask STUN servers some questions each, all at once, and say which of them are any good; and"
            + " what the NAT here does, where a server helps to find out (RFC 5780).",
    footer = {
      "",
      "A good server answers more than half of the questions, each with its transaction id, with a"
          + " right FINGERPRINT if any, and always with the same address of ours. It is ours for"
          + " certain (confirmed) when a server sees our own address, when --mapped names it, or"
          + " when most servers, on two hosts at least, tell it; who then tells another is wrong.",
      "Exit code 0: all are good; 1: some are not. Takes at most 10 s and eight times --timeout."
    })
final class StunCheckCommand extends Subcommand {
  static final int MOST_SERVERS = 64;

  @Parameters(paramLabel = "HOST:PORT", arity = "1..*", description = "A STUN server, by UDP.")
  private List<String> servers = new ArrayList<>();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "How long each answer may take, up to 30s (default: ${DEFAULT-VALUE}).")
  private String timeout = "";

  @Mixin private MappedOption mapped = new MappedOption();

  @Option(
      names = "--show-address",
      description = "Tell the address that each server sees, which is that of this network.")
  private boolean showAddress;

  @Option(names = "--json", description = "Print one JSON object instead.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailedException, InterruptedException {
    List<HostPort> wanted =
        servers.stream().distinct().map(text -> HostPort.parse("stun check", text)).toList();
    if (wanted.size() > MOST_SERVERS) {
      throw new UserErrorException("stun check: at most " + MOST_SERVERS + " servers at a time");
    }
    for (HostPort each : wanted) {
      if (each.port() == 0) {
        throw new UserErrorException("stun check: " + each + " has no port to ask");
      }
    }
    ExamPace pace = ExamPace.DEFAULT.withPatience(patience());
    try (NettyLoops loops = new NettyLoops(1)) {
      StunSurvey survey = new StunSurvey(loops.next(), pace, mapped.addresses());
      Map<HostPort, Examination> found = survey.examine(wanted);
      Map<HostPort, NatBehavior> nats = survey.discover(found);
      if (json) {
        printJson(found, nats);
      } else {
        printTable(found, nats);
      }
      return found.values().stream().allMatch(Examination::isGood)
          ? ExitCode.DONE
          : ExitCode.FAILED;
    }
  }

  private Duration patience() {
    Duration read = DurationText.parse("--timeout", timeout);
    if (read.isZero() || read.compareTo(Duration.ofSeconds(30)) > 0) {
      throw new UserErrorException("--timeout: give more than 0 and at most 30s");
    }
    return read;
  }

  private void printJson(Map<HostPort, Examination> found, Map<HostPort, NatBehavior> nats) {
    JsonObject whole = new JsonObject();
    whole.addProperty("good", found.values().stream().filter(Examination::isGood).count());
    JsonArray list = new JsonArray();
    found.forEach((asked, each) -> list.add(ExaminationText.json(asked, each, showAddress)));
    whole.add("servers", list);
    JsonArray behaviors = new JsonArray();
    nats.forEach((asked, each) -> behaviors.add(ExaminationText.json(asked, each)));
    whole.add("nat", behaviors);
    io().out().println(whole);
  }

  private void printTable(Map<HostPort, Examination> found, Map<HostPort, NatBehavior> nats) {
    JsonArray rows = new JsonArray();
    found.forEach((asked, each) -> rows.add(ExaminationText.row(asked, each, showAddress)));
    new Table(
            List.of("SERVER", "STATE", "ANSWERS", "MS", "RFC5780", "NOTE"),
            List.of("server", "state", "answers", "ms", "rfc5780", "note"))
        .fill(rows)
        .print(io().out());
    nats.forEach((asked, each) -> io().out().println(ExaminationText.line(asked, each)));
  }
}
