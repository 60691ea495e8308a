// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;

/** {@code egress doctor} names the leg that is broken, in time. */
final class DoctorIT {
  private static final Duration PROMISED = Duration.ofSeconds(15);

  @TempDir private Path directory;

  /** What a doctor said of each leg, by its name; the first when there are several. */
  private record Findings(int exitCode, Map<String, JsonObject> checks) {
    String state(String name) {
      return said(name, "state");
    }

    String text(String name) {
      return said(name, "text");
    }

    String remedy(String name) {
      return said(name, "remedy");
    }

    private String said(String name, String field) {
      JsonObject check = checks.get(name);
      assertThat(check).as("a row for %s among %s", name, checks.keySet()).isNotNull();
      return Objects.requireNonNull(check).get(field).getAsString();
    }

    List<String> broken() {
      return checks.keySet().stream().filter(name -> state(name).equals("fail")).sorted().toList();
    }
  }

  @Test
  void nothingIsBrokenWhereNothingIs() throws Exception {
    try (Chain chain = new Chain(directory);
        ServerSocket site = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String invite = invite(chain, "--allow-private");
      chain.widget(invite, "anna").event("ready");
      String target = "127.0.0.1:" + site.getLocalPort();

      Findings findings = doctor(List.of(), invite, "--target", target);
      assertThat(findings.broken()).isEmpty();
      assertThat(findings.exitCode()).isZero();
      assertThat(findings.checks().values())
          .extracting(each -> each.get("state").getAsString())
          .containsOnly("ok");
      assertThat(findings.text("stun")).contains("an IPv4 address").doesNotContain("127.0.0.1");
      assertThat(findings.text("dial")).contains("connects to 127.0.0.1");

      Findings volunteer = doctor(List.of(), invite, "--role", "widget");
      assertThat(volunteer.checks().values())
          .extracting(each -> each.get("state").getAsString())
          .containsOnly("ok");
      assertThat(volunteer.checks().keySet())
          .contains("signalling", "stun", "egress", "egress identity");

      int nobody = Chain.freePort();
      String proxy = "socks5://127.0.0.1:" + nobody;
      Findings proxied = doctor(List.of(), invite, "--signaling-proxy", proxy);
      assertThat(proxied.broken()).containsExactly("freddie");
      assertThat(proxied.text("freddie")).contains("the proxy " + proxy + ": cannot connect");

      Findings refused = doctor(List.of(), invite, "--target", "127.0.0.1:" + nobody);
      assertThat(refused.broken()).containsExactly("dial");
      assertThat(refused.text("dial")).contains("does not reach");
      assertThat(refused.exitCode()).isEqualTo(1);

      Findings nameless = doctor(List.of(), invite, "--target", "nowhere.invalid:80");
      assertThat(nameless.broken()).containsExactly("dial");
      assertThat(nameless.text("dial")).contains("nowhere.invalid");
      assertThat(nameless.remedy("dial")).contains("DNS");
    }
  }

  @Test
  void aPolicyThatRefusesIsNamed() throws Exception {
    try (Chain chain = new Chain(directory)) {
      String invite = invite(chain);
      chain.widget(invite, "anna").event("ready");
      Findings asked = doctor(List.of(), invite, "--target", "127.0.0.1:80");
      assertThat(asked.broken()).containsExactly("dial");
      assertThat(asked.text("dial")).contains("policy refuses 127.0.0.1");
      Findings unasked = doctor(List.of(), invite);
      assertThat(unasked.state("dial")).isEqualTo("warn");
      assertThat(unasked.exitCode()).isZero();
    }
  }

  @Test
  void aLackOfVolunteersIsNamed() throws Exception {
    try (Chain chain = new Chain(directory)) {
      Findings findings = doctor(List.of(), invite(chain));
      assertThat(findings.broken()).containsExactly("volunteer");
      assertThat(findings.text("volunteer")).contains("finds no volunteer");
      assertThat(findings.state("signalling")).isEqualTo("ok");
      assertThat(findings.state("dial")).isEqualTo("skip");
    }
  }

  @Test
  void anEgressThatIsNotThePinnedOneIsNamed() throws Exception {
    try (Chain chain = new Chain(directory)) {
      String forged = InviteForge.withOtherIdentity(invite(chain));
      chain.widget(forged, "mallory").event("ready");
      Findings findings = doctor(List.of(), forged);
      assertThat(findings.broken()).containsExactly("egress identity");
      assertThat(findings.text("egress identity")).contains("not the one that the invite pins");
      Findings volunteer = doctor(List.of(), forged, "--role", "widget");
      assertThat(volunteer.broken()).containsExactly("egress identity");
      assertThat(volunteer.remedy("egress identity")).contains("get a new invite");
    }
  }

