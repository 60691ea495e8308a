// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.Descriptors;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.UnknownFieldSet;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.proto.reach.ListMessage;
import tollway.proto.reach.SignedListMessage;
import tollway.webrtc.dtls.HelloExtension;
import tollway.webrtc.dtls.HelloProfile;

final class SignedListCodecTest {
  private static final Identity ALICE = Identity.ofSeed(Bytes.of(new byte[32]));
  private static final Instant ISSUED = Instant.parse("2026-11-22T12:00:00Z");
  private static final ReachList LIST =
      new ReachList(
          7,
          ISSUED,
          ISSUED.plusSeconds(3600),
          List.of("https://freddie.example/", "https://freddie.example/#front=cdn.example.com"),
          List.of("stun.example:3478", "[2001:db8::1]:3478"));

  /** Frozen: changing it changes the protocol. */
  private static final String GOLDEN =
      "0a203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29127f080710c0b28b"
          + "d80618d0ce8bd806221868747470733a2f2f667265646469652e6578616d706c652f222e68747470733a"
          + "2f2f667265646469652e6578616d706c652f2366726f6e743d63646e2e6578616d706c652e636f6d2a11"
          + "7374756e2e6578616d706c653a333437382a125b323030313a6462383a3a315d3a333437381a40ab3e9b"
          + "6bd429d269d626a4368301781a6af165b81f1b1250029b396ee38c9d273d8f03a6a45f79543943a558de"
          + "3d83df6a84e4ea0224d9368da1423348bbc103";

  /** The same with two hellos. */
  private static final ReachList GREETING =
      new ReachList(
          8,
          ISSUED,
          ISSUED.plusSeconds(3600),
          List.of("https://freddie.example/"),
          List.of(),
          List.of(
              hello(
                  "suites=c02b,c02f groups=001d,0017 schemes=0403,0804 weight=3"
                      + " extensions=0017,ff01,000a,000b,000d,000e:0002000100"),
              hello(
                  "suites=1a1a,c02c,c02b,00ff groups=0017 schemes=0403 order=chance"
                      + " extensions=0017,000a,000d")));

  private static final String GOLDEN_GREETING =
      "0a203b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29128b01080810c0b2"
          + "8bd80618d0ce8bd806221868747470733a2f2f667265646469652e6578616d706c652f323c08031a06ab"
          + "8003af800322021d172a04830884103202081732070881fe031201003202080a3206080b120201003202"
          + "080d3209080e120500020001003223080110011a0a9a34ac8003ab8003ff012201172a02830832020817"
          + "3202080a3202080d1a406b418941cf7423ef13c11cebca1e10f2c8516cab0054de770f9b69669c5a4f50"
          + "e63275ea394cf6f1aeb367b7554ee6e7a43b6c9183d20995a70ad6dd42ed120f";

  @Test
  void readsBackWhatItWrote() throws Exception {
    SignedList signed = SignedListCodec.sign(LIST, ALICE);
    assertThat(SignedListCodec.decode(signed.document())).isEqualTo(signed);
    assertThat(signed.signer()).isEqualTo(ALICE.nodeId());
    assertThat(LIST.routes())
        .containsExactlyElementsOf(
            LIST.freddies().stream().map(URI::create).map(Route::of).toList());
  }

  @Test
  void writesWhatIsFrozen() throws Exception {
    assertThat(SignedListCodec.sign(LIST, ALICE).document().hex()).isEqualTo(GOLDEN);
    assertThat(SignedListCodec.decode(Bytes.ofHex(GOLDEN)).list()).isEqualTo(LIST);
    assertThat(SignedListCodec.sign(GREETING, ALICE).document().hex()).isEqualTo(GOLDEN_GREETING);
    assertThat(SignedListCodec.decode(Bytes.ofHex(GOLDEN_GREETING)).list()).isEqualTo(GREETING);
  }

  @Test
  void whoDoesNotKnowOfHellosReadsTheRest() throws Exception {
    DescriptorProtos.FileDescriptorProto.Builder before =
        ListMessage.getDescriptor().getFile().toProto().toBuilder();
    for (DescriptorProtos.DescriptorProto.Builder each : before.getMessageTypeBuilderList()) {
      if (each.getName().equals("ListMessage")) {
        each.removeField(5);
      }
    }
    Descriptors.Descriptor old =
        Descriptors.FileDescriptor.buildFrom(before.build(), new Descriptors.FileDescriptor[] {})
            .findMessageTypeByName("ListMessage");
    assertThat(old.findFieldByNumber(6)).isNull();
    SignedListMessage signed =
        SignedListMessage.parseFrom(SignedListCodec.sign(GREETING, ALICE).document().toArray());
    DynamicMessage read = DynamicMessage.parseFrom(old, signed.getList());
    assertThat(read.getField(old.findFieldByName("number"))).isEqualTo(8L);
    assertThat(read.getField(old.findFieldByName("freddie"))).isEqualTo(GREETING.freddies());
    assertThat(read.getUnknownFields().hasField(6)).isTrue();
  }

