// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Optional;
import tollway.bus.Bus;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.proto.colleagues.ColleaguesProto;
import tollway.proto.signaling.SignalingProto;
import tollway.signaling.SealKey;
import tollway.signaling.SignalingCodec;
import tollway.stun.NatMapping;

/** Letters to bytes and back: protobuf, laid out in {@code colleagues.proto}. */
final class LetterCodec {
  private LetterCodec() {}

  static Bytes encode(Letter letter) {
    ColleaguesProto.Letter.Builder out =
        ColleaguesProto.Letter.newBuilder().setVersion(Letter.VERSION).setFrom(letter.from());
    Letter.Body body = letter.body();
    if (body instanceof Letter.Here here) {
      out.getHereBuilder()
          .setAsks(here.asks())
          .setDraining(here.draining())
          .setSaltBirth(here.salt().birth())
          .setSalt(string(here.salt().salt()));
    } else if (body instanceof Letter.Gone) {
      out.getGoneBuilder();
    } else if (body instanceof Letter.Wanted wanted) {
      encode(wanted, out.getWantedBuilder());
    } else if (body instanceof Letter.Settled settled) {
      out.getSettledBuilder().setWish(settled.wish());
    } else if (body instanceof Letter.Speaks speaks) {
      out.getSpeaksBuilder().setProducer(string(speaks.producer().key()));
    } else if (body instanceof Letter.Met met) {
      ColleaguesProto.Met.Builder in = out.getMetBuilder();
      in.setConsumer(string(met.consumer().key())).setVolunteer(met.volunteer());
      met.site().ifPresent(site -> in.setSite(prefix(site)));
    } else if (body instanceof Letter.Failed failed) {
      out.getFailedBuilder()
          .setConsumer(string(failed.consumer().key()))
          .setProducer(string(failed.producer().key()));
    } else if (body instanceof Letter.Offer offer) {
      encode(offer, out.getOfferBuilder());
    } else if (body instanceof Letter.Accept accept) {
      out.getAcceptBuilder().setMatch(accept.match());
    } else if (body instanceof Letter.Release release) {
      out.getReleaseBuilder().setMatch(release.match()).setUnfit(release.unfit());
    } else if (body instanceof Letter.Relay relay) {
      out.getRelayBuilder().setSignal(string(SignalingCodec.encode(relay.signal())));
    } else {
      throw new IllegalStateException("no encoding for " + body);
    }
    return Bytes.of(out.build().toByteArray());
  }

  /** Empty for what an instance of another version says. Tolerates unknown fields. */
  static Optional<Letter> decode(Bytes bytes) throws MalformedBytesException {
    if (bytes.size() > Bus.SIZE_LIMIT) {
      throw new MalformedBytesException("a letter has at most 16 KiB");
    }
    try {
      ColleaguesProto.Letter in = ColleaguesProto.Letter.parseFrom(bytes.toBuffer());
      return in.getVersion() == Letter.VERSION
          ? Optional.of(new Letter(in.getFrom(), body(in)))
          : Optional.empty();
    } catch (InvalidProtocolBufferException | IllegalArgumentException wrong) {
      throw new MalformedBytesException("not a letter: " + wrong.getMessage(), wrong);
    }
  }

  private static void encode(Letter.Wanted wanted, ColleaguesProto.Wanted.Builder out) {
    out.setWish(wanted.wish())
        .setConsumer(string(wanted.consumer().key()))
        .setEgress(string(wanted.egress().key()))
        .setCount(wanted.count())
        .setLeast(wanted.least())
        .setMost(wanted.most())
        .setNat(SignalingProto.Nat.valueOf("NAT_" + wanted.nat()));
    wanted.host().ifPresent(mark -> out.setHost(string(mark)));
    wanted.from().site().ifPresent(site -> out.setSite(prefix(site)));
    wanted.from().network().ifPresent(network -> out.setNetwork(prefix(network)));
    wanted.exclude().forEach(node -> out.addExclude(string(node.key())));
  }

  private static void encode(Letter.Offer offer, ColleaguesProto.Offer.Builder out) {
    out.setMatch(offer.match())
        .setWish(offer.wish())
        .setProducer(string(offer.producer().key()))
        .setSeal(
            SignalingProto.SealKey.newBuilder()
                .setKey(string(offer.seal().key()))
                .setSignature(string(offer.seal().signature())))
        .setDistance(offer.distance());
    offer.host().ifPresent(mark -> out.setHost(string(mark)));
    offer.network().ifPresent(network -> out.setNetwork(prefix(network)));
  }

