// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.proto.signaling.SignalingProto;

/** Polls and their answers to bytes and back: protobuf, laid out in {@code signaling.proto}. */
public final class PollCodec {
  private PollCodec() {}

  public static Bytes encode(Poll poll) {
    SignalingProto.Poll.Builder out =
        SignalingProto.Poll.newBuilder()
            .setFirst(poll.first())
            .setHeard(poll.heard())
            .setPatience(poll.patience())
            .setLeave(poll.leave());
    poll.session().ifPresent(session -> out.setSession(string(session)));
    poll.signals().forEach(signal -> out.addSignals(string(signal)));
    return Bytes.of(out.build().toByteArray());
  }

  public static Bytes encode(PollAnswer answer) {
    SignalingProto.PollAnswer.Builder out =
        SignalingProto.PollAnswer.newBuilder().setFirst(answer.first()).setHeard(answer.heard());
    answer.session().ifPresent(session -> out.setSession(string(session)));
    answer.signals().forEach(signal -> out.addSignals(string(signal)));
    return Bytes.of(out.build().toByteArray());
  }

  public static Poll decodePoll(ByteBuffer bytes) throws MalformedBytesException {
    checkSize(bytes);
    try {
      SignalingProto.Poll in = SignalingProto.Poll.parseFrom(bytes.duplicate());
      return new Poll(
          session(in.getSession()),
          in.getFirst(),
          in.getHeard(),
          in.getPatience(),
          in.getLeave(),
          signals(in.getSignalsList()));
    } catch (InvalidProtocolBufferException | IllegalArgumentException wrong) {
      throw new MalformedBytesException("not a poll: " + wrong.getMessage(), wrong);
    }
  }

  public static PollAnswer decodeAnswer(ByteBuffer bytes) throws MalformedBytesException {
    checkSize(bytes);
    try {
      SignalingProto.PollAnswer in = SignalingProto.PollAnswer.parseFrom(bytes.duplicate());
      return new PollAnswer(
          session(in.getSession()), in.getFirst(), in.getHeard(), signals(in.getSignalsList()));
    } catch (InvalidProtocolBufferException | IllegalArgumentException wrong) {
      throw new MalformedBytesException("not a poll's answer: " + wrong.getMessage(), wrong);
    }
  }

  private static void checkSize(ByteBuffer bytes) throws MalformedBytesException {
    if (bytes.remaining() > Poll.SIZE_LIMIT) {
      throw new MalformedBytesException("a poll and its answer have at most 32 KiB");
    }
  }

  private static Optional<Bytes> session(ByteString in) {
    return in.isEmpty() ? Optional.empty() : Optional.of(Bytes.of(in.toByteArray()));
  }

  private static List<Bytes> signals(List<ByteString> in) {
    if (in.size() > Poll.MOST_SIGNALS) {
      throw new IllegalArgumentException("too many signals at once");
    }
    return in.stream().map(each -> Bytes.of(each.toByteArray())).toList();
  }

  private static ByteString string(Bytes in) {
    return ByteString.copyFrom(in.toArray());
  }
}
