// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.link.LinkConfig;
import tollway.link.LinkDatagram;
import tollway.link.LinkInterface;
import tollway.link.LinkListener;
import tollway.link.LinkSocket;
import tollway.loop.EventLoop;
import tollway.loop.ThreadEventLoop;
import tollway.seqno.SeqnoSource;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;
import tollway.wire.MalformedMessageException;

/**
 * A neighbour for {@link WireHelloIT}: confirms every hello that verifies to its control address.
 * Arguments: {@code honest}, {@code forging} (signs with another's key) or {@code silent}, and the
 * interfaces.
 */
final class HelloResponder implements LinkListener {
  static final Identity BOB = Identity.ofSeed(Bytes.ofUtf8("bob-bob-bob-bob-bob-bob-bob-bob!"));
  private static final Identity MALLORY =
      Identity.ofSeed(Bytes.ofUtf8("mallory-mallory-mallory-mallory!"));

  private final EventLoop loop;
  private final String manner;
  private final LinkSocket socket;

  private HelloResponder(EventLoop loop, String manner, List<String> interfaces)
      throws IOException {
    this.loop = loop;
    this.manner = manner;
    socket = LinkSocket.open(loop, LinkConfig.wellKnown(interfaces, LinkCodec.SIZE_LIMIT), this);
  }

  public static void main(String[] arguments) throws Exception {
    List<String> interfaces = List.of(arguments).subList(1, arguments.length);
    ThreadEventLoop loop = new ThreadEventLoop("responder");
    CompletableFuture<HelloResponder> opened = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            opened.complete(new HelloResponder(loop, arguments[0], interfaces));
          } catch (IOException refused) {
            opened.completeExceptionally(refused);
          }
        });
    opened.get();
    System.in.transferTo(System.out);
  }

  @Override
  public void datagram(LinkDatagram datagram) {
    try {
      LinkInterface on = datagram.on();
      LinkMessage message = LinkCodec.parse(datagram.payload(), on.name()).verify();
      if (message instanceof LinkMessage.Hello hello && !manner.equals("silent")) {
        socket.send(confirm(on), hello.controlAddress().toSocketAddress(on.index()));
      }
    } catch (MalformedMessageException refused) {
      System.out.println("refused " + refused.fault());
    }
  }

  private Bytes confirm(LinkInterface on) {
    Endpoint control = new Endpoint(on.linkLocal(), on.name(), LinkConfig.PORT);
    LinkMessage confirm =
        new LinkMessage.HelloConfirm(BOB.nodeId(), control, SeqnoSource.ofClock(loop.now()));
    if (manner.equals("honest")) {
      return LinkCodec.sign(confirm, BOB);
    }
    String text = LinkCodec.format(confirm);
    return Bytes.ofUtf8(text + " " + MALLORY.sign(Bytes.ofUtf8(text)).base64());
  }

  @Override
  public void up(LinkInterface on) {
    System.out.println("up " + on.name());
  }

  @Override
  public void down(LinkInterface on) {
    System.out.println("down " + on.name());
  }
}
