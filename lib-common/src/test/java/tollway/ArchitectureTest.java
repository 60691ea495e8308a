// SPDX-License-Identifier: Apache-2.0
package tollway;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The doors between rooms, and the house rules that a machine can check. */
final class ArchitectureTest {
  /** Room → the only other rooms it may import. The top rooms compose; nobody imports them. */
  private static final Map<String, Set<String>> DOORS = new TreeMap<>();

  static {
    DOORS.put("bytes", Set.of());
    DOORS.put("loop", Set.of());
    DOORS.put("bounded", Set.of());
    DOORS.put("bus", Set.of("bytes", "loop"));
    DOORS.put("capture", Set.of("bytes"));
    DOORS.put("exec", Set.of());
    DOORS.put("files", Set.of());
    DOORS.put("seqno", Set.of("files"));
    DOORS.put("store", Set.of("files"));
    DOORS.put("log", Set.of());
    DOORS.put("cli", Set.of("bytes", "files", "log"));
    DOORS.put("identity", Set.of("bytes", "files"));
    DOORS.put("receipt", Set.of("bytes", "identity"));
    DOORS.put("link", Set.of("bytes", "loop"));
    DOORS.put("tls", Set.of("bytes", "cli", "loop"));
    DOORS.put("control", Set.of("bytes", "files", "loop"));
    DOORS.put("console", Set.of("cli", "control", "loop"));
    DOORS.put("metrics", Set.of("loop"));
    DOORS.put("page", Set.of("bytes"));
    DOORS.put("stun", Set.of("bytes", "loop"));
    DOORS.put("crawl", Set.of("bytes", "exec", "files", "loop", "stun"));
    DOORS.put("cohort", Set.of("bytes", "crawl", "loop", "stun"));
    DOORS.put("tunnel", Set.of("bytes", "exec"));
    DOORS.put("firewall", Set.of("bytes", "exec"));
    DOORS.put("shaping", Set.of("exec", "loop"));
    DOORS.put("wire", Set.of("bytes", "identity"));
    DOORS.put("admission", Set.of("bounded", "bytes", "identity", "loop"));
    DOORS.put("worker", Set.of("identity", "loop"));
    DOORS.put("reach", Set.of("bytes", "files", "identity", "loop", "webrtc"));
    DOORS.put(
        "signaling", Set.of("admission", "bytes", "identity", "loop", "reach", "stun", "worker"));
    DOORS.put("portmap", Set.of("bytes", "loop", "stun"));
    DOORS.put("webrtc", Set.of("bytes", "loop", "portmap", "stun"));
    DOORS.put("netstate", Set.of("bounded", "bytes", "files", "identity", "loop"));
    DOORS.put("trust", Set.of("bytes", "identity"));
    DOORS.put(
        "neighbor", Set.of("admission", "bounded", "bytes", "identity", "loop", "trust", "wire"));
    DOORS.put("mux", Set.of("loop", "webrtc"));
    DOORS.put("session", Set.of("bytes", "identity", "loop", "mux", "webrtc"));
    DOORS.put("onward", Set.of("bytes", "identity", "loop", "session", "signaling", "webrtc"));
    DOORS.put(
        "pipeline",
        Set.of(
            "bounded",
            "bytes",
            "cohort",
            "identity",
            "loop",
            "onward",
            "page",
            "reach",
            "session",
            "shaping",
            "signaling",
            "stun",
            "tls",
            "webrtc",
            "worker"));
    DOORS.put("pt", Set.of("bytes", "loop", "pipeline"));
  }

  /** One composition class each; they may open every door. */
  private static final Set<String> TOP = Set.of("scrooge", "freddie", "egress", "netstated");

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("tollway");

  @Test
  void roomsOpenOnlyTheirOwnDoors() {
    List<String> trespasses = new ArrayList<>();
    for (JavaClass from : MAIN) {
      String room = room(from);
      if (TOP.contains(room) || room.equals("proto")) {
        continue;
      }
      assertThat(DOORS).as("the door table lacks the room of " + from.getName()).containsKey(room);
      for (var dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass();
        String other = room(to);
        if (!to.getPackageName().startsWith("tollway.")
            || other.equals(room)
            || other.equals("proto")) {
          continue;
        }
        if (!DOORS.getOrDefault(room, Set.of()).contains(other)) {
          trespasses.add(from.getName() + " → " + to.getName());
        }
      }
    }
    assertThat(trespasses).isEmpty();
  }

  @Test
  void theDoorTableHasNoCycle() {
    List<String> order = new ArrayList<>();
    while (order.size() < DOORS.size()) {
      String free =
          DOORS.keySet().stream()
              .filter(room -> !order.contains(room) && order.containsAll(DOORS.get(room)))
              .findFirst()
              .orElseThrow(() -> new AssertionError("a cycle beyond " + order));
      order.add(free);
    }
  }

  @Test
  void everyRoomHasALabelOnItsDoor() {
    for (String room : DOORS.keySet()) {
      boolean occupied = MAIN.stream().anyMatch(type -> room(type).equals(room));
      if (occupied) {
        assertThat(MAIN.contain("tollway." + room + ".package-info"))
            .as("package-info.java of " + room)
            .isTrue();
      }
    }
  }

  @Test
  void onlyTheLoopRoomStartsThreads() {
    noClasses()
        .that(resideInAPackage("tollway..").and(notIn("tollway.loop..")))
        .should()
        .callConstructor(Thread.class)
        .orShould()
        .callConstructor(Thread.class, Runnable.class)
        .orShould()
        .callConstructor(Thread.class, Runnable.class, String.class)
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.concurrent.Executors")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Timer")
        .check(MAIN);
  }

  @Test
  void onlyCodecsSeeGeneratedProtobufClasses() {
    noClasses()
        .that(
            resideInAPackage("tollway..")
                .and(notIn("tollway.proto.."))
                .and(
                    new com.tngtech.archunit.base.DescribedPredicate<JavaClass>("no codec") {
                      @Override
                      public boolean test(JavaClass type) {
                        return !type.getName().replaceFirst("\\$.*", "").endsWith("Codec");
                      }
                    }))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("tollway.proto..")
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @Test
  void staticFieldsAreConstants() {
    fields()
        .that()
        .areDeclaredInClassesThat(resideInAPackage("tollway..").and(notIn("tollway.proto..")))
        .and()
        .areStatic()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .beFinal()
        .check(MAIN);
  }

  @Test
  void namesSayWhatAThingIs() {
    classes()
        .that(resideInAPackage("tollway..").and(notIn("tollway.proto..")))
        .should()
        .haveSimpleNameNotEndingWith("Impl")
        .andShould()
        .haveSimpleNameNotEndingWith("Manager")
        .andShould()
        .haveSimpleNameNotEndingWith("Helper")
        .andShould()
        .haveSimpleNameNotEndingWith("Util")
        .andShould()
        .haveSimpleNameNotEndingWith("Utils")
        .check(MAIN);
  }

  @Test
  void onlyMainExitsTheProcess() {
    noClasses()
        .that(resideInAPackage("tollway.."))
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(MAIN);
  }

  private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> notIn(String packages) {
    return com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage(packages));
  }

  private static String room(JavaClass type) {
    String[] parts = type.getPackageName().split("\\.");
    return parts.length < 2 ? "" : parts[1];
  }
}
