// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import com.google.protobuf.InvalidProtocolBufferException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.proto.pipeline.InviteMessage;

/**
 * Invites to text and back: {@code tollway1:} and base64url (RFC 4648 §5, no padding) of a protobuf
 * message and the first four bytes of the SHA-256 of prefix and message, against slips in copying.
 */
public final class InviteCodec {
  private static final String PREFIX = "tollway1:";
  private static final int TEXT_LIMIT = 16 << 10;
  private static final int CHECK_SIZE = 4;

  private InviteCodec() {}

  public static String encode(Invite invite) {
    InviteMessage.Builder message =
        InviteMessage.newBuilder()
            .setEgress(com.google.protobuf.ByteString.copyFrom(invite.egress().key().toBuffer()));
    invite.egressUrls().forEach(url -> message.addEgressUrl(url.toString()));
    invite.freddies().forEach(url -> message.addFreddieUrl(url.toString()));
    message.addAllStunServer(invite.stunServers());
    invite.token().ifPresent(message::setToken);
    Bytes payload = Bytes.of(message.build().toByteArray());
    byte[] checked = payload.plus(check(payload)).toArray();
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(checked);
  }

  /** White space is ignored wherever mail or a terminal put it. */
  public static Invite decode(String text) throws MalformedBytesException {
    if (text.length() > TEXT_LIMIT) {
      throw new MalformedBytesException("too long for an invite");
    }
    String bare = text.replaceAll("\\s+", "");
    if (!bare.startsWith(PREFIX)) {
      throw new MalformedBytesException("no invite: it does not begin with '" + PREFIX + "'");
    }
    Bytes checked = base64(bare.substring(PREFIX.length()));
    int end = checked.size() - CHECK_SIZE;
    if (end < 0) {
      throw new MalformedBytesException("the invite is cut short");
    }
    Bytes payload = checked.slice(0, end);
    if (!check(payload).equals(checked.slice(end, checked.size()))) {
      throw new MalformedBytesException(
          "the invite is mistyped or cut short: its checksum does not match");
    }
    return parse(payload);
  }

  private static Invite parse(Bytes payload) throws MalformedBytesException {
    try {
      InviteMessage message = InviteMessage.parseFrom(payload.toArray());
      return new Invite(
          NodeId.of(Bytes.of(message.getEgress().asReadOnlyByteBuffer())),
          urls(message.getEgressUrlList()),
          urls(message.getFreddieUrlList()),
          message.getStunServerList(),
          message.getToken().isEmpty() ? Optional.empty() : Optional.of(message.getToken()));
    } catch (InvalidProtocolBufferException | IllegalArgumentException wrong) {
      throw new MalformedBytesException("the invite makes no sense: " + wrong.getMessage());
    }
  }

  private static List<URI> urls(List<String> texts) throws MalformedBytesException {
    List<URI> urls = new ArrayList<>();
    for (String text : texts) {
      try {
        urls.add(new URI(text));
      } catch (URISyntaxException notAUrl) {
        throw new MalformedBytesException("the invite makes no sense: it holds a broken URL");
      }
    }
    return urls;
  }

  private static Bytes base64(String text) throws MalformedBytesException {
    try {
      byte[] decoded = Base64.getUrlDecoder().decode(text);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(decoded).equals(text)) {
        return Bytes.of(decoded);
      }
    } catch (IllegalArgumentException notBase64) {
      // Said below, as for padding and stray bits.
    }
    throw new MalformedBytesException("the invite is mistyped: a character does not belong there");
  }

  private static Bytes check(Bytes payload) {
    return Bytes.ofUtf8(PREFIX).plus(payload).sha256().slice(0, CHECK_SIZE);
  }
}
