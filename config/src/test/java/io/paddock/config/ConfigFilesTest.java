package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paddock.zab.EnsembleConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a membership that changes; names and contents as Apache's server has them. */
class ConfigFilesTest {
  private static final EnsembleConfig NEXT =
      EnsembleConfig.parse(
          "server.1=a:1:2:participant;0.0.0.0:3\nserver.10=c:1:2:participant\n"
              + "server.2=b:1:2:participant;0.0.0.0:3\nversion=100000007");

  @TempDir private Path folder;
  private Path zooCfg;

  @BeforeEach
  void writeZooCfg() throws IOException {
    Path dataDir = Files.createDirectories(folder.resolve("data"));
    Files.writeString(dataDir.resolve("myid"), "1\n");
    zooCfg = folder.resolve("zoo.cfg");
    Files.writeString(
        zooCfg,
        """
        # What the user wrote.
        dataDir=%s
        initLimit=5
        server.1=a:1:2;3
        syncLimit=2
        # The others.
        server.2 = \\
           b:1:2;3
        server.10=c:1:2
        peerType=participant
        reconfigEnabled=true
        """
            .formatted(dataDir));
  }

  private Path beside(String suffix) {
    return folder.resolve("zoo.cfg" + suffix);
  }

  private MembershipConfig load() throws ConfigException {
    return ZooCfg.load(zooCfg, Map.of()).membership().orElseThrow();
  }

  @Test
  void whatCannotBeWrittenLeavesNothingBeside() throws Exception {
    Path inTheWay = Files.createDirectories(beside(".grown").resolve("full"));
    assertThatThrownBy(() -> ConfigFiles.write(inTheWay.getParent(), "text"))
        .isInstanceOf(IOException.class);
    assertThat(beside(".grown.tmp")).doesNotExist();
  }

  @Test
  void aMarkInFrontAndAPathThatIsNotLatinSurvive() throws Exception {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "names here are ASCII");
    Path there = Files.createDirectories(folder.resolve("\u6570\u636e"));
    String text = Files.readString(zooCfg).replace("# What the user wrote.\n", "");
    zooCfg = there.resolve("zoo.cfg");
    // The mark stands right before a line that moves.
    Files.writeString(zooCfg, "\ufeffserver.1=a:1:2;3\n" + text.replace("server.1=a:1:2;3\n", ""));
    ConfigFiles files = new ConfigFiles(zooCfg);
    files.saveCommitted(NEXT, true, true);
    assertThat(load().ensemble()).isEqualTo(NEXT);
  }

  @Test
  void theLinesMoveToAFileOfTheirOwnAndEverythingElseStays() throws Exception {
    ConfigFiles files = new ConfigFiles(zooCfg);
    String before = Files.readString(zooCfg);
    files.backUp();
    files.saveProposed(NEXT);
    assertThat(Files.readString(beside(".dynamic.next")))
        .contains("server.10=")
        .endsWith("version=100000007");
    files.saveCommitted(NEXT, true, true);
    assertThat(beside(".bak")).hasContent(before);
    assertThat(beside(".dynamic.next")).doesNotExist();
    assertThat(Files.readString(beside(".dynamic.100000007")))
        .isEqualTo(
            "server.10=c:1:2:participant\nserver.1=a:1:2:participant;0.0.0.0:3\n"
                + "server.2=b:1:2:participant;0.0.0.0:3");
    assertThat(Files.readString(zooCfg))
        .startsWith("# What the user wrote.\ndataDir=")
        .contains("\n# The others.\n")
        .doesNotContain("server.", "b:1:2", "peerType")
        .endsWith("dynamicConfigFile=" + beside(".dynamic.100000007").toRealPath() + "\n");
    MembershipConfig loaded = load();
    assertThat(loaded.ensemble()).isEqualTo(NEXT);
    assertThat(loaded.ownFile()).isTrue();
  }

  @Test
  void whatWasProposedIsFoundAgainUntilItIsDropped() throws Exception {
    ConfigFiles files = new ConfigFiles(zooCfg);
    files.saveProposed(NEXT);
    assertThat(load().lastSeen()).isEqualTo(NEXT);
    assertThat(load().ensemble().version()).isZero();
    files.dropProposed();
    assertThat(load().lastSeen()).isEqualTo(load().ensemble());
    Files.writeString(beside(".dynamic.next"), "server.1=nonsense");
    assertThat(load().lastSeen()).isEqualTo(load().ensemble());
  }

  @Test
  void theClientPortGoesWhenTheServerLineHasIt() throws Exception {
    Files.writeString(
        zooCfg, Files.readString(zooCfg) + "clientPort=3\nclientPortAddress=0.0.0.0\n");
    ConfigFiles files = new ConfigFiles(zooCfg);
    files.saveCommitted(NEXT, false, true);
    assertThat(Files.readString(zooCfg)).contains("clientPort=3", "clientPortAddress=");
    files.saveCommitted(NEXT.withVersion(0x100000008L), true, true);
    assertThat(Files.readString(zooCfg))
        .doesNotContain("clientPort")
        .containsOnlyOnce("dynamicConfigFile=");
    ZooCfg loaded = ZooCfg.load(zooCfg, Map.of());
    assertThat(loaded.clientPort().port()).isEqualTo(3);
    assertThat(loaded.membership().orElseThrow().ensemble().version()).isEqualTo(0x100000008L);
  }

  @Test
  void aConfigurationInTwoPlacesIsRefused() throws Exception {
    Path dynamic = folder.resolve("members.dynamic");
    Files.writeString(dynamic, "server.1=a:1:2;3\nserver.2=b:1:2;3\n");
    String before = Files.readString(zooCfg);
    Files.writeString(zooCfg, before + "dynamicConfigFile=" + dynamic + "\n");
    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("zoo.cfg:4: server.1 must stand in the file");
    Files.writeString(zooCfg, ConfigFiles.pointingAt(before, dynamic, false));
    assertThat(load().ensemble().version()).isZero();
    Files.writeString(dynamic, "server.1=a:1:2;3\nserver.2=b:1:2;3\nversion=5\n");
    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("members.dynamic:3: a version does not belong here");
  }

  @Test
  void aClientPortThatContradictsTheServerLineIsRefused() throws Exception {
    Files.writeString(zooCfg, Files.readString(zooCfg) + "clientPort=4\n");
    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("server.1 says that clients connect to 0.0.0.0:3");
  }
}
