// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tollway.bytes.MalformedBytesException;
import tollway.files.DurableFile;
import tollway.files.NamedFile;

/**
 * The published list: a JSON object a line, the best server first. It is replaced whole or not at
 * all, so whoever reads it never sees half of it.
 */
public final class ServerList {
  private static final int LONGEST = 64 << 20;

  private final List<ListedServer> servers;

  private ServerList(List<ListedServer> servers) {
    this.servers =
        servers.stream()
            .sorted(
                Comparator.comparing((ListedServer each) -> !each.isGood())
                    .thenComparing(each -> -each.health())
                    .thenComparing(ListedServer::millis))
            .toList();
  }

  public static ServerList of(List<ListedServer> servers) {
    return new ServerList(servers);
  }

  /** An absent file is an empty list; what is no list is not taken for one. */
  public static ServerList readIfThere(Path file) throws IOException, MalformedBytesException {
    return Files.exists(file) ? read(file) : of(List.of());
  }

  public static ServerList read(Path file) throws IOException, MalformedBytesException {
    return read(file, LONGEST);
  }

  /** The same, of a file of {@code most} bytes. */
  public static ServerList read(Path file, int most) throws IOException, MalformedBytesException {
    byte[] bytes;
    try (InputStream in = NamedFile.open(file)) {
      bytes = in.readNBytes(most + 1);
    }
    if (bytes.length > most) {
      throw new MalformedBytesException(file + " is larger than any list of servers");
    }
    List<ListedServer> servers = new ArrayList<>();
    int number = 0;
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      number++;
      if (!line.isBlank()) {
        servers.add(server(file, number, line));
      }
    }
    return of(servers);
  }

  private static ListedServer server(Path file, int number, String line)
      throws MalformedBytesException {
    try {
      JsonObject json = JsonParser.parseString(line).getAsJsonObject();
      return new ListedServer(
          json.get("server").getAsString(),
          json.get("history").getAsString(),
          Instant.parse(json.get("first_seen").getAsString()),
          Instant.parse(json.get("last_good").getAsString()),
          json.get("ms").getAsDouble(),
          json.get("fingerprint").getAsBoolean(),
          json.get("rfc5780").getAsString(),
          json.has("software") ? json.get("software").getAsString() : "");
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException
        | NullPointerException
        | DateTimeException wrong) {
      throw new MalformedBytesException(file + ": line " + number + " is no server of a crawl");
    }
  }

  /** The best first. */
  public List<ListedServer> servers() {
    return servers;
  }

  public long good() {
    return servers.stream().filter(ListedServer::isGood).count();
  }

  /** Those at {@code port} of an address in {@code ranges}. */
  public ServerList only(Ipv4Ranges ranges, int port) {
    return of(
        servers.stream()
            .filter(
                each -> {
                  InetSocketAddress at = at(each);
                  return at.getPort() == port
                      && ranges.contains(Ipv4Block.number(at.getAddress().getAddress()));
                })
            .toList());
  }

  /** Of all servers. */
  public List<InetSocketAddress> addresses() {
    return servers.stream().map(ServerList::at).toList();
  }

  public static InetSocketAddress at(ListedServer server) {
    int colon = server.address().lastIndexOf(':');
    long address = Ipv4Block.of(server.address().substring(0, colon)).first();
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(Ipv4Block.raw(address)),
          Integer.parseInt(server.address().substring(colon + 1)));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * With what a crawl found now: those that are good, whoever was listed and is not good now with
   * one more miss, and no more who missed too often.
   */
  public ServerList updated(List<Examination> found, Instant now) {
    Map<String, ListedServer> before = new LinkedHashMap<>();
    servers.forEach(each -> before.put(each.address(), each));
    List<ListedServer> after = new ArrayList<>();
    for (Examination each : found) {
      String address = NetUtil.toSocketAddressString(each.server());
      ListedServer old = before.get(address);
      if (each.isGood() && each.said().isPresent()) {
        after.add(good(address, each, each.said().get(), old, now));
        before.remove(address);
      }
    }
    before.values().stream()
        .map(ListedServer::missed)
        .filter(each -> !each.isForgotten())
        .forEach(after::add);
    return of(after);
  }

  private static ListedServer good(
      String address,
      Examination found,
      Examination.Said said,
      @org.jspecify.annotations.Nullable ListedServer old,
      Instant now) {
    double millis = found.rounds().median().toNanos() / 1e6;
    return new ListedServer(
        address,
        ListedServer.longer(old == null ? "" : old.history(), "+"),
        old == null ? now : old.firstSeen(),
        now,
        Double.parseDouble(String.format(Locale.ROOT, "%.3f", millis)),
        said.fingerprint(),
        said.discovery().text(),
        said.software());
  }

  /** Puts it where everybody may read it. */
  public void publish(Path file) throws IOException {
    DurableFile.publish(file, bytes());
  }

  /** Puts it where only we may read it. */
  public void keep(Path file) throws IOException {
    DurableFile.replace(file, bytes());
  }

  private byte[] bytes() {
    StringBuilder lines = new StringBuilder();
    servers.forEach(each -> lines.append(json(each)).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  public static JsonObject json(ListedServer server) {
    JsonObject json = new JsonObject();
    json.addProperty("server", server.address());
    json.addProperty("good", server.isGood());
    json.addProperty(
        "health", Double.parseDouble(String.format(Locale.ROOT, "%.2f", server.health())));
    json.addProperty("history", server.history());
    json.addProperty("first_seen", server.firstSeen().toString());
    json.addProperty("last_good", server.lastGood().toString());
    json.addProperty("ms", server.millis());
    json.addProperty("fingerprint", server.fingerprint());
    json.addProperty("rfc5780", server.rfc5780());
    if (!server.software().isEmpty()) {
      json.addProperty("software", server.software());
    }
    return json;
  }
}
