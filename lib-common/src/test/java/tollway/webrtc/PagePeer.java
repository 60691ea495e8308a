// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import tollway.lab.Browser;

/** The peer in {@code peer.html}, which a browser shows. */
record PagePeer(Browser browser) implements ForeignPeer {
  /** Leaves whatever is shown for a fresh page. */
  static PagePeer open(Browser browser) throws Exception {
    URI page = PagePeer.class.getResource("peer.html").toURI();
    String fresh = "?" + System.nanoTime();
    browser.open(page + fresh);
    browser.await("document.readyState == 'complete' && location.search == '" + fresh + "'");
    return new PagePeer(browser);
  }

  void opens(ChannelOptions options) throws Exception {
    JsonObject init = new JsonObject();
    init.addProperty("ordered", options.ordered());
    options.maxRetransmits().ifPresent(most -> init.addProperty("maxRetransmits", most));
    browser.evaluate("open('" + options.label() + "', " + init + ")");
  }

  void offers() throws Exception {
    browser.evaluate("offer()");
  }

  /** A member of what it keeps for a channel. */
  String member(String label, String member) throws Exception {
    return browser.evaluate("channels['" + label + "']." + member);
  }

  void awaitMember(String label, String condition) throws Exception {
    browser.await("channels['" + label + "']." + condition);
  }

  @Override
  public List<Signal> said() throws Exception {
    List<Signal> all = new ArrayList<>();
    String said = browser.evaluate("JSON.stringify(signals.splice(0))");
    for (JsonElement signal : JsonParser.parseString(said).getAsJsonArray()) {
      JsonObject object = signal.getAsJsonObject();
      String kind = object.has("sdp") ? "sdp" : "candidate";
      all.add(new Signal(kind.equals("sdp"), object.get(kind).getAsString()));
    }
    return all;
  }

  @Override
  public void hear(Signal signal) throws Exception {
    JsonObject object = new JsonObject();
    object.addProperty(signal.isDescription() ? "sdp" : "candidate", signal.text());
    browser.evaluate("give(" + object + ")");
  }

  @Override
  public boolean isOpen(String label) throws Exception {
    return browser.evaluate("isOpen('" + label + "')").equals("true");
  }
}
