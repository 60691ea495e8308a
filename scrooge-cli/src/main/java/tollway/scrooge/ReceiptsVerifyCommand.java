// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.console.Table;
import tollway.files.NamedFile;
import tollway.receipt.Answer;
import tollway.receipt.Claim;
import tollway.receipt.ReceiptCodec;

/** {@code scrooge receipts verify}. */
@Command(
    name = "verify",
    description = "Check the signatures in an export of receipts; no daemon, no privilege.",
    footer = {
      "",
      "Reads the signed texts wherever they are in the file, JSON, CSV or anything",
      "else, and prints what they say; figures beside them are not looked at. Exit",
      "code 4 when one is invalid, or when there is none."
    })
final class ReceiptsVerifyCommand extends Subcommand {
  private static final int SIZE_LIMIT = 64 << 20;
  private static final String WORD = ReceiptCodec.CLAIM;
  private static final Pattern TEXT = Pattern.compile(WORD + "(?:_confirm)?(?: [A-Za-z0-9+/=]+)*");

  @Parameters(paramLabel = "FILE", description = "What 'receipts --json' or '--csv' printed.")
  private Path file = Path.of("");

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException, CommandFailedException {
    String content = read();
    Map<Claim, Answer> answers = new HashMap<>();
    Set<Claim> claims = new LinkedHashSet<>();
    int invalid = 0;
    int found = 0;
    Matcher texts = TEXT.matcher(content);
    while (texts.find()) {
      found++;
      try {
        Bytes text = Bytes.ofUtf8(texts.group());
        if (texts.group().startsWith(ReceiptCodec.ANSWER)) {
          Answer answer = ReceiptCodec.answer(text);
          answers.put(answer.claim(), answer);
        } else {
          claims.add(ReceiptCodec.claim(text));
        }
      } catch (MalformedBytesException forged) {
        invalid++;
        io().err().printf("scrooge: text %d: %s%n", found, forged.getMessage());
      }
    }
    if (found > 0) {
      print(claims, answers);
    }
    if (invalid > 0 || found == 0) {
      throw new CommandFailedException(
          ExitCode.INVALID,
          found == 0
              ? "no receipt in " + file
              : "%d of %d signed texts are invalid".formatted(invalid, found));
    }
    return ExitCode.DONE;
  }

  private String read() throws IOException {
    try (InputStream in = NamedFile.open(file)) {
      byte[] bytes = in.readNBytes(SIZE_LIMIT + 1);
      if (bytes.length > SIZE_LIMIT) {
        throw new UserErrorException(file + " is larger than 64 MiB");
      }
      // As some programs write JSON.
      return new String(bytes, StandardCharsets.ISO_8859_1)
          .replace("\\u003d", "=")
          .replace("\\u002b", "+")
          .replace("\\/", "/");
    }
  }

  private void print(Set<Claim> claims, Map<Claim, Answer> answers) {
    Set<Claim> all = new LinkedHashSet<>(claims);
    all.addAll(answers.keySet());
    JsonArray rows = new JsonArray();
    for (Claim claim : all) {
      rows.add(row(claim, claims.contains(claim), answers.get(claim)));
    }
    if (json) {
      JsonObject result = new JsonObject();
      result.add("receipts", rows);
      io().out().println(result);
    } else {
      new Table(
              List.of(
                  "ISSUER",
                  "NEIGHBOUR",
                  "NO",
                  "START",
                  "END",
                  "FROM",
                  "FOR",
                  "VERDICT",
                  "SIGNED BY"),
              List.of(
                  "issuer",
                  "neighbor",
                  "number",
                  "start",
                  "end",
                  "fromBytes",
                  "forBytes",
                  "verdict",
                  "signedBy"))
          .fill(rows)
          .print(io().out());
    }
  }

  private static JsonObject row(Claim claim, boolean claimed, @Nullable Answer answer) {
    JsonObject row = new JsonObject();
    row.addProperty("issuer", claim.issuer().base64());
    row.addProperty("neighbor", claim.neighbor().base64());
    row.addProperty("number", claim.number());
    row.addProperty("start", Instant.ofEpochSecond(claim.start()).toString());
    row.addProperty("end", Instant.ofEpochSecond(claim.end()).toString());
    row.addProperty("fromBytes", claim.fromBytes());
    row.addProperty("forBytes", claim.forBytes());
    row.addProperty(
        "verdict", answer == null ? "unanswered" : answer.agreed() ? "agreed" : "differs");
    row.addProperty("signedBy", !claimed ? "neighbour" : answer == null ? "issuer" : "both");
    if (answer != null) {
      row.addProperty("ownFromBytes", answer.ownFrom());
      row.addProperty("ownForBytes", answer.ownFor());
    }
    return row;
  }
}
