// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.IdentityFile;

/** Every entry of the vectors behaves as it says. */
final class VectorsTest {
  private static final Set<SigningRule> ANY = EnumSet.allOf(SigningRule.class);

  private static Inspection inspect(String raw) {
    return Inspector.inspect(Bytes.ofUtf8(raw), SigningRule.DEFAULT);
  }

  private static Optional<Fault> faultOf(String raw) {
    return inspect(raw).fault().map(Inspection.Objection::fault);
  }

  private static Optional<Fault> wireFaultOf(String raw) {
    return inspect(raw).wireFault().map(Inspection.Objection::fault);
  }

  private static SigningRule rule(String name) {
    return SigningRule.ofLabel(name.replace("-only", "").replace("-with-type", "")).orElseThrow();
  }

  @Test
  void everySignatureOfHistoryMatchesItsRule() throws Exception {
    assertThat(Vectors.signed()).hasSizeGreaterThan(30);
    for (Vectors.Signed each : Vectors.signed()) {
      assertThat(each.json().get("valid").getAsBoolean()).isTrue();
      assertThat(inspect(each.raw()).rule()).as(each.raw()).contains(rule(each.rule()));
    }
  }

  @Test
  void historyIsSoundUnderItsOwnRuleButForAddressesWithoutAPort() throws Exception {
    for (Vectors.Signed each : Vectors.signed()) {
      Inspection seen = Inspector.inspect(each.datagram(), Set.of(rule(each.rule())));
      boolean rejectsAddress = each.text("note").contains("reject the address");
      assertThat(seen.fault().map(Inspection.Objection::fault))
          .as(each.raw())
          .isEqualTo(rejectsAddress ? Optional.of(Fault.BAD_ADDRESS) : Optional.empty());
    }
  }

  @Test
  void everyVersionIsNamedWithItsFields() throws Exception {
    for (Vectors.Signed each : Vectors.signed()) {
      Inspection seen = inspect(each.raw());
      // The draft differed in its program, not in the text of its hello.
      String version = each.version().equals("v4-draft") ? "seed" : each.version();
      assertThat(seen.type()).isEqualTo(each.text("type"));
      assertThat(seen.versions()).as(each.raw()).contains(version);
      if (seen.versions().get(0).equals(version)) {
        Map<String, String> fields =
            seen.fields().stream()
                .collect(Collectors.toMap(Inspection.Field::name, Inspection.Field::value));
        fields.put("type", seen.type());
        JsonObject wanted = each.fields();
        assertThat(fields.keySet()).isEqualTo(wanted.keySet());
        fields.forEach(
            (name, value) -> assertThat(value).isEqualTo(wanted.get(name).getAsString()));
      }
    }
  }

  @Test
  void theOlderFormsDoNotPassForEachOther() {
    String v9 = "v9-new-keys";
    assertThat(inspect("scrooge_tunnel a derp 2.2.2.2 12 AAAA").versions()).doesNotContain(v9);
  }

  @Test
  void aNeighbourTakesTheCurrentFormWithUsableFieldsAlone() throws Exception {
    List<String> taken = new ArrayList<>();
    for (Vectors.Signed each : Vectors.signed()) {
      if (wireFaultOf(each.raw()).isEmpty()) {
        taken.add(each.version() + " " + each.text("type") + " " + endpointOf(each));
      }
    }
    assertThat(taken)
        .containsExactly(
            "seed scrooge_hello 1.1.1.1:8000",
            "seed scrooge_hello_confirm 1.1.1.1:8000",
            "seed scrooge_hello [fe80::7015:b9ff:feb0:613%eth0]:8000",
            "seed scrooge_hello_confirm [fe80::204e:e2ff:fe8e:f1a3%eth0]:8000",
            "seed scrooge_hello [fe80::1%eth0]:8481",
            "seed scrooge_hello 1.1.1.1:8481",
            "seed scrooge_hello_confirm [2001:db8::2]:8481",
            "seed scrooge_tunnel [fe80::1%eth0]:51820",
            "seed scrooge_tunnel_confirm [fe80::2%eth0]:51821");
  }

  private static String endpointOf(Vectors.Signed each) {
    JsonObject fields = each.fields();
    JsonElement endpoint =
        fields.has("controlAddress") ? fields.get("controlAddress") : fields.get("tunnelEndpoint");
    return endpoint.getAsString();
  }

  @Test
  void weSignTheSameBytes() throws Exception {
    int signed = 0;
    for (Vectors.Signed each : Vectors.signed()) {
      SigningRule rule = rule(each.rule());
      Inspection seen = Inspector.inspect(each.datagram(), ANY);
      if (seen.wireFault().isPresent()) {
        continue;
      }
      String unsigned = each.raw().substring(0, each.raw().lastIndexOf(' '));
      assertThat(LinkCodec.sign(unsigned, Vectors.identity(each.text("signer")), rule).utf8())
          .isEqualTo(each.raw());
      assertThat(rule.signedBytes(List.of(unsigned.split(" "))).hex())
          .isEqualTo(each.text("signedBytesHex"));
      signed++;
    }
    assertThat(signed).isEqualTo(14);
  }

