// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.stun.NatDiscovery;
import tollway.stun.StunAttribute.ChangeRequest;
import tollway.stun.StunAttribute.ErrorCode;
import tollway.stun.StunAttribute.Software;
import tollway.stun.StunAttribute.XorMappedAddress;
import tollway.stun.StunMessage;
import tollway.stun.StunPace;
import tollway.stun.StunSocket;
import tollway.stun.StunSocket.Answer;

/** Asks one server again and again and writes down what it does. Lives on one loop. */
final class Examiner {
  private static final int MOST_TEXT = 60;

  private final EventLoop loop;
  private final StunSocket socket;
  private final InetSocketAddress server;
  private final ExamPace pace;
  private final CompletableFuture<Examination> result = new CompletableFuture<>();

  private final List<Duration> times = new ArrayList<>();
  private int asked;
  private @Nullable InetSocketAddress mapped;
  private @Nullable StunMessage last;
  private String stray = "";
  private String unsent = "";

  Examiner(EventLoop loop, StunSocket socket, InetSocketAddress server, ExamPace pace) {
    this.loop = loop;
    this.socket = socket;
    this.server = server;
    this.pace = pace;
  }

  CompletableFuture<Examination> examine() {
    loop.checkInLoop();
    askAgain();
    return result;
  }

  /** Something came from the server that fits no question. */
  void stray(String why) {
    stray = why;
  }

  private void askAgain() {
    boolean hopeless = times.isEmpty() && asked >= ExamPace.SILENT_ROUNDS;
    if (asked == pace.rounds() || hopeless) {
      conclude();
      return;
    }
    asked++;
    socket
        .ask(server, StunPace.once(pace.patience()))
        .whenComplete(
            (answer, failure) -> {
              if (answer != null) {
                take(answer);
              } else {
                unsent = sendFailure(failure);
                askSoon();
              }
            });
  }

  /** The system's refusal; silence has none. */
  private static String sendFailure(@Nullable Throwable failure) {
    String text = failure == null ? "" : String.valueOf(failure.getMessage());
    return text.startsWith("cannot send") ? text : "";
  }

  private void askSoon() {
    loop.schedule(pace.gap(), this::askAgain);
  }

  private void take(Answer answer) {
    StunMessage message = answer.message();
    times.add(answer.took());
    if (message.isBinding(StunMessage.Kind.ERROR)) {
      end(
          Verdict.REFUSED,
          message
              .first(ErrorCode.class)
              .map(error -> plain(error.code() + " " + error.reason()).strip())
              .orElse("without a code"));
      return;
    }
    Optional<XorMappedAddress> says = message.first(XorMappedAddress.class);
    if (says.isEmpty()) {
      end(Verdict.NO_ADDRESS, "answers without XOR-MAPPED-ADDRESS");
      return;
    }
    InetSocketAddress before = mapped;
    last = message;
    mapped = says.get().address();
    if (before != null && !before.equals(mapped)) {
      end(Verdict.UNSTEADY, "tells the same socket now one address and now another");
      return;
    }
    askSoon();
  }

  private void conclude() {
    if (times.isEmpty()) {
      if (!stray.isEmpty()) {
        end(Verdict.GARBAGE, stray);
      } else if (!unsent.isEmpty()) {
        end(Verdict.UNREACHABLE, unsent);
      } else {
        end(Verdict.SILENT, "no answer to %d questions".formatted(asked));
      }
    } else if (times.size() * 2 <= asked) {
      end(Verdict.UNSTEADY, "answers %d of %d questions".formatted(times.size(), asked));
    } else {
      discover();
    }
  }

  /** Sends to no other address than the server's own. */
  private void discover() {
    StunMessage answer = java.util.Objects.requireNonNull(last);
    InetSocketAddress other;
    try {
      other = NatDiscovery.otherAddress(server, answer);
    } catch (IOException noUse) {
      end(Verdict.GOOD, "", Examination.Discovery.NO);
      return;
    }
    socket
        .ask(server, StunPace.once(pace.patience()), new ChangeRequest(true, true))
        .whenComplete(
            (moved, silence) ->
                end(
                    Verdict.GOOD,
                    "",
                    moved == null
                        ? Examination.Discovery.CLAIMED
                        : moved.from().equals(other)
                            ? Examination.Discovery.PROVED
                            : Examination.Discovery.NO));
  }

  private void end(Verdict verdict, String why) {
    end(verdict, why, Examination.Discovery.NO);
  }

  private void end(Verdict verdict, String why, Examination.Discovery discovery) {
    try {
      result.complete(new Examination(server, verdict, why, rounds(), said(verdict, discovery)));
    } catch (IOException noRoute) {
      result.complete(
          Examination.failed(server, Verdict.UNREACHABLE, String.valueOf(noRoute.getMessage())));
    }
  }

  private Examination.Rounds rounds() {
    List<Duration> sorted = times.stream().sorted().toList();
    return sorted.isEmpty()
        ? new Examination.Rounds(asked, 0, Duration.ZERO, Duration.ZERO)
        : new Examination.Rounds(
            asked, sorted.size(), sorted.get(0), sorted.get(sorted.size() / 2));
  }

  private Optional<Examination.Said> said(Verdict verdict, Examination.Discovery discovery)
      throws IOException {
    StunMessage answer = last;
    InetSocketAddress address = mapped;
    if (answer == null || address == null || verdict != Verdict.GOOD) {
      return Optional.empty();
    }
    String software =
        answer.first(Software.class).map(program -> plain(program.description())).orElse("");
    return Optional.of(
        new Examination.Said(
            address, socket.localToward(server), false, answer.fingerprint(), software, discovery));
  }

  /** A stranger's words for a terminal: nothing that moves a cursor or turns text round. */
  private static String plain(String text) {
    String shown = text.replaceAll("[^\\x20-\\x7e]", "?");
    return shown.length() <= MOST_TEXT ? shown : shown.substring(0, MOST_TEXT);
  }
}
