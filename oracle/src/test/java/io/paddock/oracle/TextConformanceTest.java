package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.config.ConfigException;
import io.paddock.config.ZooCfg;
import io.paddock.tree.AccessControl;
import io.paddock.tree.AccessSettings;
import io.paddock.tree.AclList;
import io.paddock.tree.Asker;
import io.paddock.tree.Prep;
import io.paddock.tree.PrepSettings;
import io.paddock.tree.Stamp;
import io.paddock.tree.Tree;
import io.paddock.wire.Acl;
import io.paddock.wire.Id;
import io.paddock.wire.Paths;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import org.apache.jute.BinaryInputArchive;
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
      PREP.prepare(
              Tree.fresh(),
              new Asker(7, 0, List.of()),
              new io.paddock.wire.Op.CreateSession(1000),
              new Stamp(1, 0))
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
    return PREP.prepare(TREE, new Asker(7, 0, List.of()), op, new Stamp(2, 0))
        .tree()
        .find("/n")
        .acl();
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

  private static final List<String> KEYS =
      List.of(
          ("clientPort clientPortListenBacklog tickTime initLimit syncLimit maxClientCnxns"
                  + " minSessionTimeout maxSessionTimeout observerMasterPort electionAlg"
                  + " connectToLearnerMasterLimit autopurge.purgeInterval autopurge.snapRetainCount"
                  + " quorumListenOnAllIPs multiAddress.enabled standaloneEnabled reconfigEnabled"
                  + " multiAddress.reachabilityCheckEnabled multiAddress.reachabilityCheckTimeoutMs"
                  + " localSessionsEnabled localSessionsUpgradingEnabled syncEnabled"
                  + " sslQuorumReloadCertFiles sslQuorum portUnification jvm.pause.monitor"
                  + " jvm.pause.info-threshold.ms jvm.pause.warn-threshold.ms"
                  + " jvm.pause.sleep.time.ms metricsProvider.className peerType")
              .split(" "));

  private static final List<String> VALUES =
      List.of(
          ("5|+5|05|-0|0|-1|-5|0x5|\\u0665|5 # c|5L|5.0||2147483647|2147483648|1_000|70000"
                  + "|true|TRUE|True |yes|on|1|true;|false|3|observer|Participant|nothing")
              .split("\\|"));

  /** Whether a key has an effect here or not. */
  @Test
  void numbersAndFlagsAreTakenOrRefusedAsByApache(@TempDir Path dir) throws IOException {
    Files.writeString(dir.resolve("myid"), "1");
    String two = "server.1=127.0.0.1:1:2\nserver.2=127.0.0.2:1:2\n";
    List<String> different = new ArrayList<>();
    for (String key : KEYS) {
      for (String value : VALUES) {
        Path file = dir.resolve("zoo.cfg");
        String others = "dataDir=" + dir + "\nclientPort=2181\ninitLimit=10\nsyncLimit=5\n";
        String rest = others.replaceAll("(?m)^" + key + "=.*\n", "") + two;
        Files.writeString(file, rest + key + "=" + value);
        boolean theirs = apacheTakes(file);
        if (theirs != weTake(file)) {
          different.add(key + "=" + value + (theirs ? "" : " refused by Apache"));
        }
      }
    }
    assertThat(different)
        .containsExactly(
            // No time is negative: with these Apache's servers start, and never follow a leader.
            "initLimit=-1",
            "initLimit=-5",
            "syncLimit=-1",
            "syncLimit=-5",
            // Sessions would end as they begin.
            "minSessionTimeout=-5",
            // No port: observers would knock in vain.
            "observerMasterPort=2147483647",
            "observerMasterPort=70000",
            "connectToLearnerMasterLimit=-1",
            "connectToLearnerMasterLimit=-5",
            // Without a key and certificate nobody comes through.
            "sslQuorum=true",
            "sslQuorum=TRUE",
            "sslQuorum=True ",
            "portUnification=true",
            "portUnification=TRUE",
            "portUnification=True ",
            // A line in the log at each look, and a watch that never sleeps, or dies of it.
            "jvm.pause.info-threshold.ms=-1",
            "jvm.pause.info-threshold.ms=-5",
            "jvm.pause.warn-threshold.ms=-1",
            "jvm.pause.warn-threshold.ms=-5",
            "jvm.pause.sleep.time.ms=-0",
            "jvm.pause.sleep.time.ms=0",
            "jvm.pause.sleep.time.ms=-1",
            "jvm.pause.sleep.time.ms=-5");
  }

  /** The limit of a request, read by Apache's class in a loader of its own for each spelling. */
  @Test
  void spellingsOfJuteMaxbufferMeanWhatTheyMeanToApache() throws Exception {
    URL jute = BinaryInputArchive.class.getProtectionDomain().getCodeSource().getLocation();
    List<String> different = new ArrayList<>();
    for (String value :
        List.of(
            "4194304",
            "+4194304",
            "0x400000",
            "0X400000",
            "#400000",
            "017777777",
            "2147482000",
            "-0x1",
            " 4194304",
            "4194304 ",
            "4194304\t",
            "4m",
            "4194304L",
            "4_194_304",
            "4e6",
            "",
            "\u0664194304",
            "2147483648",
            "-1",
            "0",
            "0x7fffffff")) {
      Properties before = (Properties) System.getProperties().clone();
      String theirs;
      try (URLClassLoader loader = new URLClassLoader(new URL[] {jute}, null)) {
        System.setProperty("jute.maxbuffer", value);
        Class<?> archive = loader.loadClass(BinaryInputArchive.class.getName());
        theirs = archive.getField("maxBuffer").get(null).toString();
      } finally {
        System.setProperties(before);
      }
      String ours = ourLimit(Map.of(), Map.of("jute.maxbuffer", value));
      if (!ours.equals(theirs)) {
        different.add("'" + value + "': Apache " + theirs + ", Paddock " + ours);
      }
      assertThat(ourLimit(Map.of("jute.maxbuffer", value), Map.of())).as(value).isEqualTo(ours);
    }
    assertThat(different)
        .containsExactly(
            // With a limit below every request each of them ends its connection.
            "'-0x1': Apache -1, Paddock refused",
            // What Apache cannot read it passes over without a word, and a request that the user
            // has
            // made room for ends its connection. Blanks around a number are no other number.
            "' 4194304': Apache 1048575, Paddock 4194304",
            "'4194304 ': Apache 1048575, Paddock 4194304",
            "'4194304\t': Apache 1048575, Paddock 4194304",
            "'4m': Apache 1048575, Paddock refused",
            "'4194304L': Apache 1048575, Paddock refused",
            "'4_194_304': Apache 1048575, Paddock refused",
            "'4e6': Apache 1048575, Paddock refused",
            "'': Apache 1048575, Paddock refused",
            "'2147483648': Apache 1048575, Paddock refused",
            "'-1': Apache -1, Paddock refused",
            "'0': Apache 0, Paddock refused",
            // There ends what an array can hold with what is around a request.
            "'0x7fffffff': Apache 2147483647, Paddock 2147482623");
  }

  private static String ourLimit(Map<String, String> file, Map<String, String> properties) {
    Map<String, String> settings = new HashMap<>(Map.of("dataDir", "/none", "clientPort", "2181"));
    settings.putAll(file);
    try {
      return "" + ZooCfg.of(settings, properties).limits().frameBytesMax();
    } catch (ConfigException e) {
      return "refused";
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