  @Test
  void hellosThatCouldNotWorkAreLeftOutAndSo() throws Exception {
    ListMessage written = message(GREETING);
    ListMessage.Builder changed = written.toBuilder();
    changed.getHelloBuilder(0).addSuite(0x00a6);
    SignedList read = SignedListCodec.decode(signed(changed.build()));
    assertThat(read.list().hellos()).containsExactly(GREETING.hellos().get(1));
    assertThat(read.leftOut())
        .containsExactly(
            "hello 1: a hello has suites whose server has a certificate, and not 00a6");
    changed.getHelloBuilder(1).setWeight(-1);
    read = SignedListCodec.decode(signed(changed.build()));
    assertThat(read.list().hellos()).isEmpty();
    assertThat(read.leftOut()).hasSize(2);
    assertThat(read.list().freddies()).isEqualTo(GREETING.freddies());
    malformed(
        signed(
            written.toBuilder().addAllHello(Collections.nCopies(15, written.getHello(0))).build()),
        "too many entries");
  }

  @Test
  void whatLaterListsSayBesidesIsIgnored() throws Exception {
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(15, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    ListMessage.Builder changed = message(GREETING).toBuilder().setUnknownFields(later);
    changed.getHelloBuilder(0).setUnknownFields(later);
    changed.getHelloBuilder(0).getExtensionBuilder(0).setUnknownFields(later);
    SignedList read = SignedListCodec.decode(signed(changed.build()));
    assertThat(read.list()).isEqualTo(GREETING);
    assertThat(read.leftOut()).isEmpty();
  }

  /** The signature is right, and what it signs is not. */
  @Test
  void signedNoiseIsMalformedOrLeftOutAndNothingElse() throws Exception {
    byte[] list = message(GREETING).toByteArray();
    Random random = new Random(12);
    int read = 0;
    int leftOut = 0;
    for (int i = 0; i < 300; i++) {
      byte[] spliced = list.clone();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        spliced[random.nextInt(spliced.length)] = (byte) random.nextInt(256);
      }
      try {
        SignedList taken = SignedListCodec.decode(signed(ByteString.copyFrom(spliced)));
        read++;
        leftOut += taken.leftOut().size();
      } catch (MalformedBytesException refused) {
        assertThat(refused).hasMessageMatching("(not a signed list|the list )(?s).*");
      }
    }
    assertThat(read).isBetween(30, 290);
    assertThat(leftOut).isGreaterThan(10);
  }

  @Test
  void everyChangeIsNoticed() {
    byte[] document = SignedListCodec.sign(LIST, ALICE).document().toArray();
    for (int i = 0; i < document.length; i++) {
      byte[] forged = document.clone();
      forged[i] ^= 1;
      malformed(Bytes.of(forged), "");
    }
    for (int size = 0; size < document.length; size++) {
      malformed(Bytes.of(document).slice(0, size), "");
    }
  }

  @Test
  void whatIsTooLongIsNotRead() {
    malformed(Bytes.of(new byte[ReachList.SIZE_LIMIT + 1]), "too long");
  }

  @Test
  void theGreatestListFits() throws Exception {
    String freddie = "https://freddie.example/";
    String longest = freddie + "x".repeat(ReachList.TEXT_LIMIT - freddie.length());
    SignedList signed =
        SignedListCodec.sign(
            list(
                Collections.nCopies(ReachList.MOST, longest),
                Collections.nCopies(ReachList.MOST, "s".repeat(253) + ":65535"),
                Collections.nCopies(ReachList.MOST_HELLOS, greatest())),
            ALICE);
    assertThat(signed.document().size()).isGreaterThan(ReachList.SIZE_LIMIT - 5000);
    assertThat(SignedListCodec.decode(signed.document()).list().freddies()).hasSize(ReachList.MOST);
  }

