// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tollway.bytes.MalformedBytesException;

/** The variables {@code TOR_PT_…} that a host sets (pt-spec §3.2). */
public final class PtEnvironment {
  private static final String VERSIONS = "TOR_PT_MANAGED_TRANSPORT_VER";
  private static final String STATE = "TOR_PT_STATE_LOCATION";
  private static final String EXIT = "TOR_PT_EXIT_ON_STDIN_CLOSE";
  private static final String CLIENT = "TOR_PT_CLIENT_TRANSPORTS";
  private static final String SERVER = "TOR_PT_SERVER_TRANSPORTS";
  private static final String PROXY = "TOR_PT_PROXY";
  private static final String LISTEN = "TOR_PT_SERVER_BINDADDR";
  private static final String OPTIONS = "TOR_PT_SERVER_TRANSPORT_OPTIONS";
  private static final String PORT = "TOR_PT_ORPORT";
  private static final String EXTENDED_PORT = "TOR_PT_EXTENDED_SERVER_PORT";
  private static final String COOKIE = "TOR_PT_AUTH_COOKIE_FILE";
  private static final List<String> OUTBOUND =
      List.of("TOR_PT_OUTBOUND_BIND_ADDRESS_V4", "TOR_PT_OUTBOUND_BIND_ADDRESS_V6");

  /** The first that the host knows, too; between a host and us they mean the same. */
  private static final List<String> OUR_VERSIONS = List.of("1", "2.1", "2");

  private static final Pattern VERSION = Pattern.compile("[!-+\\--~]+");
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Pattern ADDRESS = Pattern.compile("(\\[[^\\]]+]|[0-9.]+):([0-9]{1,5})");

  private final Map<String, String> variables;

  public PtEnvironment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** In which version we speak; to be told before anything else. */
  public String version() throws PtRefusedException {
    List<String> theirs = List.of(required(VERSIONS).split(",", -1));
    for (String each : theirs) {
      if (!VERSION.matcher(each).matches()) {
        throw PtRefusedException.environment(VERSIONS + " is not a list of versions");
      }
    }
    return OUR_VERSIONS.stream()
        .filter(theirs::contains)
        .findFirst()
        .orElseThrow(PtRefusedException::version);
  }

  public PtTask task() throws PtRefusedException {
    Path state = absolute(STATE, required(STATE));
    boolean endsWithInput = value(EXIT).filter("1"::equals).isPresent();
    Optional<String> client = value(CLIENT);
    Optional<String> server = value(SERVER);
    if (client.isPresent() == server.isPresent()) {
      throw PtRefusedException.environment("set either " + CLIENT + " or " + SERVER);
    }
    if (client.isPresent()) {
      boolean wanted = names(CLIENT, client.get());
      checkNothingIsBound();
      if (value(PROXY).isPresent()) {
        // What we send is UDP: to go past the proxy would betray who relies on it.
        throw PtRefusedException.proxy(PtTask.TRANSPORT + " cannot go through a proxy");
      }
      return new PtTask.Client(state, endsWithInput, wanted);
    }
    return server(state, endsWithInput, names(SERVER, server.get()));
  }

  private PtTask server(Path state, boolean endsWithInput, boolean wanted)
      throws PtRefusedException {
    Optional<InetSocketAddress> extended = address(EXTENDED_PORT);
    Optional<Path> cookie = Optional.empty();
    if (extended.isPresent()) {
      Optional<String> file = value(COOKIE);
      if (file.isEmpty()) {
        throw PtRefusedException.environment("No " + COOKIE + " when " + EXTENDED_PORT + " set");
      }
      cookie = Optional.of(absolute(COOKIE, file.get()));
    }
    Optional<InetSocketAddress> port = address(PORT);
    InetSocketAddress destination =
        extended.or(() -> port).orElseThrow(() -> PtRefusedException.environment(missing(PORT)));
    try {
      List<PtArgument> options = PtArguments.ofServer(value(OPTIONS).orElse(""), PtTask.TRANSPORT);
      return new PtTask.Server(
          state, endsWithInput, wanted, listen(), destination, cookie, options);
    } catch (MalformedBytesException wrong) {
      throw PtRefusedException.environment(OPTIONS + ": " + wrong.getMessage());
    }
  }

  /** Our address among {@code name-address,…}. */
  private Optional<InetSocketAddress> listen() throws PtRefusedException {
    Optional<InetSocketAddress> ours = Optional.empty();
    Optional<String> all = value(LISTEN);
    for (String each : all.isPresent() ? List.of(all.get().split(",", -1)) : List.<String>of()) {
      int dash = each.indexOf('-');
      if (dash < 0 || !NAME.matcher(each.substring(0, dash)).matches()) {
        throw PtRefusedException.environment(LISTEN + " is not a list of NAME-ADDRESS:PORT");
      }
      InetSocketAddress address = parse(LISTEN, each.substring(dash + 1));
      if (each.substring(0, dash).equals(PtTask.TRANSPORT)) {
        if (ours.isPresent()) {
          throw PtRefusedException.environment(LISTEN + " names " + PtTask.TRANSPORT + " twice");
        }
        ours = Optional.of(address);
      }
    }
    return ours;
  }

  /** Sockets of data channels are on every address of the host, against what somebody asked for. */
  private void checkNothingIsBound() throws PtRefusedException {
    for (String each : OUTBOUND) {
      if (value(each).isPresent()) {
        throw PtRefusedException.environment(each + ": not supported by " + PtTask.TRANSPORT);
      }
    }
  }

  /** Whether we are among them. */
  private static boolean names(String variable, String list) throws PtRefusedException {
    List<String> all = List.of(list.split(",", -1));
    for (String each : all) {
      if (!NAME.matcher(each).matches()) {
        throw PtRefusedException.environment(variable + " is not a list of transports");
      }
    }
    return all.contains(PtTask.TRANSPORT);
  }

  private Optional<InetSocketAddress> address(String variable) throws PtRefusedException {
    Optional<String> text = value(variable);
    return text.isPresent() ? Optional.of(parse(variable, text.get())) : Optional.empty();
  }

  /** Never a name, which would have to be looked up. */
  private static InetSocketAddress parse(String variable, String text) throws PtRefusedException {
    var parts = ADDRESS.matcher(text);
    byte[] address =
        parts.matches() ? NetUtil.createByteArrayFromIpAddressString(parts.group(1)) : null;
    int port = parts.matches() ? Integer.parseInt(parts.group(2)) : -1;
    if (address == null || port < 0 || port > 65_535) {
      throw PtRefusedException.environment(variable + " is not ADDRESS:PORT");
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Path absolute(String variable, String text) throws PtRefusedException {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException notAPath) {
      // Said below.
    }
    throw PtRefusedException.environment(variable + " is not an absolute path");
  }

  private String required(String variable) throws PtRefusedException {
    Optional<String> value = value(variable);
    if (value.isEmpty()) {
      throw PtRefusedException.environment(missing(variable));
    }
    return value.get();
  }

  private static String missing(String variable) {
    return "No " + variable + " environment variable";
  }

  /** Empty where it is empty. */
  private Optional<String> value(String variable) {
    return Optional.ofNullable(variables.get(variable)).filter(text -> !text.isEmpty());
  }
}
