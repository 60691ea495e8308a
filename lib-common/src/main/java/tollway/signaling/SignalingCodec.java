// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.proto.signaling.SignalingProto;
import tollway.stun.NatMapping;

/** Signals to bytes and back: protobuf, laid out in {@code signaling.proto}. */
public final class SignalingCodec {
  private SignalingCodec() {}

  public static Bytes encode(Signal signal) {
    SignalingProto.Signal.Builder out = SignalingProto.Signal.newBuilder();
    if (signal instanceof Signal.Challenge challenge) {
      SignalingProto.Challenge.Builder body = out.getChallengeBuilder();
      body.setVersion(challenge.version())
          .setNonce(string(challenge.nonce()))
          .setSeed(string(challenge.seed()))
          .setEffort(challenge.effort());
      challenge.hostSalt().ifPresent(salt -> body.setHostSalt(string(salt)));
    } else if (signal instanceof Signal.Hello hello) {
      SignalingProto.Hello.Builder body = out.getHelloBuilder();
      body.setVersion(hello.version())
          .setNodeId(string(hello.node().key()))
          .setSignature(string(hello.signature()));
      hello.host().ifPresent(mark -> body.setHost(string(mark)));
      hello.session().ifPresent(id -> body.setSession(string(id)));
      hello.solution().ifPresent(solution -> body.setSolution(string(solution.encoded())));
    } else if (signal instanceof Signal.Welcome welcome) {
      out.getWelcomeBuilder().addAllStun(welcome.stun());
    } else if (signal instanceof Signal.Slots slots) {
      out.getSlotsBuilder()
          .setAdvert(string(slots.advert().serialized()))
          .setSignature(string(slots.advert().signature()))
          .setSeal(seal(slots.seal()));
    } else if (signal instanceof Signal.PeerRequest request) {
      SignalingProto.PeerRequest.Builder body = out.getPeerRequestBuilder();
      body.setCount(request.count()).setEgress(string(request.egress().key()));
      body.setLeastDistance(request.least()).setMostDistance(request.most());
      body.setNat(nat(request.nat()));
      request.exclude().forEach(node -> body.addExclude(string(node.key())));
    } else if (signal instanceof Signal.OnwardRequest request) {
      SignalingProto.OnwardRequest.Builder body = out.getOnwardRequestBuilder();
      body.setMatch(request.match());
      request.exclude().forEach(node -> body.addExclude(string(node.key())));
    } else if (signal instanceof Signal.Matched matched) {
      SignalingProto.Matched.Builder body = out.getMatchedBuilder();
      body.setMatch(matched.match())
          .setRole(SignalingProto.Role.forNumber(matched.role() == Signal.Role.CONSUMER ? 1 : 2))
          .setPeer(string(matched.peer().key()))
          .setEgress(string(matched.egress().key()))
          .setDistance(matched.distance());
      matched.onwardOf().ifPresent(body::setOnwardOf);
      matched.seal().ifPresent(key -> body.setSeal(seal(key)));
    } else if (signal instanceof Signal.Refusal refusal) {
      out.getRefusalBuilder()
          .setCode(SignalingProto.Refusal.Code.valueOf(refusal.code().name()))
          .setRetryAfterSeconds(refusal.retryAfterSeconds())
          .setText(refusal.text());
    } else if (signal instanceof Signal.Sealed sealed) {
      out.getSealedBuilder()
          .setMatch(sealed.match())
          .setNumber(sealed.number())
          .setOpening(string(sealed.opening()))
          .setText(string(sealed.text()));
    } else if (signal instanceof Signal.Description description) {
      out.getDescriptionBuilder()
          .setMatch(description.match())
          .setKind(SignalingProto.Kind.valueOf(description.kind().name()))
          .setSdp(description.sdp());
    } else if (signal instanceof Signal.Candidate candidate) {
      out.getCandidateBuilder().setMatch(candidate.match()).setLine(candidate.line());
    } else if (signal instanceof Signal.HangUp hangUp) {
      out.getHangUpBuilder()
          .setMatch(hangUp.match())
          .setWhy(hangUp.why())
          .setFailed(hangUp.failed());
    } else {
      throw new IllegalStateException("no encoding for " + signal);
    }
    return Bytes.of(out.build().toByteArray());
  }

