// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.identity.NodeId;
import tollway.reach.HelloText;
import tollway.reach.ReachList;
import tollway.reach.SignedList;
import tollway.webrtc.dtls.HelloProfile;

/** {@code freddie list check}. */
@Command(
    name = "check",
    sortOptions = false,
    description = "Check a signed list as clients do, and show what it says.",
    footer = {
      "",
      "Exit code 0: good; 1: expired; 2: a wrong option, or no such file; 4: forged, damaged, no list,"
          + " or signed by another key."
    })
final class ListCheckCommand extends Subcommand {
  @Parameters(paramLabel = "FILE", description = "The signed list.")
  private Path file = Path.of("");

  @Option(
      names = "--list-key",
      paramLabel = "KEY",
      description = "Who has to have signed it, as 'freddie list sign' says (default: anybody).")
  private @Nullable String key;

  @Option(names = "--json", description = "Print one JSON object instead.")
  private boolean json;

  @Override
  public Integer call() throws IOException, MalformedBytesException {
    @Nullable NodeId wanted = key == null ? null : parse(key);
    SignedList signed = decode();
    if (wanted != null && !signed.signer().equals(wanted)) {
      throw new MalformedBytesException(
          file + ": the list is signed by another key: " + signed.signer().base64());
    }
    ReachList list = signed.list();
    boolean expired = list.isExpired(Instant.now());
    if (json) {
      JsonObject whole = new JsonObject();
      whole.addProperty("key", signed.signer().base64());
      whole.addProperty("number", list.number());
      whole.addProperty("issued", list.issued().toString());
      whole.addProperty("expires", list.expires().toString());
      whole.addProperty("expired", expired);
      whole.add("freddies", array(list.freddies()));
      whole.add("stun", array(list.stun()));
      whole.add("hellos", hellos(list));
      whole.add("left_out", array(signed.leftOut()));
      io().out().println(whole);
    } else {
      io().out()
          .printf(
              "key      %s%nnumber   %d%nissued   %s%nexpires  %s%s%n",
              signed.signer().base64(),
              list.number(),
              list.issued(),
              list.expires(),
              expired ? " (expired)" : "");
      list.freddies().forEach(each -> io().out().println("freddie  " + each));
      list.stun().forEach(each -> io().out().println("stun     " + each));
      for (HelloProfile each : list.hellos()) {
        io().out().println("hello    " + HelloText.format(each) + " (JA4 " + each.ja4() + ")");
      }
      signed.leftOut().forEach(each -> io().out().println("left out " + each));
    }
    return expired ? ExitCode.FAILED : ExitCode.DONE;
  }

  private SignedList decode() throws IOException, MalformedBytesException {
    try {
      return ListBoard.decode("list check", file);
    } catch (MalformedBytesException unfit) {
      throw new MalformedBytesException(file + ": " + unfit.getMessage());
    }
  }

  private static NodeId parse(String key) {
    try {
      return NodeId.parse(key);
    } catch (MalformedBytesException noKey) {
      throw new UserErrorException("--list-key: '" + key + "' is no key: " + noKey.getMessage());
    }
  }

  private static JsonArray hellos(ReachList list) {
    JsonArray array = new JsonArray();
    for (HelloProfile each : list.hellos()) {
      JsonObject hello = new JsonObject();
      hello.addProperty("ja4", each.ja4());
      hello.addProperty("weight", each.weight());
      hello.addProperty("entry", "hello " + HelloText.format(each));
      array.add(hello);
    }
    return array;
  }

  private static JsonArray array(List<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }
}
