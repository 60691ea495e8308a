// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.time.Instant;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.proto.reach.ListMessage;
import tollway.proto.reach.SignedListMessage;

/** Signed lists to bytes and back. */
public final class SignedListCodec {
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
                .build()
                .toByteArray());
    SignedListMessage message =
        SignedListMessage.newBuilder()
            .setSigner(string(signer.nodeId().key()))
            .setList(string(bytes))
            .setSignature(string(signer.sign(CONTEXT.plus(bytes))))
            .build();
    return new SignedList(signer.nodeId(), list, Bytes.of(message.toByteArray()));
  }

  /** Checks the signature first. Freddies of a kind that is not known here are left out. */
  public static SignedList decode(Bytes document) throws MalformedBytesException {
    if (document.size() > ReachList.SIZE_LIMIT) {
      throw new MalformedBytesException("too long for a list");
    }
    try {
      SignedListMessage message = SignedListMessage.parseFrom(document.toArray());
      NodeId signer = NodeId.of(bytes(message.getSigner()));
      Bytes list = bytes(message.getList());
      Bytes signature = bytes(message.getSignature());
      if (signature.size() != Identity.SIGNATURE_SIZE
          || !signer.verify(CONTEXT.plus(list), signature)) {
        throw new MalformedBytesException("the signature of the list is wrong");
      }
      return new SignedList(signer, read(list), document);
    } catch (InvalidProtocolBufferException wrong) {
      throw new MalformedBytesException("no list: " + wrong.getMessage());
    }
  }

  private static ReachList read(Bytes bytes)
      throws InvalidProtocolBufferException, MalformedBytesException {
    ListMessage list = ListMessage.parseFrom(bytes.toArray());
    if (list.getFreddieCount() > ReachList.MOST || list.getStunCount() > ReachList.MOST) {
      throw new MalformedBytesException("the list has too many entries");
    }
    try {
      return new ReachList(
          list.getNumber(),
          time(list.getIssued()),
          time(list.getExpires()),
          list.getFreddieList().stream().filter(ReachList::isFreddie).toList(),
          list.getStunList().stream().filter(ReachList::isStun).toList());
    } catch (IllegalArgumentException wrong) {
      throw new MalformedBytesException("the list makes no sense: " + wrong.getMessage());
    }
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