  private static Letter.Body body(ColleaguesProto.Letter in) throws MalformedBytesException {
    return switch (in.getBodyCase()) {
      case HERE ->
          new Letter.Here(
              in.getHere().getAsks(),
              in.getHere().getDraining(),
              new HostSalt(in.getHere().getSaltBirth(), bytes(in.getHere().getSalt())));
      case GONE -> new Letter.Gone();
      case WANTED -> wanted(in.getWanted());
      case SETTLED -> new Letter.Settled(in.getSettled().getWish());
      case SPEAKS -> new Letter.Speaks(node(in.getSpeaks().getProducer()));
      case MET ->
          new Letter.Met(
              node(in.getMet().getConsumer()),
              in.getMet().hasSite() ? prefix(in.getMet().getSite()) : Optional.empty(),
              in.getMet().getVolunteer());
      case FAILED ->
          new Letter.Failed(node(in.getFailed().getConsumer()), node(in.getFailed().getProducer()));
      case OFFER -> offer(in.getOffer());
      case ACCEPT -> new Letter.Accept(in.getAccept().getMatch());
      case RELEASE -> new Letter.Release(in.getRelease().getMatch(), in.getRelease().getUnfit());
      case RELAY ->
          new Letter.Relay(SignalingCodec.decode(in.getRelay().getSignal().asReadOnlyByteBuffer()));
      case BODY_NOT_SET -> throw new MalformedBytesException("a letter without a known body");
    };
  }

  private static Letter.Wanted wanted(ColleaguesProto.Wanted in) {
    return new Letter.Wanted(
        in.getWish(),
        node(in.getConsumer()),
        node(in.getEgress()),
        in.getCount(),
        in.getLeast(),
        in.getMost(),
        nat(in.getNat()),
        optional(in.getHost()),
        new Origin(
            in.hasSite() ? prefix(in.getSite()) : Optional.empty(),
            in.hasNetwork() ? prefix(in.getNetwork()) : Optional.empty()),
        in.getExcludeCount() > Letter.MAX_EXCLUDED
            ? tooMany()
            : in.getExcludeList().stream().map(LetterCodec::node).toList());
  }

  private static List<NodeId> tooMany() {
    throw new IllegalArgumentException("too many excluded peers");
  }

  private static Letter.Offer offer(ColleaguesProto.Offer in) {
    return new Letter.Offer(
        in.getMatch(),
        in.getWish(),
        node(in.getProducer()),
        new SealKey(bytes(in.getSeal().getKey()), bytes(in.getSeal().getSignature())),
        in.getDistance(),
        optional(in.getHost()),
        in.hasNetwork() ? prefix(in.getNetwork()) : Optional.empty());
  }

  private static Optional<Origin.Prefix> prefix(ColleaguesProto.Prefix in) {
    return Optional.of(new Origin.Prefix(in.getIpv6(), in.getBits()));
  }

  private static ColleaguesProto.Prefix prefix(Origin.Prefix prefix) {
    return ColleaguesProto.Prefix.newBuilder()
        .setIpv6(prefix.ipv6())
        .setBits(prefix.bits())
        .build();
  }

  /** Whoever speaks to the client has checked its key, which takes a tenth of a millisecond. */
  private static NodeId node(ByteString key) {
    return new NodeId(bytes(key));
  }

  /** One that a later version names is unknown. */
  private static NatMapping nat(SignalingProto.Nat in) {
    return switch (in) {
      case NAT_NONE -> NatMapping.NONE;
      case NAT_ENDPOINT_INDEPENDENT -> NatMapping.ENDPOINT_INDEPENDENT;
      case NAT_ENDPOINT_DEPENDENT -> NatMapping.ENDPOINT_DEPENDENT;
      default -> NatMapping.UNKNOWN;
    };
  }

  private static Optional<Bytes> optional(ByteString in) {
    return in.isEmpty() ? Optional.empty() : Optional.of(bytes(in));
  }

  private static Bytes bytes(ByteString in) {
    return Bytes.of(in.toByteArray());
  }

  private static ByteString string(Bytes in) {
    return ByteString.copyFrom(in.toArray());
  }
}
