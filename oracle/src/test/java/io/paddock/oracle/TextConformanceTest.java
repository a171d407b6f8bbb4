package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.tree.AccessControl;
import io.paddock.tree.AccessSettings;
import io.paddock.tree.AclList;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Tree;
import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import io.paddock.wire.Paths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.apache.zookeeper.server.auth.IPAuthenticationProvider;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts at the borders of what is valid, judged by Apache's own classes and by ours. */
class TextConformanceTest {
  private static final List<String> PIECES =
      List.of(
          "0",
          "1",
          "127",
          "255",
          "256",
          "01",
          "0001",
          "+1",
          "-0",
          "-1",
          "",
          "\u0661",
          "\uff11",
          " 1",
          "f",
          "FFFF",
          "fffff",
          "0x1",
          "g",
          "::",
          ":",
          ".",
          "/",
          "/0",
          "/8",
          "/32",
          "/33",
          "/128",
          "/129",
          "/+8",
          "/-1",
          "/08",
          "/ 8",
          "%lo",
          "[",
          "]",
          "10.0.0.0",
          "::1");

  private static final AccessControl ACCESS = new AccessControl(AccessSettings.DEFAULT);
  private static final Prep PREP = new Prep(PrepSettings.DEFAULT);
  private static final Tree TREE =
      PREP.prepare(Tree.fresh(), 7, 0, new io.paddock.wire.Op.CreateSession(1000), List.of(), 1, 0)
          .tree();

  /** Apache's classes freeze their settings when they load; other tests want the standard ones. */
  @BeforeAll
  static void settings() {
    ApacheServer.inThisProcess(ServerSpec.standard()).close();
  }

  @Test
  void idsOfAddressesAreValidAndMatchAsWithApache() {
    IPAuthenticationProvider apache = new IPAuthenticationProvider();
    Random random = new Random(14);
    for (int i = 0; i < 20_000; i++) {
      String id = address(random);
      assertThat(isValid("ip", id)).as("ip:%s", id).isEqualTo(apache.isValid(id));
      for (String own : List.of("127.0.0.1", "10.1.2.3", "0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1%lo")) {
        if (apache.isValid(id)) {
          assertThat(ACCESS.permits(stored(id), Acl.READ, List.of(new Id("ip", own))))
              .as("ip:%s for %s", id, own)
              .isEqualTo(apache.matches(own, id));
        }
      }
    }
  }

  private static String address(Random random) {
    boolean four = random.nextInt(3) == 0;
    int count = four ? 4 : 1 + random.nextInt(9);
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String between = four ? "." : random.nextInt(8) == 0 ? "::" : ":";
      id.append(i == 0 ? "" : between);
      String plain = four ? "" + random.nextInt(256) : Integer.toHexString(random.nextInt(65536));
      id.append(random.nextInt(5) == 0 ? PIECES.get(random.nextInt(PIECES.size())) : plain);
    }
    return id + (random.nextInt(3) == 0 ? PIECES.get(random.nextInt(PIECES.size())) : "");
  }

  private static boolean isValid(String scheme, String id) {
    return ACCESS.fixup(List.of(new Acl(31, new Id(scheme, id))), List.of()) != null;
  }

  private static AclList stored(String id) {
    List<Acl> acl = List.of(new Acl(31, new Id("ip", id)));
    io.paddock.wire.Op op =
        new io.paddock.wire.Op.Create(io.paddock.wire.OpCode.CREATE, "/n", null, acl, 0, -1);
    return PREP.prepare(TREE, 7, 0, op, List.of(), 2, 0).tree().find("/n").acl();
  }

  @Test
  void idsOfDigestsAreValidAsWithApache() {
    DigestAuthenticationProvider apache = new DigestAuthenticationProvider();
    Random random = new Random(15);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder id = new StringBuilder();
      for (int left = random.nextInt(7); left > 0; left--) {
        id.append(List.of("a", ":", "::", " ", "\0", "\u00e9", "x:y").get(random.nextInt(7)));
      }
      String text = id.toString();
      assertThat(isValid("digest", text)).as("digest:%s", text).isEqualTo(apache.isValid(text));
    }
  }

  @Test
  void everyCharacterInEveryPlaceOfAPathIsJudgedAsByApache() {
    for (int c = 0; c < 0x10000; c++) {
      for (String form : List.of("/%s", "/a%s", "/%sa", "/a/%s/b", "%s", "/a/.%s", "/%s/")) {
        String path = form.replace("%s", "" + (char) c);
        String apaches = null;
        try {
          PathUtils.validatePath(path);
        } catch (IllegalArgumentException e) {
          apaches = e.getMessage();
        }
        assertThat(Paths.problem(path)).isEqualTo(apaches);
      }
    }
  }

  /** What Apache's parser refuses is refused here, whether it has an effect here or not. */
  @Test
  void noNumberAndNoFlagIsTakenThatApacheRefuses(@TempDir Path dir) throws IOException {
    for (String key :
        List.of(
            "clientPort",
            "tickTime",
            "initLimit",
            "syncLimit",
            "maxClientCnxns",
            "minSessionTimeout",
            "observerMasterPort",
            "connectToLearnerMasterLimit",
            "autopurge.purgeInterval",
            "clientPortListenBacklog",
            "quorumListenOnAllIPs",
            "multiAddress.enabled",
            "standaloneEnabled",
            "reconfigEnabled",
            "localSessionsEnabled")) {
      for (String value :
          List.of(
              "5",
              "+5",
              "05",
              "-0",
              "0x5",
              "\\u0665",
              "5 # c",
              "5L",
              "5.0",
              "",
              "2147483648",
              "1_000",
              "true",
              "TRUE",
              "yes",
              "on",
              "1",
              "true;")) {
        Path file = dir.resolve("zoo.cfg");
        String others = "dataDir=" + dir + "\nclientPort=2181\ninitLimit=10\nsyncLimit=5\n";
        Files.writeString(file, others.replaceAll("(?m)^" + key + "=.*\n", "") + key + "=" + value);
        if (!apacheTakes(file)) {
          assertThat(weTake(file)).as("%s=%s", key, value).isFalse();
        }
      }
    }
  }

  private static boolean apacheTakes(Path file) {
    return apache(file).isPresent();
  }

  /**
   * What Apache's parser makes of a file; empty when it refuses it. It leaves flags and system
   * properties behind, which are this whole process's, and are reset.
   */
  static Optional<QuorumPeerConfig> apache(Path file) {
    Properties before = (Properties) System.getProperties().clone();
    try {
      QuorumPeerConfig config = new QuorumPeerConfig();
      config.parse(file.toString());
      return Optional.of(config);
    } catch (QuorumPeerConfig.ConfigException | RuntimeException e) {
      return Optional.empty();
    } finally {
      System.setProperties(before);
      QuorumPeerConfig.setReconfigEnabled(false);
      QuorumPeerConfig.setStandaloneEnabled(true);
    }
  }

  private static boolean weTake(Path file) {
    try {
      ZooCfg.load(file, Map.of());
      return true;
    } catch (ConfigException e) {
      return false;
    }
  }
}
