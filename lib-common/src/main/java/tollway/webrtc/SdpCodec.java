// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.webrtc.SessionDescription.Setup;
import tollway.webrtc.dtls.Fingerprint;

/**
 * Session descriptions as browsers write and read them (RFC 8866, profile of RFC 8829), with one
 * line of our own that they skip: {@code a=x-tollway-max-packet-size}, the largest SCTP packet the
 * side takes. Browsers must not be probed for it: libwebrtc ends the connection at a DTLS record
 * larger than 2,048 bytes.
 */
final class SdpCodec {
  private static final String MAX_PACKET_SIZE = "x-tollway-max-packet-size";
  private static final int LONGEST = 64 * 1024;
  private static final int MOST_CANDIDATES = 64;
  private static final int MOST_FINGERPRINTS = 8;
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._+-]{1,64}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

  private SdpCodec() {}

  /** As Chromium writes it, line by line. */
  static String format(SessionDescription description, long sessionId) {
    StringBuilder sdp = new StringBuilder(768);
    line(sdp, "v=0");
    line(sdp, "o=- " + sessionId + " 2 IN IP4 127.0.0.1");
    line(sdp, "s=-");
    line(sdp, "t=0 0");
    line(sdp, "a=group:BUNDLE " + description.mid());
    line(sdp, "a=msid-semantic: WMS");
    if (description.iceLite()) {
      line(sdp, "a=ice-lite");
    }
    line(sdp, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel");
    line(sdp, "c=IN IP4 0.0.0.0");
    description.candidates().forEach(candidate -> line(sdp, "a=" + candidate));
    if (description.endOfCandidates()) {
      line(sdp, "a=end-of-candidates");
    }
    line(sdp, "a=ice-ufrag:" + description.ice().ufrag());
    line(sdp, "a=ice-pwd:" + description.ice().password());
    line(sdp, "a=ice-options:trickle");
    description.fingerprints().forEach(fingerprint -> line(sdp, "a=fingerprint:" + fingerprint));
    line(sdp, "a=setup:" + name(description.setup()));
    line(sdp, "a=mid:" + description.mid());
    line(sdp, "a=sctp-port:" + description.sctpPort());
    line(sdp, "a=max-message-size:" + description.maxMessageBytes());
    if (description.maxPacketBytes() > PeerConfig.BASE_PACKET_BYTES) {
      line(sdp, "a=" + MAX_PACKET_SIZE + ":" + description.maxPacketBytes());
    }
    return sdp.toString();
  }

  private static void line(StringBuilder sdp, String line) {
    sdp.append(line).append("\r\n");
  }

  private static String name(Setup setup) {
    return switch (setup) {
      case ACTIVE -> "active";
      case PASSIVE -> "passive";
      case ACTPASS -> "actpass";
    };
  }

  /** One section of data channels and nothing else; unknown attributes are skipped. */
  static SessionDescription parse(String sdp) throws MalformedBytesException {
    if (sdp.length() > LONGEST) {
      throw new MalformedBytesException("a session description longer than " + LONGEST);
    }
    String[] lines = sdp.split("\r?\n", -1);
    if (!lines[0].equals("v=0")) {
      throw new MalformedBytesException("not a session description");
    }
    Reading reading = new Reading();
    for (String line : lines) {
      if (line.startsWith("m=")) {
        reading.media(line.substring(2));
      } else if (line.startsWith("a=")) {
        reading.attribute(line.substring(2));
      }
    }
    return reading.done();
  }

  /** What has been read so far; attributes before the section hold for it unless it has its own. */
  private static final class Reading {
    private boolean inSection;
    private String mid = "0";
    private @Nullable String ufrag;
    private @Nullable String password;
    private boolean iceLite;
    private final List<Fingerprint> ofSession = new ArrayList<>();
    private final List<Fingerprint> ofSection = new ArrayList<>();
    private Setup setup = Setup.ACTPASS;
    private int sctpPort = SessionDescription.USUAL_SCTP_PORT;
    private int maxMessageBytes = SessionDescription.DEFAULT_MAX_MESSAGE_BYTES;
    private int maxPacketBytes = PeerConfig.BASE_PACKET_BYTES;
    private final List<String> candidates = new ArrayList<>();
    private boolean endOfCandidates;

    void media(String media) throws MalformedBytesException {
      String[] words = media.split(" ");
      if (inSection
          || words.length < 4
          || !words[0].equals("application")
          || !words[2].endsWith("/DTLS/SCTP")
          || !words[3].equals("webrtc-datachannel")) {
        throw new MalformedBytesException("a description with something else than data channels");
      }
      if (words[1].equals("0")) {
        throw new MalformedBytesException("the peer refuses data channels"); // RFC 8841 §9.3
      }
      inSection = true;
    }

    void attribute(String attribute) throws MalformedBytesException {
      int colon = attribute.indexOf(':');
      String name = colon < 0 ? attribute : attribute.substring(0, colon);
      String value = colon < 0 ? "" : attribute.substring(colon + 1).strip();
      switch (name) {
        case "mid" -> mid = mid(value);
        case "ice-ufrag" -> ufrag = value;
        case "ice-pwd" -> password = value;
        case "ice-lite" -> iceLite = true;
        case "fingerprint" -> fingerprint(value);
        case "setup" -> setup = setup(value);
        case "sctp-port" -> sctpPort = (int) number(value, 1, 0xffff);
        case "max-message-size" ->
            maxMessageBytes = (int) Math.min(Integer.MAX_VALUE, number(value, 0, Long.MAX_VALUE));
        case MAX_PACKET_SIZE -> maxPacketBytes = packetSize(value);
        case "candidate" -> candidate(attribute);
        case "end-of-candidates" -> endOfCandidates = true;
        default -> {
          // RFC 8866 §5.13: what we do not know we skip.
        }
      }
    }

    private static String mid(String value) throws MalformedBytesException {
      if (!TOKEN.matcher(value).matches()) {
        throw new MalformedBytesException("not a mid");
      }
      return value;
    }

    private void candidate(String line) {
      if (inSection && candidates.size() < MOST_CANDIDATES) {
        candidates.add(line);
      }
    }

    private void fingerprint(String value) throws MalformedBytesException {
      List<Fingerprint> list = inSection ? ofSection : ofSession;
      int space = value.indexOf(' ');
      // RFC 8122 §5: there may be several; those of unknown hash functions are skipped.
      if (space > 0
          && Fingerprint.isKnown(value.substring(0, space))
          && list.size() < MOST_FINGERPRINTS) {
        list.add(Fingerprint.parse(value));
      }
    }

    SessionDescription done() throws MalformedBytesException {
      if (!inSection) {
        throw new MalformedBytesException("a description without data channels");
      }
      if (ufrag == null || password == null || !IceCredentials.isValid(ufrag, password)) {
        throw new MalformedBytesException("a description without sound ICE credentials");
      }
      List<Fingerprint> fingerprints = ofSection.isEmpty() ? ofSession : ofSection;
      if (fingerprints.isEmpty()) {
        throw new MalformedBytesException("a description without a fingerprint we can check");
      }
      return new SessionDescription(
          mid,
          new IceCredentials(ufrag, password),
          iceLite,
          fingerprints,
          setup,
          sctpPort,
          maxMessageBytes,
          maxPacketBytes,
          candidates,
          endOfCandidates);
    }

    private static Setup setup(String value) throws MalformedBytesException {
      return switch (value) {
        case "active" -> Setup.ACTIVE;
        case "passive" -> Setup.PASSIVE;
        case "actpass" -> Setup.ACTPASS;
        default -> throw new MalformedBytesException("not a DTLS setup role");
      };
    }

    private static int packetSize(String value) throws MalformedBytesException {
      long size = number(value, 0, Long.MAX_VALUE);
      return (int)
          Math.max(PeerConfig.BASE_PACKET_BYTES, Math.min(PeerConfig.LARGEST_PACKET_BYTES, size));
    }

    private static long number(String value, long least, long most) throws MalformedBytesException {
      if (!NUMBER.matcher(value).matches()) {
        throw new MalformedBytesException("not a number in a description");
      }
      long number = Long.parseLong(value);
      if (number < least || number > most) {
        throw new MalformedBytesException("a number out of range in a description");
      }
      return number;
    }
  }
}
