// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;

/** What is asked of an {@link IgdService}, WANIPConnection:1 §2.4 and :2 §2.5, and its answers. */
final class SoapCodec {
  /** In an answer, in bytes. */
  static final int ANSWER_LIMIT = 4 << 10;

  /** A question: the action's name, and its arguments as XML. */
  record Action(String name, String arguments) {}

  /** A mapping from {@code outside} to {@code port} of {@code own}; 0 seconds is without end. */
  record Mapping(Inet4Address own, int port, int outside, int seconds) {}

  private SoapCodec() {}

  static Action outsideAddress() {
    return new Action("GetExternalIPAddress", "");
  }

  static Action add(Mapping mapping) {
    return new Action("AddPortMapping", arguments(mapping));
  }

  /** The router may choose another port outside; WANIPConnection:2 alone. */
  static Action addAny(Mapping mapping) {
    return new Action("AddAnyPortMapping", arguments(mapping));
  }

  static Action delete(int outside) {
    return new Action("DeletePortMapping", key(outside));
  }

  private static String key(int outside) {
    return "<NewRemoteHost></NewRemoteHost>"
        + ("<NewExternalPort>" + outside + "</NewExternalPort>")
        + "<NewProtocol>UDP</NewProtocol>";
  }

  private static String arguments(Mapping mapping) {
    return key(mapping.outside())
        + ("<NewInternalPort>" + mapping.port() + "</NewInternalPort>")
        + ("<NewInternalClient>" + mapping.own().getHostAddress() + "</NewInternalClient>")
        + "<NewEnabled>1</NewEnabled>"
        + "<NewPortMappingDescription>WebRTC</NewPortMappingDescription>"
        + ("<NewLeaseDuration>" + mapping.seconds() + "</NewLeaseDuration>");
  }

  /** UPnP Device Architecture 1.1 §3.2.1. */
  static String encode(Action action, IgdService.Kind kind) {
    return "<?xml version=\"1.0\"?>\r\n"
        + "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""
        + " s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>"
        + ("<u:" + action.name() + " xmlns:u=\"" + kind.urn() + "\">")
        + action.arguments()
        + ("</u:" + action.name() + "></s:Body></s:Envelope>\r\n");
  }

  /** The answer to {@code action}, or the error in its place (§3.2.2). */
  static SoapAnswer decode(String text, Action action) throws MalformedBytesException {
    Map<String, String> said = new HashMap<>();
    boolean[] answers = {false};
    RouterXml.read(
        text,
        new RouterXml.Reader() {
          @Override
          public void begin(String element) {
            answers[0] |= element.equals(action.name() + "Response");
          }

          @Override
          public void text(String element, String value) throws MalformedBytesException {
            if (said.putIfAbsent(element, value) != null) {
              throw new MalformedBytesException("said twice");
            }
          }
        });
    String error = said.get("errorCode");
    if (error != null) {
      return new SoapAnswer.Fault(number(error));
    }
    if (!answers[0]) {
      throw new MalformedBytesException("no answer to this");
    }
    Optional<Inet4Address> host =
        Optional.ofNullable(said.get("NewExternalIPAddress")).flatMap(SoapCodec::address);
    String port = said.get("NewReservedPort");
    return new SoapAnswer.Done(host, port == null ? 0 : number(port));
  }

  private static Optional<Inet4Address> address(String text) {
    byte @Nullable [] raw =
        NetUtil.isValidIpV4Address(text) ? NetUtil.createByteArrayFromIpAddressString(text) : null;
    try {
      return raw != null
              && InetAddress.getByAddress(raw) instanceof Inet4Address host
              && OutsideAddress.isReachable(host)
          ? Optional.of(host)
          : Optional.empty();
    } catch (UnknownHostException notFourBytes) {
      return Optional.empty();
    }
  }

  private static int number(String text) throws MalformedBytesException {
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 0xffff) {
      throw new MalformedBytesException("not a number");
    }
    return Integer.parseInt(text);
  }
}
