// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class IgdCodecTest {
  private static final Inet4Address ROUTER = address("10.0.1.1");
  private static final RouterPage PAGE = new RouterPage(5000, "/dir/desc.xml");

  /** As miniupnpd writes it, in parts. */
  private static final String DESCRIPTION =
      "<?xml version=\"1.0\"?>\n<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device>"
          + "<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:2</deviceType>"
          + "<serviceList><service>"
          + "<serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>"
          + "<controlURL>/ctl/L3F</controlURL></service><service>"
          + "<serviceType>urn:schemas-upnp-org:service:WANPPPConnection:1</serviceType>"
          + "<controlURL>http://10.0.1.1:81/ppp?a=1&amp;b</controlURL></service><service>"
          + "<serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>"
          + "<controlURL>http://10.0.1.9/ctl</controlURL></service><service>"
          + "<serviceType>urn:schemas-upnp-org:service:WANIPConnection:2</serviceType>"
          + "<controlURL>ctl/IPConn</controlURL></service></serviceList></device></root>";

  private static final String ADDRESS =
      "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"
          + "<u:GetExternalIPAddressResponse"
          + " xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">"
          + "<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>"
          + "</u:GetExternalIPAddressResponse></s:Body></s:Envelope>";

  private static Inet4Address address(String text) {
    try {
      return (Inet4Address) InetAddress.getByName(text);
    } catch (UnknownHostException literal) {
      throw new IllegalStateException(literal);
    }
  }

  private static RouterPage found(String location) throws MalformedBytesException {
    return ssdp(location, "10.0.1.1");
  }

  private static RouterPage ssdp(String location, String from) throws MalformedBytesException {
    String text =
        "HTTP/1.1 200 OK\r\nst: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nEXT:\r\n"
            + ("Location: " + location + "\r\n\r\n");
    return SsdpCodec.decode(bytes(text), new InetSocketAddress(from, 1900), ROUTER);
  }

  private static Bytes bytes(String text) {
    return Bytes.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void asksAsTheStandardDraws() {
    assertThat(new String(SsdpCodec.search(ROUTER).toArray(), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            M-SEARCH * HTTP/1.1\r
            HOST: 10.0.1.1:1900\r
            MAN: "ssdp:discover"\r
            ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r
            \r
            """);
    assertThat(new String(SsdpCodec.search().toArray(), StandardCharsets.UTF_8))
        .contains("HOST: 239.255.255.250:1900\r\n", "MX: 1\r\n");
    SoapCodec.Action delete = SoapCodec.delete(40000);
    assertThat(SoapCodec.encode(delete, IgdService.Kind.IP_1))
        .contains(
            "<s:Body><u:DeletePortMapping"
                + " xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">"
                + "<NewRemoteHost></NewRemoteHost><NewExternalPort>40000</NewExternalPort>"
                + "<NewProtocol>UDP</NewProtocol></u:DeletePortMapping></s:Body>");
  }

  @Test
  void believesTheRouterAloneAndOfItself() throws Exception {
    assertThat(found("http://10.0.1.1:5000/d.xml?a=b"))
        .isEqualTo(new RouterPage(5000, "/d.xml?a=b"));
    assertThat(found("http://10.0.1.1")).isEqualTo(new RouterPage(80, "/"));
    assertThatThrownBy(() -> ssdp("http://10.0.1.1/", "10.0.1.9"))
        .isInstanceOf(MalformedBytesException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/d.xml",
        "http:d",
        "https://10.0.1.1/",
        "file:///etc/passwd",
        "http://10.0.1.9/",
        "http://router/",
        "http://10.0.1.1@10.0.1.9/",
        "http://a@10.0.1.1/",
        "http://10.0.1.1:0/",
        "http://10.0.1.1:70000/",
        "http://10.0.1.1/a b",
        "http://10.0.1.1/\u00e9"
      })
  void goesNowhereElse(String location) {
    assertThatThrownBy(() -> found(location)).isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void findsTheConnectionsOfARouterTheBestFirst() throws Exception {
    assertThat(IgdService.read(DESCRIPTION, PAGE, ROUTER))
        .isEqualTo(
            List.of(
                new IgdService(IgdService.Kind.IP_2, new RouterPage(5000, "/dir/ctl/IPConn")),
                new IgdService(IgdService.Kind.PPP_1, new RouterPage(81, "/ppp?a=1&b"))));
  }

  @Test
  void readsWhatRoutersAnswer() throws Exception {
    SoapCodec.Action action = SoapCodec.outsideAddress();
    assertThat(SoapCodec.decode(ADDRESS, action))
        .isEqualTo(new SoapAnswer.Done(Optional.of(address("203.0.113.7")), 0));
    for (String useless : List.of("192.168.0.2", "100.64.0.1", "0.0.0.0", "224.0.0.1", "router")) {
      assertThat(SoapCodec.decode(ADDRESS.replace("203.0.113.7", useless), action))
          .isEqualTo(new SoapAnswer.Done(Optional.empty(), 0));
    }
    assertThat(
            SoapCodec.decode(
                "<e><Fault><UPnPError><errorCode>718</errorCode></UPnPError></Fault></e>", action))
        .isEqualTo(new SoapAnswer.Fault(718));
    assertThatThrownBy(() -> SoapCodec.decode(ADDRESS, SoapCodec.delete(1)))
        .isInstanceOf(MalformedBytesException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><r>&a;</r>",
        "<!DOCTYPE r SYSTEM \"http://10.0.1.9/x.dtd\"><r/>",
        "<!DOCTYPE r [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><r>&b;</r>",
        "<r>&a;</r>",
        "<r><open></r>",
        ""
      })
  void readsNoEntitiesAndNoNonsense(String text) {
    assertThatThrownBy(() -> IgdService.read(text, PAGE, ROUTER))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void readsNothingDeepNorEndless() {
    String deep = "<a>".repeat(30) + "</a>".repeat(30);
    String many = "<a>" + "<b/>".repeat(3000) + "</a>";
    String wordy = "<a>" + "x".repeat(2000) + "</a>";
    for (String text : List.of(deep, many, wordy)) {
      assertThatThrownBy(() -> IgdService.read(text, PAGE, ROUTER))
          .isInstanceOf(MalformedBytesException.class)
          .hasMessageStartingWith("too m");
    }
  }

  @Test
  void noiseEndsInAnAnswerOrAComplaint() {
    Random random = new Random(1900);
    String answer =
        """
        HTTP/1.1 200 OK\r
        ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r
        LOCATION: http://10.0.1.1:5000/d.xml\r
        \r
        """;
    InetSocketAddress from = new InetSocketAddress(ROUTER, 1900);
    int sound = 0;
    for (int i = 0; i < 1_500; i++) {
      sound += attempt(() -> SsdpCodec.decode(bytes(spoiled(answer, random)), from, ROUTER));
      sound += attempt(() -> IgdService.read(spoiled(DESCRIPTION, random), PAGE, ROUTER));
      sound +=
          attempt(() -> SoapCodec.decode(spoiled(ADDRESS, random), SoapCodec.outsideAddress()));
    }
    assertThat(sound).isPositive();
  }

  private interface Reading {
    Object read() throws MalformedBytesException;
  }

  private static int attempt(Reading reading) {
    try {
      return reading.read() == null ? 0 : 1;
    } catch (MalformedBytesException refused) {
      assertThat(refused).hasMessageMatching(".+");
      return 0;
    }
  }

  /** Up to three cuts, swaps and strange signs. */
  private static String spoiled(String text, Random random) {
    StringBuilder spoiled = new StringBuilder(text);
    String signs = "<>&;!/?[]\"'=:-\r\n \0\u00e9\uffff#x0CDATA";
    for (int i = random.nextInt(4); i > 0 && !spoiled.isEmpty(); i--) {
      int at = random.nextInt(spoiled.length());
      switch (random.nextInt(4)) {
        case 0 -> spoiled.setCharAt(at, signs.charAt(random.nextInt(signs.length())));
        case 1 -> spoiled.delete(at, Math.min(spoiled.length(), at + random.nextInt(20)));
        case 2 -> spoiled.insert(at, spoiled.substring(random.nextInt(at + 1), at));
        default -> spoiled.setLength(at);
      }
    }
    return spoiled.toString();
  }
}
