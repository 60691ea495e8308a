// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tollway.cli.Launcher;
import tollway.cli.UserErrorException;
import tollway.identity.Identity;
import tollway.lab.Said;
import tollway.reach.ReachList;
import tollway.reach.SignedListCodec;

/** {@code freddie list …}, and what {@code freddie serve --list} makes of it. */
final class ListCommandsTest {
  private static final String GET = "GET /v2/list HTTP/1.1\r\nHost: x\r\n\r\n";

  private static final Identity OPERATOR = Identity.generate(new SecureRandom());

  @TempDir private Path directory;
  private Path entries;
  private Path signed;

  @BeforeEach
  void write() throws Exception {
    entries = directory.resolve("entries");
    signed = directory.resolve("signed");
    Files.writeString(
        entries,
        "# ours\n\nfreddie https://freddie.example/#front=cdn.example.com\n  stun stun.example:3478 \n");
  }

  @Test
  void whatIsSignedIsGoodForWhoeverKnowsTheKey() throws Exception {
    Said sign = sign("--number", "7");
    assertThat(sign.exitCode()).as(sign.err()).isZero();
    String key = sign.out().strip().replaceFirst(".* key ", "");
    assertThat(sign.out()).startsWith("signed number 7, valid until 20");
    Said check = freddie("list", "check", signed.toString(), "--list-key", key);
    assertThat(check.exitCode()).as(check.err()).isZero();
    assertThat(check.out())
        .contains("number   7\n", "freddie  https://freddie.example/#front=cdn.example.com\n")
        .contains("key      " + key, "stun     stun.example:3478\n");
    JsonObject whole =
        JsonParser.parseString(freddie("list", "check", signed.toString(), "--json").out())
            .getAsJsonObject();
    assertThat(whole.get("expired").getAsBoolean()).isFalse();
    assertThat(whole.get("stun").getAsJsonArray().get(0).getAsString())
        .isEqualTo("stun.example:3478");
  }

  @Test
  void numbersGoUpAndTheKeyStays() throws Exception {
    assertThat(sign("--number", "9000000000").exitCode()).isZero();
    assertThat(sign().out()).startsWith("signed number 9000000001,");
    refused(sign("--number", "5"), "--number: clients have 9000000001 already");
    byte[] before = Files.readAllBytes(signed);
    Said other =
        freddie(
            "list",
            "sign",
            entries.toString(),
            "--key",
            directory.resolve("other").toString(),
            "--out",
            signed.toString());
    refused(other, "was signed with another key");
    assertThat(Files.readAllBytes(signed)).isEqualTo(before);
  }

  @Test
  void wrongEntriesAreNamedAndNothingIsWritten() throws Exception {
    for (String wrong : List.of("freddie ftp://a", "stun a", "front a", "freddie https://a/#b")) {
      Files.writeString(entries, "stun a:1\n" + wrong + "\n");
      refused(
          sign(), "line 2 is neither 'freddie URL' nor 'stun HOST:PORT' nor 'hello ...': " + wrong);
    }
    Files.writeString(entries, "# nothing\n");
    refused(sign(), "at least one freddie or STUN server");
    Files.writeString(entries, "stun a:1\n");
    refused(sign("--valid", "401d"), "--valid: '401d' is not from 1s to 400d");
    refused(sign("--valid", "5ms"), "--valid: '5ms' is not from 1s to 400d");
    assertThat(signed).doesNotExist();
    Files.writeString(signed, "something else");
    refused(sign(), "no list: remove it first");
  }

