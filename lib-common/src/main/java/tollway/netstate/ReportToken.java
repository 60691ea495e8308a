// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.files.NamedFile;

/** The secret that lets a node report; read from a file or the environment, never shown. */
public final class ReportToken {
  /** Where a token may be when no file is named. */
  public static final String VARIABLE = "TOLLWAY_NETSTATE_TOKEN";

  private static final int MIN_CHARS = 16;
  private static final int MAX_CHARS = 512;

  // RFC 6750 §2.1
  private static final String B64TOKEN = "[A-Za-z0-9._~+/-]+=*";
  private static final String SCHEME = "Bearer ";

  private final Bytes secret;

  private ReportToken(String text) {
    secret = Bytes.ofUtf8(text);
  }

  /** Checks form and length; an {@link IllegalArgumentException} says what a token looks like. */
  public static ReportToken of(String text) {
    String stripped = text.strip();
    if (stripped.length() < MIN_CHARS
        || stripped.length() > MAX_CHARS
        || !stripped.matches(B64TOKEN)) {
      throw new IllegalArgumentException(
          "a token has %d to %d letters, digits or ._~+/- on one line"
              .formatted(MIN_CHARS, MAX_CHARS));
    }
    return new ReportToken(stripped);
  }

  /** From {@code file} when one is named, else from the environment, else none. */
  public static Optional<ReportToken> find(@Nullable Path file, Map<String, String> environment)
      throws IOException {
    if (file != null) {
      return Optional.of(read(file));
    }
    return Optional.ofNullable(environment.get(VARIABLE)).map(ReportToken::of);
  }

  private static ReportToken read(Path file) throws IOException {
    try (InputStream in = NamedFile.open(file)) {
      return of(new String(in.readNBytes(4 * MAX_CHARS), StandardCharsets.ISO_8859_1));
    }
  }

  /** What goes into the request's {@code Authorization} field. */
  String authorization() {
    return SCHEME + secret.utf8();
  }

  /** Whether an {@code Authorization} field carries this token; takes the same time when wrong. */
  public boolean isIn(@Nullable String authorization) {
    // RFC 9110 §11.1: the scheme's name is case-insensitive.
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && secret.equals(Bytes.ofUtf8(authorization.substring(SCHEME.length()).strip()));
  }

  @Override
  public String toString() {
    return "ReportToken(…)";
  }
}
