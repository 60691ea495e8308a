// SPDX-License-Identifier: Apache-2.0
package tollway.bus;

import io.nats.client.AuthHandler;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What a NATS server wants to know before it lets somebody in: what {@code nsc} writes for a user
 * (JWT and NKey), or lines with {@code user} and {@code password}, or with a {@code token}.
 */
public final class NatsLogin {
  private static final String JWT = "-----BEGIN NATS USER JWT-----";

  private final String text;
  private final Map<String, String> lines;

  private NatsLogin(String text, Map<String, String> lines) {
    this.text = text;
    this.lines = lines;
  }

  /** Of somebody whom the server lets in as they are. */
  public static NatsLogin none() {
    return new NatsLogin("", Map.of());
  }

  /**
   * What is in a file.
   *
   * @throws IllegalArgumentException with what is wrong, and nothing secret
   */
  public static NatsLogin parse(String text) {
    if (text.contains(JWT)) {
      try {
        credentials(text).getID();
      } catch (IllegalStateException unreadable) {
        throw new IllegalArgumentException("the key that nsc wrote behind the JWT is none");
      }
      return new NatsLogin(text, Map.of());
    }
    Map<String, String> lines = new HashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      int equals = line.indexOf('=');
      String name = (equals < 0 ? line : line.substring(0, equals)).strip();
      if ((name.isEmpty() && equals < 0) || name.startsWith("#")) {
        continue;
      }
      boolean known = name.equals("user") || name.equals("password") || name.equals("token");
      if (equals < 0 || !known || lines.put(name, line.substring(equals + 1).strip()) != null) {
        throw new IllegalArgumentException(
            "line " + number + " is none of user = …, password = …, token = …, each once");
      }
    }
    boolean named = lines.containsKey("user") && lines.containsKey("password") && lines.size() == 2;
    if (!named && !(lines.containsKey("token") && lines.size() == 1)) {
      throw new IllegalArgumentException(
          "give what nsc wrote, or user = … and password = …, or token = …");
    }
    return new NatsLogin("", lines);
  }

  Options.Builder apply(Options.Builder options) {
    if (!text.isEmpty()) {
      options.authHandler(credentials(text));
    } else if (lines.containsKey("token")) {
      options.token(secret("token"));
    } else if (lines.containsKey("user")) {
      options.userInfo(secret("user"), secret("password"));
    }
    return options;
  }

  private static AuthHandler credentials(String text) {
    return Nats.staticCredentials(text.getBytes(StandardCharsets.UTF_8));
  }

  private char[] secret(String name) {
    return lines.getOrDefault(name, "").toCharArray();
  }
}
