// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.NatsServer;
import tollway.loop.NettyLoops;
import tollway.reach.Reach;
import tollway.signaling.Signal;

/** Two freddies as processes, with a NATS server between them; each of them is killed. */
final class SeveralFreddiesIT {
  private static final NodeId EGRESS = Identity.generate(new SecureRandom()).nodeId();
  private static final int CROWD = 10;

  @Test
  void nobodyIsMissedForLong() throws Exception {
    List<Person> people = new ArrayList<>();
    try (NatsServer nats = NatsServer.start();
        JavaProcess first = freddie(nats);
        JavaProcess second = freddie(nats);
        NettyLoops loops = new NettyLoops(1)) {
      URI here = url(first);
      URI there = url(second);
      try {
        Await.until("they know each other", () -> metric(here, "freddie_instances") == 2);
        Await.until("and the other way", () -> metric(there, "freddie_instances") == 2);
        Person volunteer = new Person(loops.next(), EGRESS, Reach.of(List.of(there)));
        people.add(volunteer);
        volunteer.offers(1);
        Person alice = new Person(loops.next(), EGRESS, Reach.of(List.of(here)));
        people.add(alice);
        alice.wishes(1);
        long match = alice.hears(Signal.Matched.class).match();
        volunteer.hears(Signal.Matched.class);
        alice.says(new Signal.Description(match, Signal.Kind.OFFER, "an offer"));
        assertThat(volunteer.hears(Signal.Description.class).sdp()).isEqualTo("an offer");

        nats.kill();
        Await.until("the bus is missed", () -> metric(here, "freddie_bus_connected") == 0);
        Person bert = new Person(loops.next(), EGRESS, Reach.of(List.of(here)));
        people.add(bert);
        bert.wishes(2);
        Person near = new Person(loops.next(), EGRESS, Reach.of(List.of(here)));
        people.add(near);
        near.offers(1);
        assertThat(bert.hears(Signal.Matched.class).peer()).isEqualTo(near.nodeId());
        nats.restart();
        Await.until("the bus is there", () -> metric(here, "freddie_bus_connected") == 1);
        Person far = new Person(loops.next(), EGRESS, Reach.of(List.of(there)));
        people.add(far);
        far.offers(1);
        assertThat(bert.hears(Signal.Matched.class).peer()).isEqualTo(far.nodeId());
        assertThat(alice.unasked()).as("she kept her volunteer all the time").isEmpty();

        for (int i = 0; i < CROWD; i++) {
          people.add(new Person(loops.next(), EGRESS, Reach.of(List.of(there, here))));
        }
        // A few may be here already, if the other took its time.
        Person last = people.get(people.size() - 1);
        long all = people.size();
        Await.until(
            "all are connected",
            () -> metric(here, "freddie_clients") + metric(there, "freddie_clients") == all);
        assertThat(metric(there, "freddie_clients")).isGreaterThan(2);
        long killed = System.nanoTime();
        second.kill();
        Await.until("all but two are here", () -> metric(here, "freddie_clients") == all - 2);
        Duration missed = Duration.ofNanos(System.nanoTime() - killed);
        System.out.println("all clients are back after " + missed.toMillis() + " ms");
        assertThat(missed).isLessThan(Duration.ofSeconds(1));
        assertThat(alice.hears(Signal.HangUp.class).match()).isEqualTo(match);
        last.offers(1);
        alice.wishes(1);
        assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(last.nodeId());
        assertThat(first.err()).hasSize(2);
        assertThat(first.err().get(0)).contains("the bus is away (");
        assertThat(first.err().get(1)).contains("the bus is there");
      } finally {
        people.forEach(Person::close);
      }
    }
  }

  private static JavaProcess freddie(NatsServer nats) throws Exception {
    return JavaProcess.start(
        FreddieMain.class.getName(),
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--bus",
        nats.url(),
        "--json");
  }

  private static URI url(JavaProcess freddie) throws Exception {
    return URI.create(freddie.event("ready").get("url").getAsString());
  }

  private static long metric(URI freddie, String name) throws Exception {
    return MetricsReader.of(freddie.toString()).read().value(name);
  }
}
