// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.gson.JsonObject;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.webrtc.ChannelOptions;
import tollway.webrtc.DataChannel;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.PeerConnection;
import tollway.webrtc.PeerListener;

/**
 * How much one data channel carries over loopback, from this process to a second one. Arguments:
 * seconds per round (2), rounds (5), largest SCTP packet (16384; 1228 is what leaves a host), a
 * single message size (1200, 16000 and 65536), a single kind (unreliable and reliable). One line of
 * JSON for each kind of channel and message size: the median of the rounds, and the CPU time of
 * both processes.
 */
public final class DataChannelBench {
  private static final List<Integer> SIZES = List.of(1200, 16_000, 65_536);
  private static final long WARM_UP_BYTES = 500_000_000;

  private DataChannelBench() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && arguments[0].equals("receive")) {
      Receiver.main(Integer.parseInt(arguments[1]));
      return;
    }
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    int packet = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 16_384;
    List<Integer> sizes = arguments.length > 3 ? List.of(Integer.parseInt(arguments[3])) : SIZES;
    for (ChannelOptions kind :
        List.of(ChannelOptions.unreliable("bench"), ChannelOptions.reliable("bench"))) {
      if (arguments.length < 5 || arguments[4].equals(name(kind))) {
        for (int size : sizes) {
          measure(kind, size, packet, seconds, rounds);
        }
      }
    }
  }

  private static String name(ChannelOptions kind) {
    return kind.ordered() ? "reliable" : "unreliable";
  }

  private static PeerConfig config(int packet) {
    return PeerConfig.defaults().withLoopback(true).withMaxPacketBytes(packet);
  }

  private static void measure(ChannelOptions kind, int size, int packet, int seconds, int rounds)
      throws Exception {
    try (NettyLoops loops = new NettyLoops(1);
        Remote remote = new Remote(packet)) {
      Sender sender = new Sender(loops.next(), remote, size);
      sender.connect(config(packet).withChannel(kind));
      warmUp(remote);
      double[] rates = new double[rounds];
      double[] costs = new double[rounds];
      long sentBefore = sender.sent.sum();
      Counted begin = remote.count();
      for (int round = 0; round < rounds; round++) {
        Counted before = remote.count();
        long cpu = processCpu();
        TimeUnit.SECONDS.sleep(seconds);
        Counted after = remote.count();
        double bytes = after.bytes - before.bytes;
        rates[round] = bytes / 1e6 / ((after.nanos - before.nanos) / 1e9);
        costs[round] = (processCpu() - cpu + after.cpu - before.cpu) / bytes;
      }
      double arrived = remote.count().bytes - begin.bytes;
      double sent = (double) (sender.sent.sum() - sentBefore) * size;
      Arrays.sort(rates);
      Arrays.sort(costs);
      JsonObject line = new JsonObject();
      line.addProperty("bench", "data-channel");
      line.addProperty("channel", name(kind));
      line.addProperty("message_bytes", size);
      line.addProperty("packet_bytes", packet);
      line.addProperty("mb_per_s", rounded(rates[rounds / 2]));
      line.addProperty("mb_per_s_min", rounded(rates[0]));
      line.addProperty("mb_per_s_max", rounded(rates[rounds - 1]));
      line.addProperty("cpu_s_per_gb", rounded(costs[rounds / 2]));
      line.addProperty("lost_percent", rounded(Math.max(0, 100 * (1 - arrived / sent))));
      System.out.println(line);
      sender.close();
    }
  }

  /** Until the code is compiled at both ends, however busy the machine is. */
  private static void warmUp(Remote remote) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (remote.count().bytes < WARM_UP_BYTES && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private static long processCpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.2f", value));
  }

  /** What had arrived at a moment of the receiver's clock, and what that had cost it. */
  private record Counted(long bytes, long nanos, long cpu) {}

  /** The second process, as lines: what it says and what is said to it. */
  private static final class Remote implements AutoCloseable {
    final Process process;
    final PrintStream orders;
    final CompletableFuture<String> answer = new CompletableFuture<>();
    final LinkedBlockingQueue<String> candidates = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Counted> counts = new LinkedBlockingQueue<>();

    Remote(int packet) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.addAll(
          List.of(DataChannelBench.class.getName(), "receive", Integer.toString(packet)));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
      Thread reader = new Thread(this::read, "bench-remote");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try (BufferedReader lines = reader(process.getInputStream())) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] words = line.split(" ", 2);
          switch (words[0]) {
            case "description" -> answer.complete(decoded(words[1]));
            case "candidate" -> candidates.add(words[1]);
            case "counted" -> {
              String[] numbers = words[1].split(" ");
              counts.add(
                  new Counted(
                      Long.parseLong(numbers[0]),
                      Long.parseLong(numbers[1]),
                      Long.parseLong(numbers[2])));
            }
            default -> System.err.println("the receiver says " + line);
          }
        }
      } catch (IOException ended) {
        System.err.println("the receiver ended: " + ended);
      }
    }

    Counted count() throws InterruptedException {
      orders.println("count");
      Counted counted = counts.poll(20, TimeUnit.SECONDS);
      if (counted == null) {
        throw new IllegalStateException("the receiver does not answer");
      }
      return counted;
    }

    @Override
    public void close() {
      orders.println("end");
      process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join().destroyForcibly();
    }
  }

  private static BufferedReader reader(java.io.InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }

  /** Sends whenever there is room. */
  private static final class Sender implements PeerListener, DataChannel.Listener {
    final NettyEventLoop loop;
    final Remote remote;
    final ByteBuf message;
    final LongAdder sent = new LongAdder();
    final CompletableFuture<Boolean> opened = new CompletableFuture<>();
    @Nullable PeerConnection connection;
    @Nullable DataChannel channel;

    Sender(NettyEventLoop loop, Remote remote, int size) {
      this.loop = loop;
      this.remote = remote;
      this.message = Unpooled.directBuffer(size).writeZero(size);
    }

    void connect(PeerConfig config) throws Exception {
      PeerConnection made = PeerConnection.offer(loop, config, this);
      connection = made;
      String answer = remote.answer.get(20, TimeUnit.SECONDS);
      loop.execute(() -> made.acceptAnswer(answer));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!opened.isDone() && System.nanoTime() < deadline) {
        String line = remote.candidates.poll(100, TimeUnit.MILLISECONDS);
        if (line != null) {
          loop.execute(() -> made.addRemoteCandidate(line));
        }
      }
      opened.get(1, TimeUnit.MILLISECONDS);
    }

    void close() throws Exception {
      CompletableFuture.runAsync(
              () -> {
                if (connection != null) {
                  connection.close();
                }
              },
              loop)
          .get(20, TimeUnit.SECONDS);
    }

    private void pump() {
      while (channel != null && channel.send(message.retainedDuplicate())) {
        sent.increment();
      }
    }

    @Override
    public void localDescription(String sdp) {
      remote.orders.println("offer " + encoded(sdp));
    }

    @Override
    public void localCandidate(String line) {
      remote.orders.println("candidate " + line);
    }

    @Override
    public void open(DataChannel open) {
      channel = open;
      open.listener(this);
      opened.complete(true);
      loop.execute(this::pump);
    }

    @Override
    public void onWritable() {
      pump();
    }

    @Override
    public void onMessage(ByteBuf unexpected) {
      unexpected.release();
    }

    @Override
    public void closed(String why) {
      System.err.println("closed: " + why);
    }
  }

  /** The second process: answers the offer and counts. */
  private static final class Receiver implements PeerListener, DataChannel.Listener {
    final LongAdder bytes = new LongAdder();

    static void main(int packet) throws IOException {
      NettyLoops loops = new NettyLoops(1);
      NettyEventLoop loop = loops.next();
      Receiver receiver = new Receiver();
      BufferedReader lines = reader(System.in);
      PeerConnection connection = null;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", 2);
        PeerConnection known = connection;
        switch (words[0]) {
          case "offer" ->
              connection = PeerConnection.answer(loop, config(packet), decoded(words[1]), receiver);
          case "candidate" -> {
            if (known != null) {
              loop.execute(() -> known.addRemoteCandidate(words[1]));
            }
          }
          case "count" ->
              System.out.println(
                  "counted " + receiver.bytes.sum() + " " + System.nanoTime() + " " + processCpu());
          default -> {
            loops.close();
            return;
          }
        }
      }
      loops.close();
    }

    @Override
    public void localDescription(String sdp) {
      System.out.println("description " + encoded(sdp));
    }

    @Override
    public void localCandidate(String line) {
      System.out.println("candidate " + line);
    }

    @Override
    public void open(DataChannel channel) {
      channel.listener(this);
    }

    @Override
    public void onMessage(ByteBuf message) {
      bytes.add(message.readableBytes());
      message.release();
    }

    @Override
    public void closed(String why) {}
  }
}
