// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static tollway.scrooge.Shell.scrooge;
import static tollway.scrooge.Shell.scroogeReading;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.ExitCode;

/** The recordings are tcpdump's, of messages from the vectors. */
final class DecodeCommandTest {
  private static final String FIRST =
      "#1 2026-11-21T14:27:16.339805Z [fe80::1]:40001 > [ff02::1]:8481 scrooge_hello"
          + " from LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU= seqno 1: valid (seed, spaced)";

  @TempDir Path directory;

  private String recording(String name) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in =
        Objects.requireNonNull(
            DecodeCommandTest.class.getResourceAsStream("/tollway/capture/" + name))) {
      Files.write(file, in.readAllBytes());
    }
    return file.toString();
  }

  @Test
  void tellsValidFromInvalidMessagesAndWhatIsOddAboutThem() throws Exception {
    Shell said = scrooge("decode", recording("eth.pcap"));
    List<String> lines = said.out().lines().toList();
    assertThat(lines).hasSize(8);
    assertThat(lines.get(0)).isEqualTo(FIRST);
    assertThat(lines.get(1)).contains("scrooge_tunnel from ").endsWith(" valid (seed, spaced)");
    assertThat(lines.get(2)).endsWith(": valid (seed, spaced); repeats #1");
    assertThat(lines.get(3))
        .contains("valid (v8-master, spaced), not taken today: ")
        .endsWith("; goes back behind #2");
    assertThat(lines.get(4))
        .contains("seqno 18446744073709551615: valid")
        .endsWith("; locks its sender out");
    assertThat(lines.get(5)).contains("invalid: BAD_SIGNATURE: ");
    assertThat(lines.get(6)).contains("invalid: SMALL_ORDER: ");
    assertThat(lines.get(7)).contains("10.9.0.1:42513 > 10.9.0.2:9999 scrooge_hello");
    assertThat(said.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(said.err())
        .isEqualTo(
            "scrooge: 11 packets, 6 valid messages, 2 invalid, 4 odd,"
                + " 2 IP fragments not looked into\n");
  }

  @Test
  void printsObjectsForScripts() throws Exception {
    List<JsonObject> objects =
        scrooge("decode", "--json", "--all", recording("any.pcap"))
            .out()
            .lines()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    assertThat(objects).hasSize(11);
    JsonObject repetition = objects.get(2);
    assertThat(repetition.get("time").getAsString()).isEqualTo("2026-11-21T14:27:16.339840851Z");
    assertThat(repetition.get("source").getAsString()).isEqualTo("[fe80::1]:40001");
    assertThat(repetition.get("valid").getAsBoolean()).isTrue();
    assertThat(repetition.get("odd")).hasToString("[{\"kind\":\"repeats\",\"against\":1}]");
    assertThat(objects.get(5).getAsJsonObject("fault").get("code").getAsString())
        .isEqualTo("BAD_SIGNATURE");
    assertThat(objects.get(7).get("message").getAsBoolean()).isFalse();
    assertThat(objects.get(9).get("note").getAsString())
        .isEqualTo("a part of an IP packet, from byte 1448");
  }

  @Test
  void readsHexFromStandardInputAndIsContentWhenAllIsValid() throws Exception {
    Shell said = scroogeReading(Files.readString(Path.of(recording("xxd.txt"))), "decode", "-");
    assertThat(said.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(said.out())
        .isEqualTo(
            """
            #1 scrooge_hello from LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU= seqno 1: valid (seed, spaced)
            #2 scrooge_hello from LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU= seqno 1: valid (seed, spaced); repeats #1
            """);
    assertThat(said.err()).isEqualTo("scrooge: 2 packets, 2 valid messages, 0 invalid, 1 odd\n");
  }

  @Test
  void aMessageThatWasRecordedInPartIsNotJudged() throws Exception {
    Shell said = scrooge("decode", recording("short.pcap"));
    assertThat(said.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(said.out()).contains(": cut: its last 111 bytes were not recorded");
    assertThat(said.err()).contains("0 valid messages, 0 invalid, 8 cut");
  }

  @Test
  void printsWhatItFoundBeforeTheRecordingBreaksOff() throws Exception {
    Path file = Path.of(recording("eth.pcap"));
    Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), 300));
    Shell said = scrooge("decode", file.toString());
    assertThat(said.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(said.line()).isEqualTo(FIRST);
    assertThat(said.err())
        .isEqualTo(
            "scrooge: "
                + file
                + ": byte 287: the file ends 13 bytes into a packet of 279 bytes"
                + " (after 1 packets, 1 valid messages, 0 invalid)\n");
  }

  @Test
  void nothingOfARecordingReachesTheTerminalRaw() throws Exception {
    Shell said = scrooge("decode", "--all", recording("two-sections.pcapng"));
    assertThat(said.out()).contains(" tun?[2J7 ");
    assertThat(said.out().chars()).allMatch(each -> each == '\n' || each >= ' ');
  }

  @Test
  void namesTheFileThatIsMissingOrNoRecording() throws Exception {
    assertThat(scrooge("decode", "/nowhere"))
        .isEqualTo(new Shell(ExitCode.USAGE, "", "scrooge: no such file: /nowhere\n"));
    assertThat(scrooge("decode", directory.toString()).exitCode()).isEqualTo(ExitCode.USAGE);
    Shell said = scroogeReading("\u007fELF", "decode", "-");
    assertThat(said.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(said.err()).startsWith("scrooge: -: byte 0: neither pcap nor pcapng nor a hex dump");
  }
}
