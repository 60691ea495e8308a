// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where TCP and TLS go, and what the request says. */
final class RouteTest {
  @Test
  void withoutAFrontEverythingIsTheFreddies() {
    Route route = route("https://freddie.example/some/where/");
    assertThat(route.host()).isEqualTo("freddie.example");
    assertThat(route.port()).isEqualTo(443);
    assertThat(route.tlsName()).contains("freddie.example");
    assertThat(route.socket("/v2/signal"))
        .hasToString("wss://freddie.example/some/where/v2/signal");
    assertThat(route("ws://[::1]:8480").host()).isEqualTo("::1");
    assertThat(route("HTTP://freddie.example").port()).isEqualTo(80);
    assertThat(route("http://freddie.example").isSecure()).isFalse();
  }

  @Test
  void tcpAndTlsGoToTheFrontAndTheRequestNamesTheFreddie() {
    Route route = route("https://freddie.example:444/path#front=cdn.example.com");
    assertThat(route.host()).isEqualTo("cdn.example.com");
    assertThat(route.port()).isEqualTo(443);
    assertThat(route.tlsName()).contains("cdn.example.com");
    assertThat(route.socket("/v2/signal")).hasToString("wss://freddie.example:444/path/v2/signal");
    assertThat(route).hasToString("https://freddie.example:444/path#front=cdn.example.com");
    Route port = route("wss://freddie.example#front=[2001:db8::1]:8443");
    assertThat(port.host()).isEqualTo("2001:db8::1");
    assertThat(port.port()).isEqualTo(8443);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://freddie.example/#",
        "https://freddie.example/#cdn.example.com",
        "https://freddie.example/#front=",
        "https://freddie.example/#front=cdn:0",
        "https://freddie.example/#front=cdn:70000",
        "https://freddie.example/#front=cdn/path",
        "https://freddie.example/#front=cdn?a",
        "https://freddie.example/#front=a,b",
        "https://freddie.example/#Front=cdn"
      })
  void whatIsNoFrontIsSaidInALine(String url) {
    assertThatThrownBy(() -> route(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("after '#' comes front=HOST or front=HOST:PORT, not '")
        .hasMessageEndingWith(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://a", "http:///x", "a:b", "http://a:70000", "//a"})
  void whatIsNoFreddieIsSaidInALine(String url) {
    assertThatThrownBy(() -> route(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a freddie is at http://HOST or https://HOST, not " + url);
  }

  @Test
  void nobodysPasswordIsRepeated() {
    assertThatThrownBy(() -> route("https://user:word@freddie.example/"))
        .hasMessage("leave the user and the password out of https://…@freddie.example/");
    assertThatThrownBy(() -> route("https://user@a@b/#x"))
        .hasMessage("leave the user and the password out of https://…@b/#x");
    assertThatThrownBy(() -> route("https://freddie.example/#front=user:word@cdn"))
        .hasMessageEndingWith("not 'front=…@cdn' as in https://freddie.example/#front=…@cdn");
    assertThat(Route.shown("https://a/b@c=d?e@f")).isEqualTo("https://a/b@c=d?e@f");
  }

  @Test
  void aFrontWithoutTlsHidesNothing() {
    assertThatThrownBy(() -> route("http://freddie.example/#front=cdn.example.com"))
        .hasMessageContaining("let it begin with https://");
  }

  private static Route route(String url) {
    return Route.of(URI.create(url));
  }
}
