// SPDX-License-Identifier: Apache-2.0
package tollway.signaling.v1;

import java.util.Map;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** Forms in, messages out: {@code {"ReplyTo":"…","Type":n,"Payload":"…"}} and a line feed. */
public final class V1Codec {
  private V1Codec() {}

  /** Reads the form that a client of {@code generation} posted. */
  public static V1Post decode(V1Generation generation, byte[] form) throws MalformedBytesException {
    Map<String, String> fields = FormText.parse(form);
    V1Type type = type(fields.getOrDefault("type", ""));
    String sendTo = fields.getOrDefault("send-to", "");
    if (sendTo.equals(V1Post.GENESIS_ADDRESS) != (type == V1Type.GENESIS)) {
      throw new MalformedBytesException("a genesis goes to '" + V1Post.GENESIS_ADDRESS + "'");
    }
    String data = fields.getOrDefault("data", "");
    if (type == V1Type.GENESIS && data.length() > V1Post.GENESIS_LIMIT) {
      throw new MalformedBytesException("the genesis is too long");
    }
    PayloadJson.check(generation, type, data);
    return new V1Post(type, sendTo, data);
  }

  /** What the recipient of {@code post} is told; an answer goes to {@code replyTo}. */
  public static Bytes encode(String replyTo, V1Post post) {
    StringBuilder json = new StringBuilder(post.data().length() + 128);
    json.append("{\"ReplyTo\":");
    quote(json, replyTo);
    json.append(",\"Type\":").append(post.type().number()).append(",\"Payload\":");
    quote(json, post.data());
    return Bytes.ofUtf8(json.append("}\n").toString());
  }

  private static V1Type type(String number) throws MalformedBytesException {
    return switch (number) {
      case "0" -> V1Type.GENESIS;
      case "1" -> V1Type.OFFER;
      case "2" -> V1Type.ANSWER;
      case "3" -> V1Type.ICE;
      default -> throw new MalformedBytesException("there is no such type");
    };
  }

  /** A JSON string, RFC 8259 §7, with the escapes that Go's encoder chooses. */
  private static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int at = 0; at < text.length(); at++) {
      char one = text.charAt(at);
      switch (one) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '<', '>', '&', '\u2028', '\u2029' -> escape(json, one);
        default -> {
          if (one < ' ') {
            escape(json, one);
          } else {
            json.append(one);
          }
        }
      }
    }
    json.append('"');
  }

  private static void escape(StringBuilder json, char one) {
    json.append("\\u%04x".formatted((int) one));
  }
}