  /** Tolerates unknown fields, but not an unknown message. */
  public static Signal decode(ByteBuffer bytes) throws MalformedBytesException {
    if (bytes.remaining() > Signal.SIZE_LIMIT) {
      throw new MalformedBytesException("a signal has at most 16 KiB");
    }
    try {
      return signal(SignalingProto.Signal.parseFrom(bytes.duplicate()));
    } catch (InvalidProtocolBufferException | IllegalArgumentException wrong) {
      throw new MalformedBytesException("not a signal: " + wrong.getMessage(), wrong);
    }
  }

  static Bytes encode(Advert advert) {
    SignalingProto.Advert.Builder out =
        SignalingProto.Advert.newBuilder()
            .setSlots(advert.slots())
            .setTag(advert.tag())
            .setNat(nat(advert.nat()));
    for (Endpoint yes : advert.paths().allow()) {
      if (yes.egress().isPresent() && yes.equals(Endpoint.connected(yes.egress().get()))) {
        out.addEgresses(string(yes.egress().get().key()));
      } else {
        out.addAllow(endpoint(yes));
      }
    }
    advert.paths().deny().forEach(no -> out.addDeny(endpoint(no)));
    return Bytes.of(out.build().toByteArray());
  }

  static Advert decodeAdvert(Bytes serialized) throws MalformedBytesException {
    try {
      SignalingProto.Advert advert = SignalingProto.Advert.parseFrom(serialized.toArray());
      int endpoints = advert.getEgressesCount() + advert.getAllowCount() + advert.getDenyCount();
      if (advert.getEgressesCount() > Advert.MAX_EGRESSES
          || endpoints > PathAssertion.MAX_ENDPOINTS) {
        throw new MalformedBytesException("an advert names too many egresses");
      }
      List<Endpoint> allow = endpoints(advert.getAllowList());
      nodes(advert.getEgressesList()).forEach(egress -> allow.add(Endpoint.connected(egress)));
      return new Advert(
          advert.getSlots(),
          new PathAssertion(allow, endpoints(advert.getDenyList())),
          advert.getTag(),
          nat(advert.getNat()));
    } catch (InvalidProtocolBufferException | IllegalArgumentException wrong) {
      throw new MalformedBytesException("not an advert: " + wrong.getMessage(), wrong);
    }
  }

  private static Signal signal(SignalingProto.Signal in) throws MalformedBytesException {
    return switch (in.getBodyCase()) {
      case CHALLENGE -> challenge(in.getChallenge());
      case HELLO -> hello(in.getHello());
      case WELCOME -> new Signal.Welcome(in.getWelcome().getStunList());
      case SLOTS ->
          new Signal.Slots(
              new SignedAdvert(
                  bytes(in.getSlots().getAdvert()), bytes(in.getSlots().getSignature())),
              seal(in.getSlots().getSeal()));
      case PEER_REQUEST -> request(in.getPeerRequest());
      case ONWARD_REQUEST -> request(in.getOnwardRequest());
      case MATCHED -> matched(in.getMatched());
      case REFUSAL -> refusal(in.getRefusal());
      case SEALED ->
          new Signal.Sealed(
              in.getSealed().getMatch(),
              in.getSealed().getNumber(),
              bytes(in.getSealed().getOpening()),
              bytes(in.getSealed().getText()));
      case DESCRIPTION -> description(in.getDescription());
      case CANDIDATE ->
          new Signal.Candidate(in.getCandidate().getMatch(), in.getCandidate().getLine());
      case HANG_UP ->
          new Signal.HangUp(
              in.getHangUp().getMatch(), in.getHangUp().getWhy(), in.getHangUp().getFailed());
      case BODY_NOT_SET -> throw new MalformedBytesException("a signal without a known body");
    };
  }

  private static Signal challenge(SignalingProto.Challenge in) {
    return new Signal.Challenge(
        in.getVersion(),
        bytes(in.getNonce()),
        bytes(in.getSeed()),
        in.getEffort(),
        optional(in.getHostSalt()));
  }

  private static Signal hello(SignalingProto.Hello in) throws MalformedBytesException {
    return new Signal.Hello(
        in.getVersion(),
        node(in.getNodeId()),
        bytes(in.getSignature()),
        in.getSolution().isEmpty()
            ? Optional.empty()
            : Optional.of(Solution.of(bytes(in.getSolution()))),
        optional(in.getHost()),
        optional(in.getSession()));
  }

  private static Signal request(SignalingProto.PeerRequest in) throws MalformedBytesException {
    if (in.getExcludeCount() > Signal.MAX_EXCLUDED) {
      throw new MalformedBytesException("too many excluded peers");
    }
    return new Signal.PeerRequest(
        in.getCount(),
        node(in.getEgress()),
        nodes(in.getExcludeList()),
        in.getLeastDistance(),
        in.getMostDistance(),
        nat(in.getNat()));
  }

