// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * The secrets that volunteers may know, each with the name of those who were given it. Without any,
 * everybody may connect.
 */
public final class AccessTokens {
  public static final AccessTokens NONE = new AccessTokens(Map.of());

  /** What a token that stands alone in its file is called, and those who need none. */
  static final String ONLY = "default";

  static final int MOST = 256;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,32}");
  private static final String SCHEME = "Bearer ";

  /** In the order of the file. */
  private final Map<String, Bytes> secrets;

  private AccessTokens(Map<String, Bytes> secrets) {
    this.secrets = secrets;
  }

  /** One token alone, or {@code NAME TOKEN} a line; empty lines and those with # are skipped. */
  public static AccessTokens parse(String text) throws MalformedBytesException {
    List<String> lines = text.lines().map(String::strip).toList();
    List<String> said =
        lines.stream().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    Map<String, Bytes> secrets = new LinkedHashMap<>();
    if (said.size() == 1 && Invite.isToken(said.get(0))) {
      secrets.put(ONLY, Bytes.ofUtf8(said.get(0)));
      return new AccessTokens(secrets);
    }
    if (said.isEmpty() || said.size() > MOST) {
      throw new MalformedBytesException("it holds 1 to " + MOST + " tokens, not " + said.size());
    }
    for (String line : said) {
      String[] parts = line.split("\\s+");
      String where = "line " + (lines.indexOf(line) + 1);
      if (parts.length != 2 || !NAME.matcher(parts[0]).matches()) {
        throw new MalformedBytesException(
            where + " is not 'NAME TOKEN', with a name of up to 32 letters, digits or ._-");
      }
      if (!Invite.isToken(parts[1])) {
        throw new MalformedBytesException(
            where + ": a token has 16 to 128 letters, digits or ._~+/=-");
      }
      Bytes secret = Bytes.ofUtf8(parts[1]);
      if (secrets.containsValue(secret) || secrets.put(parts[0], secret) != null) {
        throw new MalformedBytesException(where + ": a name or a token that stood before");
      }
    }
    return new AccessTokens(secrets);
  }

  boolean holds(String name) {
    return secrets.isEmpty() ? name.equals(ONLY) : secrets.containsKey(name);
  }

  /** The token of this name. */
  public Optional<String> secret(String name) {
    return Optional.ofNullable(secrets.get(name)).map(Bytes::utf8);
  }

  /** The one that stands first, when there is one. */
  public Optional<String> first() {
    return secrets.values().stream().findFirst().map(Bytes::utf8);
  }

  /** Whose token an Authorization header holds; empty when it is nobody's. */
  Optional<Grant> grant(String authorization) {
    if (secrets.isEmpty()) {
      return Optional.of(new Grant(ONLY, Bytes.EMPTY));
    }
    Bytes given =
        authorization.startsWith(SCHEME)
            ? Bytes.ofUtf8(authorization.substring(SCHEME.length()))
            : Bytes.EMPTY;
    Optional<Grant> found = Optional.empty();
    for (Map.Entry<String, Bytes> each : secrets.entrySet()) {
      // Bytes compare in constant time; and nobody learns which of them came close.
      if (each.getValue().equals(given)) {
        found = Optional.of(new Grant(each.getKey(), each.getValue()));
      }
    }
    return found;
  }

  /** Whether what was granted once would be granted now. */
  boolean stillGrant(Grant before) {
    return secrets.isEmpty()
        ? before.secret().size() == 0
        : before.secret().equals(secrets.getOrDefault(before.name(), Bytes.EMPTY));
  }

  /** Leave to connect, by virtue of a token. */
  record Grant(String name, Bytes secret) {
    /** Never the token. */
    @Override
    public String toString() {
      return "Grant(" + name + ")";
    }
  }

  /** Never a token. */
  @Override
  public String toString() {
    return "AccessTokens" + secrets.keySet();
  }
}
