// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntPredicate;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;
import tollway.wire.SigningRule;
import tollway.wire.Unverified;

/**
 * How many datagrams a second one thread deals with, in each of the ways that they end. Arguments:
 * seconds for each figure (default 2), after half as long to warm up.
 */
final class WireBench {
  private static final int COUNT = 256;

  private final List<Identity> neighbours = new ArrayList<>();
  private final List<LinkMessage> messages = new ArrayList<>();
  private final List<Bytes> datagrams = new ArrayList<>();
  private final List<byte[]> texts = new ArrayList<>();
  private final List<byte[]> signatures = new ArrayList<>();
  private final List<Bytes> garbage = new ArrayList<>();
  private final Map<NodeId, Long> marks = new HashMap<>();

  private WireBench() throws MalformedBytesException {
    Random random = new Random(8481);
    for (int i = 0; i < COUNT; i++) {
      byte[] seed = new byte[Identity.SEED_SIZE];
      random.nextBytes(seed);
      Identity identity = Identity.ofSeed(Bytes.of(seed));
      neighbours.add(identity);
      LinkMessage hello =
          new LinkMessage.Hello(
              identity.nodeId(),
              Endpoint.parse("[fe80::7015:b9ff:feb0:6%x%%eth0]:8481".formatted(i + 16)),
              1_795_244_902_128_635L + i);
      messages.add(hello);
      datagrams.add(LinkCodec.sign(hello, identity));
      texts.add(LinkCodec.format(hello).getBytes(StandardCharsets.US_ASCII));
      signatures.add(identity.sign(Bytes.of(texts.get(i))).toArray());
      marks.put(identity.nodeId(), hello.seqno());
      garbage.add(garbage(random, i));
    }
  }

  /**
   * By turns: noise, text that is no message, and a message with a character in its key that is not
   * base64.
   */
  private Bytes garbage(Random random, int i) {
    byte[] bytes = datagrams.get(i).toArray();
    switch (i % 3) {
      case 0 -> random.nextBytes(bytes);
      case 1 -> bytes = "GET / HTTP/1.1\r\n\r\n".repeat(10).getBytes(StandardCharsets.US_ASCII);
      default -> bytes[20 + random.nextInt(30)] = '!';
    }
    return Bytes.of(bytes);
  }

  public static void main(String[] arguments) throws Exception {
    double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 2;
    WireBench bench = new WireBench();
    measure("bare_verify", 0, seconds, bench::bareVerify);
    measure("sign", 10_000, seconds, bench::sign);
    measure("verify_known", 9_000, seconds, bench::verifyKnown);
    measure("verify_stranger", 0, seconds, bench::verifyStranger);
    measure("drop_garbage", 200_000, seconds, bench::dropGarbage);
    measure("drop_replay", 200_000, seconds, bench::dropReplay);
  }

  /** What any program pays that verifies with this library: the anchor of the others. */
  private boolean bareVerify(int i) {
    byte[] text = texts.get(i);
    return Ed25519.verify(
        signatures.get(i), 0, neighbours.get(i).nodeId().key().toArray(), 0, text, 0, text.length);
  }

  private boolean sign(int i) {
    return LinkCodec.sign(messages.get(i), neighbours.get(i)).size() > 0;
  }

  private boolean verifyKnown(int i) {
    try {
      return LinkCodec.parse(datagrams.get(i), "eth0")
              .verifyKnown(neighbours.get(i).nodeId(), SigningRule.DEFAULT)
              .seqno()
          != 0;
    } catch (MalformedBytesException unexpected) {
      return false;
    }
  }

  private boolean verifyStranger(int i) {
    try {
      return LinkCodec.parse(datagrams.get(i), "eth0").verify().seqno() != 0;
    } catch (MalformedBytesException unexpected) {
      return false;
    }
  }

  private boolean dropGarbage(int i) {
    try {
      return LinkCodec.parse(garbage.get(i), "eth0") == null;
    } catch (MalformedBytesException expected) {
      return true;
    }
  }

  private boolean dropReplay(int i) {
    try {
      Unverified unverified = LinkCodec.parse(datagrams.get(i), "eth0");
      @Nullable Long mark = marks.get(unverified.claimedSender());
      return mark != null && Long.compareUnsigned(unverified.claimedSeqno(), mark) <= 0;
    } catch (MalformedBytesException unexpected) {
      return false;
    }
  }

  private static void measure(String what, long target, double seconds, IntPredicate work) {
    run(seconds / 2, work);
    long begun = System.nanoTime();
    long done = run(seconds, work);
    double took = (System.nanoTime() - begun) / 1e9;
    JsonObject figure = new JsonObject();
    figure.addProperty("benchmark", "wire");
    figure.addProperty("what", what);
    figure.addProperty("per_second", Math.round(done / took));
    if (target > 0) {
      figure.addProperty("target", target);
    }
    figure.addProperty("count", done);
    System.out.println(figure);
  }

  private static long run(double seconds, IntPredicate work) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long done = 0;
    while (System.nanoTime() < end) {
      for (int i = 0; i < COUNT; i++) {
        if (!work.test(i)) {
          throw new IllegalStateException("the work was not done");
        }
      }
      done += COUNT;
    }
    return done;
  }
}
