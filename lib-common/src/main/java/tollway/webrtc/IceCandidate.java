// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tollway.bytes.MalformedBytesException;

/**
 * A UDP address where an agent may be reached, component 1 (RFC 8445 §5.1, line form RFC 8839
 * §5.1).
 *
 * @param related the base of a reflexive candidate; never of use to connect, often 0.0.0.0
 */
public record IceCandidate(
    Type type,
    String foundation,
    long priority,
    InetSocketAddress address,
    Optional<InetSocketAddress> related) {

  /** How the address was found, with its preference (RFC 8445 §5.1.2.2). */
  public enum Type {
    HOST("host", 126),
    PEER_REFLEXIVE("prflx", 110),
    SERVER_REFLEXIVE("srflx", 100),
    RELAYED("relay", 0);

    private final String token;
    private final int preference;

    Type(String token, int preference) {
      this.token = token;
      this.preference = preference;
    }

    /** RFC 8445 §5.1.2.1, component 1. */
    long priority(int localPreference) {
      return ((long) preference << 24) | ((long) localPreference << 8) | 255;
    }

    private static Type of(String token) throws MalformedBytesException {
      for (Type type : values()) {
        if (type.token.equals(token)) {
          return type;
        }
      }
      throw new MalformedBytesException("an unknown candidate type");
    }
  }

  /** Far above what browsers write; a longer line is refused unread. */
  private static final int LONGEST_LINE = 512;

  private static final String PREFIX = "candidate:";
  private static final Pattern FOUNDATION = Pattern.compile("[A-Za-z0-9+/]{1,32}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9.-]{1,253}");

  public IceCandidate {
    if (!FOUNDATION.matcher(foundation).matches()) {
      throw new IllegalArgumentException("not a foundation");
    }
    if (priority < 1 || priority > 0x7fff_ffffL) {
      throw new IllegalArgumentException("priority is not in 1 to 2^31-1");
    }
    if (address.isUnresolved() || address.getPort() == 0) {
      throw new IllegalArgumentException("a candidate needs an address and a port");
    }
  }

  /**
   * Reads a {@code candidate:} line, with or without {@code a=}. Empty: the line is sound but names
   * something that we never use: TCP, another component, or a host name (browsers hide host
   * addresses behind mDNS names; they then come to us as peer-reflexive candidates).
   */
  public static Optional<IceCandidate> parse(String line) throws MalformedBytesException {
    if (line.length() > LONGEST_LINE) {
      throw new MalformedBytesException("a candidate line longer than " + LONGEST_LINE);
    }
    String text = line.strip();
    text = text.startsWith("a=") ? text.substring(2) : text;
    if (!text.startsWith(PREFIX)) {
      throw new MalformedBytesException("not a candidate line");
    }
    String[] words = text.substring(PREFIX.length()).split(" ", -1);
    // foundation component transport priority address port "typ" type
    if (words.length < 8 || !words[6].equals("typ")) {
      throw new MalformedBytesException("a candidate line with fields missing");
    }
    if (words.length % 2 != 0) {
      throw new MalformedBytesException("a candidate extension without a value");
    }
    if (!FOUNDATION.matcher(words[0]).matches()) {
      throw new MalformedBytesException("not a candidate foundation");
    }
    long component = number(words[1], 1, 256);
    String transport = words[2].toLowerCase(Locale.ROOT);
    long priority = number(words[3], 1, 0x7fff_ffffL);
    int port = (int) number(words[5], 0, 0xffff);
    Type type = Type.of(words[7]);
    Optional<InetAddress> address = address(words[4]);
    Optional<InetSocketAddress> related = related(words);
    if (!transport.equals("udp") || component != 1 || port == 0 || address.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new IceCandidate(
            type, words[0], priority, new InetSocketAddress(address.get(), port), related));
  }

  /** The {@code candidate:} line, without {@code a=}. */
  public String line() {
    StringBuilder line = new StringBuilder(96);
    line.append(PREFIX).append(foundation).append(" 1 udp ").append(priority);
    line.append(' ').append(NetUtil.toAddressString(address.getAddress()));
    line.append(' ').append(address.getPort()).append(" typ ").append(type.token);
    related.ifPresent(
        base ->
            line.append(" raddr ")
                .append(NetUtil.toAddressString(base.getAddress()))
                .append(" rport ")
                .append(base.getPort()));
    return line.toString();
  }

  private static Optional<InetSocketAddress> related(String[] words)
      throws MalformedBytesException {
    Optional<InetAddress> address = Optional.empty();
    int port = 0;
    for (int i = 8; i < words.length; i += 2) {
      if (words[i].equals("raddr")) {
        address = address(words[i + 1]);
      } else if (words[i].equals("rport")) {
        port = (int) number(words[i + 1], 0, 0xffff);
      }
    }
    int found = port;
    return address.map(base -> new InetSocketAddress(base, found));
  }

  /** Empty for a host name, which is never looked up. */
  private static Optional<InetAddress> address(String text) throws MalformedBytesException {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null) {
      if (!HOST_NAME.matcher(text).matches()) {
        throw new MalformedBytesException("not a candidate address");
      }
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static long number(String text, long least, long most) throws MalformedBytesException {
    if (!NUMBER.matcher(text).matches()) {
      throw new MalformedBytesException("not a number in a candidate line");
    }
    long value = Long.parseLong(text);
    if (value < least || value > most) {
      throw new MalformedBytesException("a number out of range in a candidate line");
    }
    return value;
  }
}
