// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.DurationText;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;
import tollway.files.DurableFile;
import tollway.identity.Identity;
import tollway.identity.IdentityFile;
import tollway.reach.HelloText;
import tollway.reach.ReachList;
import tollway.reach.Route;
import tollway.reach.SignedList;
import tollway.reach.SignedListCodec;
import tollway.webrtc.dtls.HelloProfile;

/** {@code freddie list sign}. */
@Command(
    name = "sign",
    sortOptions = false,
    description =
        "Sign a list of freddies, fronts, STUN servers and hellos, for 'freddie serve --list'.",
    footer = {
      "",
      "FILE has an entry a line, the best first: 'freddie https://HOST/', 'freddie"
          + " https://HOST/#front=CDN' or 'stun HOST:PORT'; lines that begin with # say nothing.",
      "'hello suites=N,N groups=N,N schemes=N,N extensions=N,N:BODY [weight=1] [order=given|chance]'"
          + " is what clients say first in DTLS, in four hexadecimal digits each as in a capture:"
          + " of several, one by chance.",
      "Clients take the list with '--list-key KEY'; KEY is printed. Exit code 0: signed; 2: wrong"
          + " options or entries."
    })
final class ListSignCommand extends Subcommand {
  @Parameters(paramLabel = "FILE", description = "The entries.")
  private Path file = Path.of("");

  @Option(
      names = "--key",
      paramLabel = "FILE",
      required = true,
      description = "The private key to sign with; made when there is no such file.")
  private Path key = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "Where the signed list is put, whole or not at all.")
  private Path out = Path.of("");

  @Option(
      names = "--valid",
      paramLabel = "DURATION",
      defaultValue = "30d",
      description =
          "For how long clients may use it, such as 12h or 30d; at most 400d (default:"
              + " ${DEFAULT-VALUE}).")
  private String valid = "";

  @Option(
      names = "--number",
      paramLabel = "N",
      description =
          "Clients never go back to a lesser one (default: the seconds since 1970, or one more than"
              + " the list that is replaced).")
  private @Nullable Long number;

  @Override
  public Integer call() throws IOException, MalformedBytesException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    List<String> freddies = new ArrayList<>();
    List<String> stun = new ArrayList<>();
    List<HelloProfile> hellos = new ArrayList<>();
    readEntries(freddies, stun, hellos);
    Optional<SignedList> last = last();
    long least = last.map(each -> each.list().number() + 1).orElse(1L);
    long chosen = number == null ? Math.max(now.getEpochSecond(), least) : number;
    if (chosen < least) {
      throw new UserErrorException(
          "--number: clients have " + (least - 1) + " already: give " + least + " or more");
    }
    ReachList list;
    try {
      list = new ReachList(chosen, now, now.plusSeconds(life()), freddies, stun, hellos);
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException(String.valueOf(wrong.getMessage()));
    }
    Identity signer = signer();
    if (last.isPresent() && !last.get().signer().equals(signer.nodeId())) {
      throw new UserErrorException(
          "--out: " + out + " was signed with another key: name that one, or remove the file");
    }
    DurableFile.publish(out, SignedListCodec.sign(list, signer).document().toArray());
    io().out()
        .printf(
            "signed number %d, valid until %s, with the key %s%n",
            list.number(), list.expires(), signer.nodeId().base64());
    return ExitCode.DONE;
  }

  private Identity signer() throws IOException {
    try {
      return IdentityFile.loadOrCreate(key, new SecureRandom());
    } catch (MalformedBytesException noKey) {
      throw new UserErrorException(
          "--key: "
              + key
              + " holds no private key: give one that 'freddie list sign' made, or the name of a"
              + " file that is not there");
    }
  }

  /** In seconds. */
  private long life() {
    Duration life = DurationText.parse("--valid", valid);
    if (life.toSeconds() < 1 || life.compareTo(ReachList.LONGEST_LIFE) > 0) {
      throw new UserErrorException(
          "--valid: '%s' is not from 1s to %dd".formatted(valid, ReachList.LONGEST_LIFE.toDays()));
    }
    return life.toSeconds();
  }

  private void readEntries(List<String> freddies, List<String> stun, List<HelloProfile> hellos)
      throws IOException {
    int line = 0;
    for (String text : TextFile.utf8("list sign", file).split("\\R", -1)) {
      line++;
      String entry = text.strip();
      String[] words = entry.split("\\s+");
      if (entry.isEmpty() || entry.startsWith("#")) {
        continue;
      }
      if (words.length == 2 && words[0].equals("freddie") && ReachList.isFreddie(words[1])) {
        freddies.add(words[1]);
      } else if (words.length == 2 && words[0].equals("stun") && ReachList.isStun(words[1])) {
        stun.add(words[1]);
      } else if (words[0].equals("hello")) {
        hellos.add(hello(line, List.of(words).subList(1, words.length)));
      } else {
        throw new UserErrorException(
            "%s: line %d is neither 'freddie URL' nor 'stun HOST:PORT' nor 'hello ...': %s"
                .formatted(file, line, Route.shown(entry)));
      }
    }
  }

  private HelloProfile hello(int line, List<String> words) {
    try {
      return HelloText.parse(words);
    } catch (IllegalArgumentException wrong) {
      throw new UserErrorException("%s: line %d: %s".formatted(file, line, wrong.getMessage()));
    }
  }

  /** What is replaced, if it is there; a file that is no list stays. */
  private Optional<SignedList> last() throws IOException {
    if (!Files.exists(out)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ListBoard.decode("--out", out));
    } catch (NoSuchFileException goneMeanwhile) {
      return Optional.empty();
    } catch (MalformedBytesException other) {
      throw new UserErrorException("--out: " + out + " is there, and no list: remove it first");
    }
  }
}
