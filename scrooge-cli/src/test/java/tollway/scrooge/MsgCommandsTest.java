// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static tollway.scrooge.Shell.scrooge;
import static tollway.scrooge.Shell.scroogeReading;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.ExitCode;

final class MsgCommandsTest {
  private static final String KEY_OF_2017 =
      "cEWVkEjpGbx810PI1e2Ff9f95oYayhnWJBPpV9Spd+IssFD290cF5Wxvnk0SdGIcVDvXXbYi8AWT5dP9LN3tVQ==";
  private static final String UNSIGNED =
      "scrooge_hello LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU= 1.1.1.1:8000 12";

  /** What the program of 2017 made of it. */
  private static final String SIGNED =
      UNSIGNED
          + " bLKZBGYmwOiKnFflOEuZ0iRmIA0YtPeAyJM/wyh10pPeH+gYG2tMdDDCdhwYQKJtB3CTZ+Mn9s5IfxnbQB7j"
          + "CQ==";

  @TempDir Path directory;

  private String key() {
    String file = directory.resolve("key.pem").toString();
    assertThat(scroogeReading(KEY_OF_2017, "key", "import", "-o", file, "--force").exitCode())
        .isEqualTo(ExitCode.DONE);
    return file;
  }

  private static JsonObject vectors() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(
            MsgCommandsTest.class.getResourceAsStream("/tollway/wire/scrooge.json"))) {
      return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .getAsJsonObject();
    }
  }

  private static JsonObject json(Shell said) {
    return JsonParser.parseString(said.out()).getAsJsonObject();
  }

  @Test
  void formatAndSignMakeTheBytesOf2017() {
    Shell formatted =
        scrooge(
            "msg", "format", "hello", "--key", key(), "--address", "1.1.1.1:8000", "--seqno", "12");
    assertThat(formatted.line()).isEqualTo(UNSIGNED);
    Shell signed = scroogeReading(formatted.out(), "msg", "sign", "--key", key());
    assertThat(signed.line()).isEqualTo(SIGNED);
    assertThat(scroogeReading(signed.out(), "msg", "verify").exitCode()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void aMessageComesAsOneWordSeveralWordsAFileOrAStream() throws Exception {
    Path file = Files.writeString(directory.resolve("message"), SIGNED);
    List<Shell> ways =
        List.of(
            scrooge("msg", "verify", SIGNED),
            scrooge(("msg verify " + SIGNED).split(" ")),
            scrooge("msg", "verify", "--file", file.toString()),
            scroogeReading(SIGNED, "msg", "verify"),
            scroogeReading(SIGNED + "\n", "msg", "verify"));
    for (Shell way : ways) {
      assertThat(way.exitCode()).isEqualTo(ExitCode.DONE);
      assertThat(way.out()).isEqualTo(ways.get(0).out()).contains("rule                  spaced");
    }
    assertThat(scrooge("msg", "verify", "-f", file.toString(), SIGNED).exitCode())
        .isEqualTo(ExitCode.USAGE);
    assertThat(scrooge("msg", "verify", "-f", file + ".absent").exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void tunnelsAreFormattedToo() {
    String tunnelKey = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
    Shell formatted =
        scrooge(
            "msg",
            "format",
            "tunnel_confirm",
            "--key",
            key(),
            "--tunnel-key",
            tunnelKey,
            "--address",
            "[fe80::1%eth0]:51820",
            "--json");
    String unsigned = json(formatted).get("unsigned").getAsString();
    assertThat(unsigned).startsWith("scrooge_tunnel_confirm LLBQ").contains(tunnelKey);
    Shell signed = scrooge("msg", "sign", "--key", key(), "--json", unsigned);
    assertThat(
            json(scrooge("msg", "parse", "--json", json(signed).get("message").getAsString()))
                .getAsJsonObject("fields")
                .get("tunnelEndpoint")
                .getAsString())
        .isEqualTo("[fe80::1%eth0]:51820");
  }

  @Test
  void formatRefusesWhatNobodyWouldTake() {
    String[][] wrong = {
      {"hello", "1.1.1.1", "12", "BAD_ADDRESS"},
      {"hello", "[2001:DB8::1]:1", "12", "write [2001:db8::1]:1"},
      {"hello", "1.1.1.1:1", "012", "BAD_SEQNUM"},
      {"ihu", "1.1.1.1:1", "12", "BAD_TYPE"},
    };
    for (String[] each : wrong) {
      Shell refused =
          scrooge(
              "msg", "format", each[0], "--key", key(), "--address", each[1], "--seqno", each[2]);
      assertThat(refused.exitCode()).isEqualTo(ExitCode.INVALID);
      assertThat(refused.err()).contains(each[3]).hasLineCount(1);
      assertThat(refused.out()).isEmpty();
    }
    assertThat(
            scrooge("msg", "format", "tunnel", "--key", key(), "--address", "1.1.1.1:1").exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void nobodySignsForAnother() {
    String other =
        UNSIGNED.replace(
            "LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU=",
            "r24MX1Kp720po7ddTcUjKSPLXsjYBimBqgwIYdMce6I=");
    Shell refused = scrooge("msg", "sign", "--key", key(), other);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(refused.err()).contains("BAD_KEY");
  }

  @Test
  void theRuleIsNamedAndOthersAreRefusedByDefault() {
    for (String rule : new String[] {"concat", "concat-fields"}) {
      String signed = scrooge("msg", "sign", "--key", key(), "--signing", rule, UNSIGNED).line();
      Shell refused = scrooge("msg", "verify", "--json", signed);
      assertThat(refused.exitCode()).isEqualTo(ExitCode.INVALID);
      assertThat(refused.err()).contains("BAD_SIGNATURE", "'" + rule + "'");
      assertThat(json(refused).get("rule").getAsString()).isEqualTo(rule);
      Shell accepted = scrooge("msg", "verify", "--accept-signing", rule, signed);
      assertThat(accepted.exitCode()).isEqualTo(ExitCode.DONE);
      assertThat(scrooge("msg", "parse", signed).exitCode()).isEqualTo(ExitCode.DONE);
    }
    assertThat(scrooge("msg", "sign", "--key", key(), "--signing", "v2", UNSIGNED).exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void everyMessageOfHistoryIsJudgedAsItsEntrySays() throws Exception {
    for (JsonElement version : vectors().getAsJsonArray("versions")) {
      for (JsonElement each : version.getAsJsonObject().getAsJsonArray("messages")) {
        JsonObject message = each.getAsJsonObject();
        Shell said = scrooge("msg", "verify", "--json", message.get("raw").getAsString());
        boolean rejectsAddress =
            message.has("note") && message.get("note").getAsString().contains("reject the address");
        assertThat(said.exitCode()).isEqualTo(rejectsAddress ? ExitCode.INVALID : ExitCode.DONE);
        assertThat(json(said).get("rule").getAsString()).isEqualTo("spaced");
        assertThat(said.err().contains("BAD_ADDRESS")).isEqualTo(rejectsAddress);
      }
    }
  }

  @Test
  void everyNegativeEntryHasExitCodeFourAndAReason() throws Exception {
    for (JsonElement each : vectors().getAsJsonArray("negative")) {
      String raw = each.getAsJsonObject().get("raw").getAsString();
      Shell said = scroogeReading(raw, "msg", "verify");
      if (each.getAsJsonObject().get("id").getAsString().equals("trailing-newline")) {
        assertThat(said.exitCode()).isEqualTo(ExitCode.DONE);
        continue;
      }
      assertThat(said.exitCode()).as(raw).isEqualTo(ExitCode.INVALID);
      assertThat(said.err()).matches("scrooge: [A-Z0-9_]+: .+\n");
    }
  }

  @Test
  void wireAsksWhetherANeighbourWouldTakeItToday() throws Exception {
    String historical =
        "scrooge_tunnel LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU= derp 2.2.2.2 12"
            + " vA7wEuO/7h92hBv8ZVQq9KjtshJrsebpWCU7BGnFuuon1XsH2FWOABQYU/aBmn+gIfTJUv9Pu8khUAKA"
            + "VLzNDA==";
    Shell lenient = scrooge("msg", "verify", historical);
    assertThat(lenient.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(lenient.out()).contains("on the wire           BAD_KEY: ");
    assertThat(scrooge("msg", "verify", "--wire", historical).exitCode())
        .isEqualTo(ExitCode.INVALID);
    assertThat(scrooge("msg", "verify", "--wire", SIGNED).exitCode()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void parseReadsFieldsAndDoesNotJudgeTheSignature() {
    String forged = UNSIGNED + " " + "A".repeat(86) + "==";
    assertThat(scrooge("msg", "parse", forged).out()).contains("seqnum                12\n");
    assertThat(scrooge("msg", "verify", forged).exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(scrooge("msg", "parse", UNSIGNED + " AAAA").exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(scrooge("msg", "parse", UNSIGNED).exitCode()).isEqualTo(ExitCode.INVALID);
  }

  @Test
  void noiseIsRefusedInOneLine() {
    for (String noise : new String[] {"\0\0\0", "\u00ff", "x".repeat(5000), "\n", " "}) {
      Shell said = scroogeReading(noise, "msg", "verify");
      assertThat(said.exitCode()).isEqualTo(ExitCode.INVALID);
      assertThat(said.err()).hasLineCount(1);
    }
  }
}
