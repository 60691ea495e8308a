// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each number of ours is, in a line for Prometheus; FREDDIE.md says more. */
final class MetricsHelp {
  private static final String TYPE = "# TYPE ";

  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("freddie_connections", "TCP connections now, this one too."),
          Map.entry("freddie_unread_bytes", "What waits for clients that have not read it yet."),
          Map.entry(
              "freddie_poll_sessions",
              "Clients that poll, those who have not proved who they are, too."),
          Map.entry(
              "freddie_list_expires_seconds",
              "When the list expires or expired, in seconds since 1970."),
          Map.entry("freddie_puzzle_effort", "The effort suggested to newcomers."),
          Map.entry("freddie_newcomers_waiting", "Who has said hello and waits to be let in."),
          Map.entry("freddie_admission_cpu_seconds_total", "What checking newcomers took."),
          Map.entry("freddie_clients", "Clients that have proved who they are."),
          Map.entry("freddie_producers_free", "Volunteers with a free slot."),
          Map.entry("freddie_consumers_waiting", "People whose wish is not satisfied."),
          Map.entry("freddie_requests_waiting", "Slots and wishes that wait for their key's turn."),
          Map.entry("freddie_matches", "Pairs now."),
          Map.entry(
              "freddie_matches_made_total", "Pairs since the start, counted where the person is."),
          Map.entry(
              "freddie_quota_refusals_total",
              "Pairs that were not made so that nobody meets too many volunteers."),
          Map.entry("freddie_matches_elsewhere", "Pairs whose other end is at another instance."),
          Map.entry("freddie_instances", "Instances on the bus, this one too."),
          Map.entry("freddie_bus_connected", "1, or 0 while the bus is away."),
          Map.entry(
              "freddie_bus_dropped_total", "Messages from the bus that were dropped, by why."),
          Map.entry("freddie_refusals_total", "Refusals, by their code in the protocol."),
          Map.entry("freddie_cut_off_total", "Connections ended without a word, by why."),
          Map.entry("freddie_v1_connections", "Connections of Unbounded clients now."),
          Map.entry("freddie_v1_held_bytes", "What requests of Unbounded clients hold that wait."),
          Map.entry("freddie_v1_consumers_waiting", "Unbounded consumers that listen."),
          Map.entry(
              "freddie_v1_producers_free",
              "Advertisements that no Unbounded client has taken up yet."),
          Map.entry(
              "freddie_v1_handshakes",
              "Offers and answers of Unbounded clients that wait for the other side."),
          Map.entry("freddie_v1_matches_made_total", "Offers that reached an Unbounded producer."),
          Map.entry(
              "freddie_v1_handshakes_ended_total",
              "Handshakes of Unbounded clients that came to their last step."),
          Map.entry(
              "freddie_v1_genesis_unused_total",
              "How often an Unbounded consumer was told of a producer and made no offer."),
          Map.entry("freddie_v1_requests_total", "Requests of Unbounded clients, by method."),
          Map.entry("freddie_v1_answers_total", "Answers to Unbounded clients, by status."));

  private MetricsHelp() {}

  /** The page with a line of help before the type of each family. */
  static String with(String page) {
    StringBuilder helped = new StringBuilder(2 * page.length());
    page.lines()
        .forEach(
            line -> {
              if (line.startsWith(TYPE)) {
                String name = line.substring(TYPE.length()).split(" ", 2)[0];
                @Nullable String text = TEXTS.get(name);
                if (text != null) {
                  helped.append("# HELP ").append(name).append(' ').append(text).append('\n');
                }
              }
              helped.append(line).append('\n');
            });
    return helped.toString();
  }
}