  @Test
  void everyNegativeEntryIsRefusedForItsReason() throws Exception {
    Map<String, Fault> reasons =
        Map.ofEntries(
            Map.entry("bad-signature-char", Fault.BAD_SIGNATURE),
            Map.entry("address-changed", Fault.BAD_SIGNATURE),
            Map.entry("double-space", Fault.BAD_FIELD_COUNT),
            Map.entry("leading-zero-seqnum", Fault.BAD_SEQNUM),
            Map.entry("seqnum-plus", Fault.BAD_SEQNUM),
            Map.entry("sig-noncanonical-base64", Fault.BAD_BASE64),
            Map.entry("key-trailing-bytes", Fault.BAD_KEY),
            Map.entry("type-only", Fault.BAD_FIELD_COUNT),
            Map.entry("empty", Fault.BAD_LENGTH),
            Map.entry("small-order-zero-key", Fault.SMALL_ORDER));
    for (JsonElement entry : Vectors.scrooge().getAsJsonArray("negative")) {
      String id = entry.getAsJsonObject().get("id").getAsString();
      String raw = entry.getAsJsonObject().get("raw").getAsString();
      if (id.equals("trailing-newline")) {
        // Its entry recommends what the 2017 program did: one line feed at the end is let pass.
        assertThat(wireFaultOf(raw)).isEmpty();
        assertThat(wireFaultOf(raw + "\n")).contains(Fault.NOT_ASCII);
        continue;
      }
      assertThat(faultOf(raw)).as(id).contains(reasons.get(id));
      assertThat(wireFaultOf(raw)).as(id).isPresent();
    }
  }

  @Test
  void aSignatureThatVerifiesIsNamedEvenWhenTheTextIsRefused() throws Exception {
    for (JsonElement entry : Vectors.scrooge().getAsJsonArray("negative")) {
      JsonObject negative = entry.getAsJsonObject();
      String id = negative.get("id").getAsString();
      if (negative.has("signatureItselfVerifies") && !id.equals("key-trailing-bytes")) {
        assertThat(inspect(negative.get("raw").getAsString()).rule())
            .as(id)
            .contains(SigningRule.SPACED);
      }
    }
  }

  /** Why the rules without spaces are never accepted unless somebody insists. */
  @Test
  void signaturesWithoutSpacesFitSeveralMessages() throws Exception {
    JsonObject proof = Vectors.scrooge().getAsJsonObject("concatAmbiguity");
    showAmbiguous(SigningRule.CONCAT, proof, "original", "alsoValidUnderConcatWithType");
    showAmbiguous(
        SigningRule.CONCAT_FIELDS, proof, "originalFieldsOnly", "alsoValidUnderConcatFieldsOnly");
  }

  private static void showAmbiguous(
      SigningRule rule, JsonObject proof, String original, String others) throws Exception {
    List<String> all = new ArrayList<>(List.of(proof.get(original).getAsString()));
    proof.getAsJsonArray(others).forEach(each -> all.add(each.getAsString()));
    assertThat(all).hasSizeGreaterThan(1);
    for (String raw : all) {
      assertThat(inspect(raw).rule()).contains(rule);
      assertThat(faultOf(raw)).contains(Fault.BAD_SIGNATURE);
      assertThat(LinkCodec.parse(Bytes.ofUtf8(raw)).verify(Set.of(rule))).isNotNull();
    }
  }

  @Test
  void historicalKeysAreReadInTheirOwnForm() throws Exception {
    for (JsonElement entry : Vectors.scrooge().getAsJsonArray("keys")) {
      JsonObject key = entry.getAsJsonObject();
      assertThat(IdentityFile.parse(key.get("privateKey").getAsString()).nodeId().base64())
          .isEqualTo(key.get("publicKey").getAsString());
    }
  }

  @Test
  void wireGuardKeysOfHistoryAreTakenAsTunnelKeys() throws Exception {
    for (JsonElement entry : Vectors.scrooge().getAsJsonArray("wireguardKeys")) {
      JsonObject key = entry.getAsJsonObject();
      Bytes secret = Bytes.ofBase64(key.get("privateKey").getAsString());
      boolean sound = secret.size() == TunnelKeys.SIZE;
      assertThat(sound).isEqualTo(key.get("valid").getAsBoolean());
      if (sound) {
        byte[] derived = new byte[TunnelKeys.SIZE];
        org.bouncycastle.math.ec.rfc7748.X25519.generatePublicKey(secret.toArray(), 0, derived, 0);
        assertThat(Bytes.of(derived).base64()).isEqualTo(key.get("publicKey").getAsString());
        TunnelKeys.check(Bytes.of(derived));
      }
    }
  }
}
