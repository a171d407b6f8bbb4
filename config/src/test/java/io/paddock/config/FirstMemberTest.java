package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.zab.EnsembleServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a server alone that becomes an ensemble's first member. */
class FirstMemberTest {
  private static final EnsembleServer SELF = EnsembleServer.parse(3, "zoo3:2888:3888;0.0.0.0:2181");

  @TempDir private Path folder;

  private Path zooCfg(String more) throws IOException {
    Path file = folder.resolve("zoo.cfg");
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(
        file,
        "# mine\ndataDir="
            + folder.resolve("data")
            + "\nclientPort=2181\nreconfigEnabled=true\n"
            + more);
    return file;
  }

  private static FirstMember of(Path zooCfg) throws ConfigException {
    return FirstMember.of(ZooCfg.load(zooCfg, Map.of())).orElseThrow();
  }

  @Test
  void untilTheLastStepARestartIsStillAlone() throws Exception {
    Path file = zooCfg("");
    FirstMember first = of(file);
    MembershipConfig membership = first.prepare(SELF);
    assertThat(ZooCfg.load(file, Map.of()).membership()).as("after a crash here").isEmpty();
    assertThat(membership.zooCfg()).contains(file);

    first.finish();
    MembershipConfig read = ZooCfg.load(file, Map.of()).membership().orElseThrow();
    assertThat(read).isEqualTo(membership);
    assertThat(read.self()).isEqualTo(SELF);
    assertThat(read.zab().reconfigEnabled()).isTrue();
    assertThat(read.votersMin()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("zoo.cfg.bak"))).doesNotContain("dynamic");
    assertThat(Files.readString(file)).startsWith("# mine\n").doesNotContain("clientPort");
    assertThat(folder.resolve("zoo.cfg.grown")).doesNotExist();
  }

  @Test
  void aLoneServerLineAndAnOldDynamicFileGiveWayAndTheLimitsStay() throws Exception {
    Files.writeString(folder.resolve("zoo.cfg.dynamic.0"), "server.1=old:1:2;3\n");
    Path file =
        zooCfg(
            "initLimit=40\nstandaloneEnabled=true\ndynamicConfigFile="
                + folder.resolve("zoo.cfg.dynamic.0")
                + "\n");
    FirstMember first = of(file);
    first.prepare(SELF);
    first.finish();
    MembershipConfig read = ZooCfg.load(file, Map.of()).membership().orElseThrow();
    assertThat(read.ensemble().servers()).containsExactly(SELF);
    assertThat(read.zab().initLimit()).isEqualTo(40);
    assertThat(folder.resolve("zoo.cfg.dynamic.0")).hasContent("server.1=old:1:2;3");
  }

  @Test
  void givenUpNothingIsLeft() throws Exception {
    Path file = zooCfg("");
    String before = Files.readString(file);
    FirstMember first = of(file);
    first.prepare(SELF);
    first.abandon();
    assertThat(Files.readString(file)).isEqualTo(before);
    assertThat(folder.resolve("data/myid")).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void anotherNumberInMyidIsNotOverwritten() throws Exception {
    FirstMember first = of(zooCfg(""));
    Files.writeString(folder.resolve("data/myid"), "5\n");
    assertThatThrownBy(() -> first.prepare(SELF)).hasMessageContaining("says '5', and not 3");
    first.abandon();
    assertThat(folder.resolve("data/myid")).hasContent("5");
  }

  @Test
  void onlyAServerAloneThatAllowsReconfigurationsAndHasAFileCanGrow() throws Exception {
    Path file = zooCfg("");
    Files.writeString(file, Files.readString(file).replace("Enabled=true", "Enabled=false"));
    assertThat(FirstMember.of(ZooCfg.load(file, Map.of()))).isEmpty();
    ZooCfg ofAProgram =
        ZooCfg.of(
            Map.of("dataDir", folder.toString(), "clientPort", "2181", "reconfigEnabled", "true"),
            Map.of());
    assertThat(FirstMember.of(ofAProgram)).isEmpty();
  }
}