  @Test
  void anAbsentFreddieAndTooFewFilesAreNamed() throws Exception {
    String url = "http://127.0.0.1:" + Chain.freePort();
    String invite;
    try (Chain chain = new Chain(directory)) {
      invite = Chain.text(chain.egress(url).event("ready"), "invite");
      Findings findings = doctor(List.of("prlimit", "--nofile=512:512"), invite);
      assertThat(findings.broken()).containsExactly("freddie"); // What follows is not tried.
      assertThat(findings.state("signalling")).isEqualTo("skip");
      assertThat(findings.state("stun")).isEqualTo("skip");
      assertThat(findings.text("freddie")).contains(url);
      assertThat(findings.state("open files")).isEqualTo("warn");
      assertThat(findings.text("open files")).contains("512");
      assertThat(findings.state("clock")).isEqualTo("skip");

      Findings volunteer = doctor(List.of(), invite, "--role", "widget");
      assertThat(volunteer.broken()).containsExactly("freddie");
      assertThat(volunteer.state("egress identity")).isEqualTo("ok"); // Another way.
    }
    Findings alone = doctor(List.of(), invite, "--role", "widget");
    assertThat(alone.broken()).containsExactly("egress", "freddie");
    assertThat(alone.text("egress")).contains("connection refused");
    assertThat(doctor(List.of(), invite, "--role", "widget", "--via", "volunteers").broken())
        .containsExactly("freddie");
  }

  @Test
  void aWebServerThatIsNoFreddieAndAWrongClockAreNamed() throws Exception {
    try (Chain chain = new Chain(directory);
        ServerSocket web = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      serve(web, ZonedDateTime.now(ZoneOffset.UTC).minusMinutes(90));
      String url = "http://127.0.0.1:" + web.getLocalPort();
      String invite = Chain.text(chain.egress(url).event("ready"), "invite");
      Findings findings = doctor(List.of(), invite);
      assertThat(findings.broken()).containsExactly("clock", "signalling");
      assertThat(findings.text("clock")).contains("90 minutes ahead");
      assertThat(findings.text("signalling")).contains("not a freddie");
      assertThat(findings.state("freddie")).isEqualTo("warn");
    }
  }

  @Test
  void blockedUdpIsNamed() throws Exception {
    Netns.require("ip", "nft");
    List<JavaProcess> processes = new ArrayList<>();
    try (Netns host = Netns.create()) {
      try {
        processes.add(
            JavaProcess.start(
                host.prefix(),
                Map.of(),
                Chain.FREDDIE,
                "serve",
                "--listen",
                "127.0.0.1:8480",
                "--stun",
                "127.0.0.1:3478",
                "--json"));
        processes.get(0).event("ready");
        processes.add(
            JavaProcess.start(
                host.prefix(),
                Map.of(),
                Chain.EGRESS,
                "serve",
                "--json",
                "--listen",
                "127.0.0.1:8470",
                "--freddie",
                "http://127.0.0.1:8480",
                "--state",
                directory.resolve("egress").toString()));
        String invite = Chain.text(processes.get(1).event("ready"), "invite");
        processes.add(
            JavaProcess.start(
                host.prefix(),
                Map.of("TOLLWAY_INVITE", invite),
                Chain.EGRESS,
                "widget",
                "--json",
                "--include-loopback"));
        processes.get(2).event("ready");
        host.run(
            "nft",
            "add table inet f; add chain inet f o { type filter hook output priority 0; };"
                + " add rule inet f o meta l4proto udp drop");
        Findings findings = doctor(host.prefix(), invite);
        assertThat(findings.broken()).containsExactly("data channel", "stun");
        assertThat(findings.remedy("stun")).contains("UDP is blocked");
      } finally {
        processes.forEach(JavaProcess::kill);
        processes.forEach(JavaProcess::close);
      }
    }
  }

  @Test
  void anInviteThatIsNoneIsNamedInALineForPeople() throws Exception {
    try (JavaProcess doctor =
        JavaProcess.start(Chain.EGRESS, "doctor", "--invite", "tollway1:AAAA")) {
      assertThat(doctor.exitCode()).isEqualTo(1);
      assertThat(doctor.out()).singleElement().asString().startsWith("FAIL  invite ");
    }
  }

  private static String invite(Chain chain, String... more) throws Exception {
    String freddie = Chain.text(chain.freddie().event("ready"), "url");
    return Chain.text(chain.egress(freddie, more).event("ready"), "invite");
  }

  private static Findings doctor(List<String> prefix, String invite, String... more)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("doctor", "--json", "--include-loopback"));
    arguments.addAll(List.of(more));
    long began = System.nanoTime();
    try (JavaProcess doctor =
        JavaProcess.start(
            prefix,
            Map.of("TOLLWAY_INVITE", invite),
            Chain.EGRESS,
            arguments.toArray(String[]::new))) {
      int code = doctor.exitCode();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PROMISED);
      assertThat(doctor.out()).as(String.join("\n", doctor.err())).hasSize(1);
      JsonObject report = JsonParser.parseString(doctor.out().get(0)).getAsJsonObject();
      assertThat(report.get("fine").getAsBoolean()).isEqualTo(code == 0);
      return new Findings(
          code,
          report.getAsJsonArray("checks").asList().stream()
              .map(JsonElement::getAsJsonObject)
              .collect(
                  Collectors.toMap(
                      each -> each.get("name").getAsString(), each -> each, (one, two) -> one)));
    }
  }

  /** Answers every request with 404, and tells {@code date}. */
  private static void serve(ServerSocket web, ZonedDateTime date) {
    String answer =
        "HTTP/1.1 404 Not Found\r\nDate: "
            + DateTimeFormatter.RFC_1123_DATE_TIME.format(date)
            + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  try (Socket socket = web.accept()) {
                    int read = socket.getInputStream().read(new byte[4096]);
                    assertThat(read).isPositive();
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                  }
                }
              } catch (IOException closed) {
                // The test is over.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}