  @Test
  void senselessListsCannotBeMade() {
    refused(
        "a number above 0",
        () -> new ReachList(0, ISSUED, LIST.expires(), LIST.freddies(), List.of()));
    refused("a life of", () -> new ReachList(1, ISSUED, ISSUED, LIST.freddies(), List.of()));
    refused(
        "a life of",
        () ->
            new ReachList(
                1,
                ISSUED,
                ISSUED.plus(ReachList.LONGEST_LIFE).plusSeconds(1),
                LIST.freddies(),
                List.of()));
    refused("at least one", () -> list(List.of(), List.of()));
    HelloProfile hello = GREETING.hellos().get(0);
    refused(
        "at most 16 hellos", () -> list(List.of(), List.of("a:1"), Collections.nCopies(17, hello)));
    refused("at least one freddie", () -> list(List.of(), List.of(), List.of(hello)));
    refused("at most 64", () -> list(Collections.nCopies(65, "https://a"), List.of()));
    refused("freddies, and not ftp://a", () -> list(List.of("ftp://a"), List.of()));
    refused("and not https://a/#b", () -> list(List.of("https://a/#b"), List.of()));
    for (String stun : List.of("a", "a:0", "a:65536", "2001:db8::1:3478", "a b:1", "[]:1", ":1")) {
      refused("STUN servers as HOST:PORT", () -> list(List.of(), List.of(stun)));
    }
  }

  @Test
  void noiseIsMalformedAndNothingElse() {
    byte[] document = SignedListCodec.sign(LIST, ALICE).document().toArray();
    Random random = new Random(11);
    for (int i = 0; i < 5000; i++) {
      byte[] noise = new byte[random.nextInt(300)];
      random.nextBytes(noise);
      malformed(Bytes.of(noise), "");
      byte[] spliced = document.clone();
      int at = random.nextInt(spliced.length);
      System.arraycopy(noise, 0, spliced, at, Math.min(noise.length, spliced.length - at));
      if (!Bytes.of(spliced).equals(Bytes.of(document))) {
        malformed(Bytes.of(spliced), "");
      }
    }
  }

  private static ReachList list(List<String> freddies, List<String> stun) {
    return list(freddies, stun, List.of());
  }

  private static ReachList list(
      List<String> freddies, List<String> stun, List<HelloProfile> hellos) {
    return new ReachList(1, ISSUED, ISSUED.plusSeconds(60), freddies, stun, hellos);
  }

  private static HelloProfile hello(String text) {
    return HelloText.parse(List.of(text.split(" ")));
  }

  /** As many of everything as there may be, and of the largest numbers. */
  private static HelloProfile greatest() {
    List<HelloExtension> extensions = new ArrayList<>();
    for (int type : List.of(0x0a, 0x0d, 0x17, 0x23, 0x12)) {
      extensions.add(new HelloExtension(type, Bytes.EMPTY));
    }
    extensions.add(new HelloExtension(0xff01, Bytes.of((byte) 0)));
    extensions.add(new HelloExtension(0x15, Bytes.of(new byte[256])));
    for (int i = 0; i < 16; i++) {
      extensions.add(new HelloExtension(0x0a0a + 0x1010 * i, Bytes.of(new byte[i < 7 ? 16 : 1])));
    }
    return new HelloProfile(
        HelloProfile.MOST_WEIGHT,
        true,
        Stream.concat(
                Stream.of(0xc02b, 0xc02c, 0xc030, 0xc02f, 0xcca9, 0xcca8, 0xccaa, 0xc009, 0xc00a),
                Stream.concat(
                    Stream.of(0xc013, 0xc014, 0xc023, 0xc024, 0xc027, 0xc028, 0xc0ac), grease()))
            .toList(),
        grease().map(each -> each.equals(0xfafa) ? 0x17 : each).toList(),
        Stream.concat(IntStream.range(0x0401, 0x0411).boxed(), grease()).toList(),
        extensions);
  }

  private static Stream<Integer> grease() {
    return IntStream.range(0, 16).mapToObj(i -> 0x0a0a + 0x1010 * i);
  }

  private static ListMessage message(ReachList list) throws Exception {
    byte[] document = SignedListCodec.sign(list, ALICE).document().toArray();
    return ListMessage.parseFrom(SignedListMessage.parseFrom(document).getList());
  }

  private static Bytes signed(ListMessage list) {
    return signed(list.toByteString());
  }

  private static Bytes signed(ByteString list) {
    Bytes said = Bytes.ofUtf8("tollway-list-v1").plus(Bytes.of(list.toByteArray()));
    return Bytes.of(
        SignedListMessage.newBuilder()
            .setSigner(ByteString.copyFrom(ALICE.nodeId().key().toArray()))
            .setList(list)
            .setSignature(ByteString.copyFrom(ALICE.sign(said).toArray()))
            .build()
            .toByteArray());
  }

  private static void refused(
      String why, org.assertj.core.api.ThrowableAssert.ThrowingCallable make) {
    assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
  }

  private static void malformed(Bytes document, String why) {
    assertThatThrownBy(() -> SignedListCodec.decode(document))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageContaining(why);
  }
}
