// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.proto.reach.HelloExtensionMessage;
import tollway.proto.reach.HelloMessage;
import tollway.proto.reach.ListMessage;
import tollway.proto.reach.SignedListMessage;
import tollway.webrtc.dtls.HelloExtension;
import tollway.webrtc.dtls.HelloProfile;

/** Signed lists to bytes and back. */
public final class SignedListCodec {
  private static final String NO_LIST =
      "not a signed list, or damaged: give one that 'freddie list sign' made";
  private static final Bytes CONTEXT = Bytes.ofUtf8("tollway-list-v1");

  private SignedListCodec() {}

  public static SignedList sign(ReachList list, Identity signer) {
    Bytes bytes =
        Bytes.of(
            ListMessage.newBuilder()
                .setNumber(list.number())
                .setIssued(list.issued().getEpochSecond())
                .setExpires(list.expires().getEpochSecond())
                .addAllFreddie(list.freddies())
                .addAllStun(list.stun())
                .addAllHello(list.hellos().stream().map(SignedListCodec::hello).toList())
                .build()
                .toByteArray());
    SignedListMessage message =
        SignedListMessage.newBuilder()
            .setSigner(string(signer.nodeId().key()))
            .setList(string(bytes))
            .setSignature(string(signer.sign(CONTEXT.plus(bytes))))
            .build();
    return new SignedList(signer.nodeId(), list, Bytes.of(message.toByteArray()), List.of());
  }

  /**
   * Checks the signature first. Freddies of a kind that is not known here are left out, and hellos
   * that could not work here.
   */
  public static SignedList decode(Bytes document) throws MalformedBytesException {
    if (document.size() > ReachList.SIZE_LIMIT) {
      throw new MalformedBytesException("too long for a signed list");
    }
    try {
      SignedListMessage message = SignedListMessage.parseFrom(document.toArray());
      if (message.getSigner().size() != NodeId.SIZE || message.getList().isEmpty()) {
        throw new MalformedBytesException(NO_LIST); // As an empty file.
      }
      NodeId signer = NodeId.of(bytes(message.getSigner()));
      Bytes list = bytes(message.getList());
      Bytes signature = bytes(message.getSignature());
      if (signature.size() != Identity.SIGNATURE_SIZE
          || !signer.verify(CONTEXT.plus(list), signature)) {
        throw new MalformedBytesException("the signature of the list is wrong");
      }
      return read(signer, ListMessage.parseFrom(list.toArray()), document);
    } catch (InvalidProtocolBufferException wrong) {
      // What the parser says is for those who write parsers.
      throw new MalformedBytesException(NO_LIST);
    }
  }

  private static SignedList read(NodeId signer, ListMessage list, Bytes document)
      throws MalformedBytesException {
    if (list.getFreddieCount() > ReachList.MOST
        || list.getStunCount() > ReachList.MOST
        || list.getHelloCount() > ReachList.MOST_HELLOS) {
      throw new MalformedBytesException("the list has too many entries");
    }
    List<HelloProfile> hellos = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    int number = 0;
    for (HelloMessage each : list.getHelloList()) {
      number++;
      try {
        hellos.add(hello(each));
      } catch (IllegalArgumentException unusable) {
        leftOut.add("hello %d: %s".formatted(number, unusable.getMessage()));
      }
    }
    try {
      ReachList read =
          new ReachList(
              list.getNumber(),
              time(list.getIssued()),
              time(list.getExpires()),
              list.getFreddieList().stream().filter(ReachList::isFreddie).toList(),
              list.getStunList().stream().filter(ReachList::isStun).toList(),
              hellos);
      return new SignedList(signer, read, document, leftOut);
    } catch (IllegalArgumentException wrong) {
      throw new MalformedBytesException("the list makes no sense: " + wrong.getMessage());
    }
  }

  private static HelloMessage hello(HelloProfile hello) {
    HelloMessage.Builder message =
        HelloMessage.newBuilder()
            .setWeight(hello.weight())
            .setShuffled(hello.shuffled())
            .addAllSuite(hello.suites())
            .addAllGroup(hello.groups())
            .addAllScheme(hello.schemes());
    for (HelloExtension each : hello.extensions()) {
      message.addExtension(
          HelloExtensionMessage.newBuilder().setType(each.type()).setBody(string(each.body())));
    }
    return message.build();
  }

  private static HelloProfile hello(HelloMessage message) {
    return new HelloProfile(
        message.getWeight(),
        message.getShuffled(),
        message.getSuiteList(),
        message.getGroupList(),
        message.getSchemeList(),
        message.getExtensionList().stream()
            .map(each -> new HelloExtension(each.getType(), bytes(each.getBody())))
            .toList());
  }

  /** Far beyond any clock would be no time at all. */
  private static Instant time(long seconds) throws MalformedBytesException {
    if (seconds < 0 || seconds > Duration.ofDays(1_000_000).toSeconds()) {
      throw new MalformedBytesException("the list is of no time");
    }
    return Instant.ofEpochSecond(seconds);
  }

  private static ByteString string(Bytes bytes) {
    return ByteString.copyFrom(bytes.toBuffer());
  }

  private static Bytes bytes(ByteString string) {
    return Bytes.of(string.asReadOnlyByteBuffer());
  }
}