  private static Signal request(SignalingProto.OnwardRequest in) throws MalformedBytesException {
    if (in.getExcludeCount() > Signal.MAX_EXCLUDED) {
      throw new MalformedBytesException("too many excluded peers");
    }
    return new Signal.OnwardRequest(in.getMatch(), nodes(in.getExcludeList()));
  }

  private static Signal matched(SignalingProto.Matched in) throws MalformedBytesException {
    Signal.Role role =
        switch (in.getRole()) {
          case CONSUMER -> Signal.Role.CONSUMER;
          case PRODUCER -> Signal.Role.PRODUCER;
          default -> throw new MalformedBytesException("a match without a known role");
        };
    return new Signal.Matched(
        in.getMatch(),
        role,
        node(in.getPeer()),
        node(in.getEgress()),
        in.getDistance(),
        in.hasOnwardOf() ? Optional.of(in.getOnwardOf()) : Optional.empty(),
        in.hasSeal() ? Optional.of(seal(in.getSeal())) : Optional.empty());
  }

  private static Signal refusal(SignalingProto.Refusal in) throws MalformedBytesException {
    Signal.Code code =
        switch (in.getCode()) {
          case BAD_MESSAGE -> Signal.Code.BAD_MESSAGE;
          case BAD_PROOF -> Signal.Code.BAD_PROOF;
          case WRONG_VERSION -> Signal.Code.WRONG_VERSION;
          case TOO_MANY -> Signal.Code.TOO_MANY;
          case TOO_FAST -> Signal.Code.TOO_FAST;
          case STOPPING -> Signal.Code.STOPPING;
          case PUZZLE -> Signal.Code.PUZZLE;
          default -> throw new MalformedBytesException("a refusal without a known code");
        };
    return new Signal.Refusal(code, in.getRetryAfterSeconds(), in.getText());
  }

  private static Signal description(SignalingProto.Description in) throws MalformedBytesException {
    Signal.Kind kind =
        switch (in.getKind()) {
          case OFFER -> Signal.Kind.OFFER;
          case ANSWER -> Signal.Kind.ANSWER;
          default -> throw new MalformedBytesException("a description without a known kind");
        };
    return new Signal.Description(in.getMatch(), kind, in.getSdp());
  }

  private static SealKey seal(SignalingProto.SealKey in) {
    return new SealKey(bytes(in.getKey()), bytes(in.getSignature()));
  }

  private static SignalingProto.SealKey seal(SealKey key) {
    return SignalingProto.SealKey.newBuilder()
        .setKey(string(key.key()))
        .setSignature(string(key.signature()))
        .build();
  }

  private static SignalingProto.Endpoint endpoint(Endpoint endpoint) {
    SignalingProto.Endpoint.Builder out = SignalingProto.Endpoint.newBuilder();
    endpoint.egress().ifPresent(egress -> out.setEgress(string(egress.key())));
    return out.setDistance(endpoint.distance()).setJustInTime(endpoint.justInTime()).build();
  }

  /** A list that may grow. */
  private static List<Endpoint> endpoints(List<SignalingProto.Endpoint> all)
      throws MalformedBytesException {
    List<Endpoint> endpoints = new ArrayList<>(all.size());
    for (SignalingProto.Endpoint in : all) {
      Optional<NodeId> egress =
          in.getEgress().isEmpty() ? Optional.empty() : Optional.of(node(in.getEgress()));
      endpoints.add(new Endpoint(egress, in.getDistance(), in.getJustInTime()));
    }
    return endpoints;
  }

  private static List<NodeId> nodes(List<ByteString> keys) throws MalformedBytesException {
    List<NodeId> nodes = new ArrayList<>(keys.size());
    for (ByteString key : keys) {
      nodes.add(node(key));
    }
    return nodes;
  }

  private static NodeId node(ByteString key) throws MalformedBytesException {
    return NodeId.of(bytes(key));
  }

  private static Bytes bytes(ByteString in) {
    return Bytes.of(in.toByteArray());
  }

  private static Optional<Bytes> optional(ByteString in) {
    return in.isEmpty() ? Optional.empty() : Optional.of(bytes(in));
  }

  private static SignalingProto.Nat nat(NatMapping mapping) {
    return SignalingProto.Nat.valueOf("NAT_" + mapping);
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

  private static ByteString string(Bytes in) {
    return ByteString.copyFrom(in.toArray());
  }
}
