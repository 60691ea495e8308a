// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import com.google.gson.JsonObject;
import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.loop.ListenException;
import tollway.loop.NettyLoops;

/**
 * An egress at which volunteers and sessions come and go. As a program: what a number of them
 * (10,000) leave behind. One line of JSON after the first thousand, and one at the end.
 */
public final class EgressCycles implements AutoCloseable {
  private static final Identity IDENTITY = Identity.generate(new SecureRandom());
  private static final int TOGETHER = 25;

  private final NettyLoops near = new NettyLoops(2);
  private final NettyLoops far = new NettyLoops(2);
  private final Source echo = new Source(false);
  private final EgressServer egress;
  private int done;

  EgressCycles() throws ListenException {
    egress =
        EgressServer.start(
            near, IDENTITY, onLoopback(new DialPolicy(true, Set.of(), own -> false)));
  }

  static EgressConfig onLoopback(DialPolicy policy) {
    return onLoopback(policy, EgressLimits.DEFAULT);
  }

  static EgressConfig onLoopback(DialPolicy policy, EgressLimits limits) {
    return new EgressConfig(
        new EgressDoor(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            AccessTokens.NONE,
            List.of()),
        policy,
        Optional.empty(),
        limits);
  }

  public static void main(String[] arguments) throws Exception {
    int times = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
    try (EgressCycles cycles = new EgressCycles()) {
      cycles.run(Math.min(1000, times));
      cycles.tell();
      cycles.run(times - Math.min(1000, times));
      cycles.tell();
    }
  }

  private void tell() {
    for (int i = 0; i < 3; i++) {
      System.gc(); // The heap that is meant is the one in use.
    }
    JsonObject line = new JsonObject();
    line.addProperty("bench", "cycles");
    line.addProperty("done", done);
    line.addProperty("threads", Thread.activeCount());
    line.addProperty(
        "heap_mib",
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024.0 / 1024);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      line.addProperty("descriptors", unix.getOpenFileDescriptorCount());
    }
    System.out.println(line);
  }

  /** Each comes by a WebSocket of their own, perhaps says something to a site, and leaves. */
  void run(int times) throws Exception {
    for (int begun = 0; begun < times; begun += TOGETHER) {
      List<Uplink> uplinks = new ArrayList<>();
      List<Uplink.Person> people = new ArrayList<>();
      for (int i = 0; i < TOGETHER; i++) {
        uplinks.add(new Uplink(far.next(), egress.address().getPort()));
      }
      for (Uplink each : uplinks) {
        people.add(each.awaitUp().person(IDENTITY.nodeId()));
      }
      for (int i = 0; i < TOGETHER; i++) {
        Visit visit = people.get(i).awaitReady().visit(echo.at());
        if (i % 3 == 0) {
          visit.send(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8));
        }
      }
      for (int i = 0; i < TOGETHER; i++) {
        people.get(i).close();
        uplinks.get(i).close();
      }
      done += TOGETHER;
    }
    Await.until("all have gone", () -> isEmpty() && echo.open() == 0);
  }

  private boolean isEmpty() throws Exception {
    String now = metrics();
    return List.of("connections", "volunteers", "sessions", "streams", "dials").stream()
        .allMatch(gauge -> now.contains("\negress_" + gauge + " 0\n"));
  }

  String metrics() throws Exception {
    CompletableFuture<String> text = new CompletableFuture<>();
    egress.metrics(text::complete);
    return text.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    egress.close();
    echo.close();
    far.close();
    near.close();
  }
}