  @Test
  void whatIsNoListOrNoKeyIsNamedInWordsOfOurs() throws Exception {
    Path other = Files.writeString(directory.resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\n");
    Path empty = Files.writeString(directory.resolve("empty"), "");
    sign();
    Path cut = directory.resolve("cut");
    byte[] whole = Files.readAllBytes(signed);
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    for (Path wrong : List.of(other, empty, cut)) {
      Said check = freddie("list", "check", wrong.toString());
      assertThat(check.exitCode()).isEqualTo(4);
      assertThat(check.err())
          .isEqualTo(
              "freddie: "
                  + wrong
                  + ": not a signed list, or damaged: give one that 'freddie list sign' made\n");
      refused(
          freddie("serve", "--listen", "127.0.0.1:0", "--list", wrong.toString()),
          "--list: " + wrong + ": not a signed list, or damaged");
    }
    refused(
        freddie(
            "list",
            "sign",
            entries.toString(),
            "--key",
            other.toString(),
            "--out",
            directory.resolve("new").toString()),
        "--key: " + other + " holds no private key: give one that");
    assertThat(directory.resolve("new")).doesNotExist();
  }

  @Test
  void hellosAreShownAsTheyCanBeWritten() throws Exception {
    Files.writeString(
        entries,
        "stun a:1\n"
            + "hello suites=0xC02B,c02f groups=001d,0017 schemes=0403 extensions=0017,000a,000b,000d,ff01\n"
            + "hello suites=c02b groups=0017 schemes=0403 weight=3 order=chance"
            + " extensions=ff01,0017,000a,000b:03000102,000d,0010,000e:0002000100\n");
    assertThat(sign().exitCode()).isZero();
    String first =
        "hello suites=c02b,c02f groups=001d,0017 schemes=0403"
            + " extensions=0017,000a,000b,000d,ff01 weight=1 order=given";
    String second =
        "hello suites=c02b groups=0017 schemes=0403"
            + " extensions=ff01,0017,000a,000b:03000102,000d,0010,000e:0002000100"
            + " weight=3 order=chance";
    String shown = freddie("list", "check", signed.toString()).out();
    assertThat(shown.replace("hello    ", "hello "))
        .contains(first + " (JA4 dd2i020500_", second + " (JA4 dd2i0107wc_")
        .doesNotContain("left out");
    JsonObject whole =
        JsonParser.parseString(freddie("list", "check", signed.toString(), "--json").out())
            .getAsJsonObject();
    assertThat(whole.get("left_out").getAsJsonArray()).isEmpty();
    JsonObject other = whole.get("hellos").getAsJsonArray().get(1).getAsJsonObject();
    assertThat(other.get("entry").getAsString()).isEqualTo(second);
    assertThat(other.get("weight").getAsInt()).isEqualTo(3);
    assertThat(other.get("ja4").getAsString()).startsWith("dd2i0107wc_");
    Files.writeString(entries, "stun a:1\n" + first + "\n" + second + "\n");
    assertThat(sign().exitCode()).isZero();
    assertThat(freddie("list", "check", signed.toString()).out().lines().skip(4))
        .isEqualTo(shown.lines().skip(4).toList());
  }

  @Test
  void hellosThatCouldNotWorkAreNotSigned() throws Exception {
    Files.writeString(
        entries,
        "stun a:1\nhello suites=cca9,c02b groups=0017 schemes=0403 extensions=0017,000a,000d,ff01\n");
    refused(sign(), "line 2: a hello has c02b, and before it none but c02c,");
    Files.writeString(entries, "stun a:1\nhello suites=49195\n");
    refused(sign(), "line 2: a hello has numbers of four hexadecimal digits");
    Files.writeString(
        entries,
        "stun a:1\n"
            + "hello suites=c02b groups=0017 schemes=0403 extensions=0017,000a,000d,ff01\n"
                .repeat(17));
    refused(sign(), "at most 16 hellos");
    assertThat(signed).doesNotExist();
  }

  @Test
  void forgedDamagedAndForeignListsAreNotGood() throws Exception {
    sign();
    byte[] document = Files.readAllBytes(signed);
    Said foreign = freddie("list", "check", signed.toString(), "--list-key", Town.EGRESS.base64());
    assertThat(foreign.exitCode()).isEqualTo(4);
    assertThat(foreign.err()).contains("signed by another key").hasLineCount(1);
    document[document.length - 1] ^= 1;
    Files.write(signed, document);
    Said forged = freddie("list", "check", signed.toString());
    assertThat(forged.exitCode()).isEqualTo(4);
    assertThat(forged.err()).contains("the signature of the list is wrong").hasLineCount(1);
    refused(freddie("list", "check", "/nowhere"), "freddie: list check: no such file: /nowhere");
  }

  @Test
  void freddieShowsWhatIsNewerAndKeepsItWhenTheNextIsWrong() throws Exception {
    sign("--number", "7");
    ListBoard board = CommandLine.populateCommand(new ListBoard(), "--list", signed.toString());
    board.read();
    try (Town town = new Town()) {
      assertThat(town.exchange(GET)).startsWith("HTTP/1.1 404");
      town.show(board);
      byte[] first = Files.readAllBytes(signed);
      assertThat(body(town)).isEqualTo(first);
      sign("--number", "8");
      board.read();
      byte[] second = Files.readAllBytes(signed);
      assertThat(body(town)).isEqualTo(second).isNotEqualTo(first);
      Files.write(signed, first);
      kept(board, "it is older than the last: number 7, not 8");
      second[second.length - 1] ^= 1;
      Files.write(signed, second);
      kept(board, "the signature of the list is wrong");
      Files.delete(signed);
      kept(board, "no such file");
      freddie(
          "list",
          "sign",
          entries.toString(),
          "--key",
          directory.resolve("other").toString(),
          "--out",
          signed.toString());
      kept(board, "signed by another key than the last");
      second[second.length - 1] ^= 1;
      assertThat(body(town)).isEqualTo(second);
    }
    Instant expiry =
        SignedListCodec.decode(board.document(Instant.now()).orElseThrow()).list().expires();
    assertThat(board.document(expiry)).isEmpty();
  }

  @Test
  void anOperatorHearsThatTheListEnds() throws Exception {
    Instant issued = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(9);
    ListBoard board = CommandLine.populateCommand(new ListBoard(), "--list", signed.toString());
    put(issued, issued.plusSeconds(1000));
    board.read();
    assertThat(board.news(issued.plusSeconds(899))).isEmpty();
    assertThat(board.news(issued.plusSeconds(900)))
        .hasValue(
            "the list expires at %s: sign a new one and put it at %s"
                .formatted(issued.plusSeconds(1000), signed));
    assertThat(board.news(issued.plusSeconds(999))).isEmpty();
    assertThat(board.news(issued.plusSeconds(1000)).orElseThrow())
        .startsWith("the list expired at " + issued.plusSeconds(1000) + ": clients get none");
    assertThat(board.news(issued.plusSeconds(1001))).isEmpty();
    Instant end = issued.plus(Duration.ofDays(365));
    put(issued, end);
    board.read();
    assertThat(board.news(end.minus(Duration.ofDays(7)).minusSeconds(1))).isEmpty();
    assertThat(board.news(end.minus(Duration.ofDays(7)))).isPresent();
    assertThat(new ListBoard().news(end)).isEmpty();
    try (Town town = new Town()) {
      assertThat(town.page("/metrics")).doesNotContain("freddie_list_expires_seconds");
      town.show(board);
      assertThat(town.metric("freddie_list_expires_seconds")).isEqualTo(end.getEpochSecond());
    }
  }

  private void put(Instant issued, Instant expires) throws Exception {
    ReachList list = new ReachList(1, issued, expires, List.of(), List.of("stun.example:3478"));
    Files.write(signed, SignedListCodec.sign(list, OPERATOR).document().toArray());
  }

  private static byte[] body(Town town) throws Exception {
    String answer = town.exchange(GET, StandardCharsets.ISO_8859_1);
    assertThat(answer).startsWith("HTTP/1.1 200");
    return answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void kept(ListBoard board, String why) {
    assertThatThrownBy(board::read)
        .isInstanceOf(UserErrorException.class)
        .hasMessageContaining(why);
  }

  private Said sign(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "list",
                "sign",
                entries.toString(),
                "--key",
                directory.resolve("key.pem").toString(),
                "--out",
                signed.toString()));
    words.addAll(List.of(more));
    return freddie(words.toArray(String[]::new));
  }

  private static void refused(Said said, String why) {
    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err()).contains(why).hasLineCount(1);
  }

  private static Said freddie(String... words) {
    return Said.by(new Launcher("freddie", FreddieCommand::new), words);
  }
}
