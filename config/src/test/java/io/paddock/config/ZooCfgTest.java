package io.paddock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.paddock.frontend.ConnectionTokens;
import io.paddock.frontend.ThrottleRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a zoo.cfg and system properties come to, and how mistakes in them are told. */
class ZooCfgTest {
  private static final String MINIMAL = "dataDir=/data\nclientPort=2181\n";

  @TempDir Path directory;

  private ZooCfg load(String text, Map<String, String> properties) throws Exception {
    Path file = directory.resolve("zoo.cfg");
    Files.writeString(file, text);
    return ZooCfg.load(file, properties);
  }

  private ZooCfg load(String text) throws Exception {
    return load(text, Map.of());
  }

  @Test
  void twoLinesGiveApachesDefaults() throws Exception {
    ZooCfg config = load(MINIMAL);
    assertThat(config.warnings()).isEmpty();
    assertThat(config.text()).isEqualTo(MINIMAL);
    assertThat(config.clientPort())
        .isEqualTo(new ClientPortConfig(null, 2181, -1, 60, 0, false, 10_000, new BindRetry(3)));
    assertThat(config.session())
        .isEqualTo(new SessionConfig(3000, 6000, 60_000, false, false, false, true));
    assertThat(config.journal())
        .isEqualTo(
            new JournalConfig(
                Path.of("/data"),
                Path.of("/data"),
                true,
                100_000,
                4_194_304,
                -1,
                65_536,
                true,
                1000,
                JournalConfig.Compression.NONE,
                false,
                true));
    assertThat(config.fourLetterWords().allows("srvr")).isTrue();
    assertThat(config.fourLetterWords().allows("ruok")).isFalse();
    assertThat(config.admin())
        .isEqualTo(
            new AdminConfig(
                true,
                "0.0.0.0",
                8080,
                false,
                "/commands",
                new HttpLimits(30_000, 8192, 8192, 65_536, 256, 128),
                true,
                300,
                Optional.empty()));
    assertThat(config.metrics())
        .isEqualTo(new MetricsConfig(false, "0.0.0.0", 7000, -1, Optional.empty(), true));
    assertThat(config.tree())
        .isEqualTo(new TreeConfig(false, false, false, true, true, false, 60_000, 10_000, 0));
    AuthConfig auth = config.auth();
    assertThat(auth)
        .isEqualTo(
            new AuthConfig(
                false,
                true,
                "SHA1",
                Optional.empty(),
                false,
                Optional.empty(),
                auth.sasl(),
                Set.of(),
                Optional.empty(),
                List.of()));
    assertThat(auth.sasl().jaasFile()).isEmpty();
    assertThat(config.limits().frameBytesMax()).isEqualTo(1_048_575);
    assertThat(config.limits().outstandingRequestsMax()).isEqualTo(1000);
  }

  @Test
  void whatHttpPortsPutUpWithCanBeSetButNotWithoutADeadline() throws Exception {
    String keys =
        "admin.idleTimeout=100\nadmin.maxLineBytes=200\nadmin.maxHeaderBytes=300\n"
            + "admin.maxBodyBytes=0\nadmin.maxCnxns=5\nadmin.maxClientCnxns=4\n";
    ZooCfg config = load(MINIMAL + keys);
    assertThat(config.warnings()).isEmpty();
    assertThat(config.admin().limits()).isEqualTo(new HttpLimits(100, 200, 300, 0, 5, 4));
    ZooCfg endless = load(MINIMAL + "admin.idleTimeout=0");
    assertThat(endless.admin().limits().idleTimeoutMs()).isEqualTo(30_000);
    assertThat(endless.warnings())
        .containsExactly(
            "admin.idleTimeout=0 would let anybody keep a connection for ever; 30000 is used");
  }

  @Test
  void aFileOfAWindowsEditorIsReadWithItsMarkAndLineEnds() throws Exception {
    ZooCfg config = load("\ufeffdataDir=/data\r\n\r\n# 端口\r\nclientPort=2181 \r\n");
    assertThat(config.warnings()).isEmpty();
    assertThat(config.journal().dataDir()).isEqualTo(Path.of("/data"));
    assertThat(config.clientPort().port()).isEqualTo(2181);
  }

  @Test
  void aCommentBehindAValueIsToldAsSuch() {
    assertThatThrownBy(() -> load("dataDir=/data\nclientPort=2181 # for clients\n"))
        .hasMessage(
            "zoo.cfg:2: clientPort=2181 # for clients is not a whole number; a comment needs a line"
                + " of its own");
  }

  @Test
  void aKeyWithAnEndOfLineIsQuotedInOneLine() {
    assertThatThrownBy(() -> load("clientPort=2181\ntick\\n\\u0007Time=2000\u001b[2J\n"))
        .hasMessageContaining("dataDir is missing")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> load("dataDir=/x\nclientPort=21\\r\\n\\u001b81\n"))
        .hasMessage("zoo.cfg:2: clientPort=21\\r\\n\\u001b81 is not a whole number");
  }

  @ParameterizedTest
  @CsvSource({
    "dataDir=/gone/data# TLS for clients, ''",
    "dataDir=/gone/data # here, ''",
    "dataLogDir=/gone/log #here, ''",
    "ssl.keyStore.location=/gone/zoo1.pem # ours, secureClientPort=2281",
    "ssl.trustStore.passwordPath=/gone/password # ours, secureClientPort=2281"
        + " ssl.keyStore.location=/gone/zoo1.pem ssl.trustStore.location=/gone/ca",
    "ssl.quorum.keyStore.location=/gone/zoo1.pem# ours, sslQuorum=true initLimit=5 syncLimit=2"
        + " server.1=localhost:2888:3888 server.2=localhost:2889:3889",
    "paddock.audit.file=/gone/audit.log # of today, ''",
    "dynamicConfigFile=/gone/zoo.cfg.dynamic # of today, ''",
    "java.security.auth.login.config=/gone/server.jaas # of today, ''",
  })
  void aCommentBehindAPathIsToldAsSuch(String line, String before) throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.writeString(data.resolve("myid"), "1");
    String text = "dataDir=" + data + "\nclientPort=2181\n" + before.replace(' ', '\n') + "\n";
    assertThatThrownBy(() -> load(text + line + "\n"))
        .hasMessage(
            "zoo.cfg:"
                + (text.lines().count() + 1)
                + ": "
                + line
                + " names nothing that is there; a comment needs a line of its own");
  }

  @Test
  void aDirectoryOfSuchANameThatIsThereIsTakenWithAWarning() throws Exception {
    Path odd = Files.createDirectory(directory.resolve("data # 1"));
    ZooCfg config = load("clientPort=2181\ndataDir=" + odd + "\n");
    assertThat(config.journal().dataDir()).isEqualTo(odd);
    assertThat(config.warnings())
        .containsExactly(
            "zoo.cfg:2: the # and what follows it are part of the name "
                + odd
                + "; a comment needs a line of its own");
    assertThat(load("clientPort=2181\ndataDir=/data#1\n").warnings()).isEmpty();
  }

  @Test
  void aFileInUtf16IsRefusedWithTheRemedy() throws Exception {
    Path file =
        Files.write(directory.resolve("wide.cfg"), ("\ufeff" + MINIMAL).getBytes("UTF-16LE"));
    assertThatThrownBy(() -> ZooCfg.load(file, Map.of()))
        .hasMessage(file + " is written in UTF-16: save it as UTF-8");
  }

  @Test
  void aCommentInChineseEndsWithItsLineWhateverItsBytes() throws Exception {
    // The last byte of this word in GBK is a backslash, which would continue any other line.
    byte[] comment = {'#', ' ', (byte) 0x81, '\\', '\n'};
    Path file = directory.resolve("gbk.cfg");
    Files.write(file, comment);
    Files.writeString(file, MINIMAL, java.nio.file.StandardOpenOption.APPEND);
    assertThat(ZooCfg.load(file, Map.of()).journal().dataDir()).isEqualTo(Path.of("/data"));
  }

  @Test
  void aDirectoryIsNamedAsItsWriterSeesItUnlessApachesServerMadeOne() throws Exception {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "names here are ASCII");
    Path written = directory.resolve("d\u00e4ta");
    String text = "clientPort=2181\ndataDir=" + written + "\n";
    assertThat(load(text).journal().dataDir()).isEqualTo(written);
    Path asApache = Files.createDirectory(directory.resolve("d\u00c3\u00a4ta"));
    assertThat(load(text).journal().dataDir()).isEqualTo(asApache);
  }

  @Test
  void purgingIsOnByDefaultAndOffWhenZeroIsWritten() throws Exception {
    assertThat(load(MINIMAL).purge()).isEqualTo(new PurgeConfig(3, 1));
    assertThat(load(MINIMAL).purge().enabled()).isTrue();
    assertThat(load(MINIMAL + "autopurge.purgeInterval=0").purge().enabled()).isFalse();
  }

  @Test
  void keysOfAnOrdinaryFileAreAllRead() throws Exception {
    ZooCfg config =
        load(
            """
            # a comment that ends in a backslash \\
            tickTime = 2000
            dataDir: /var/lib/zookeeper
            dataLogDir /log\\
              s
            clientPort=2182
            clientPortAddress=127.0.0.1
            clientPortListenBacklog=7
            maxClientCnxns=0
            minSessionTimeout=1000
            maxSessionTimeout=9000
            autopurge.snapRetainCount=5
            autopurge.purgeInterval=24
            4lw.commands.whitelist=stat, ruok ,mntr
            snapCount=500
            preAllocSize=1024
            fsync.warningthresholdms=20
            snapshot.compression.method=gz
            admin.enableServer=FALSE
            admin.serverPort=9090
            admin.commandURL=admin/
            metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider
            metricsProvider.httpPort=7001
            extendedTypesEnabled=true
            enforceQuota=true
            DigestAuthenticationProvider.superDigest=super:abc=
            initLimit=10
            syncLimit=5
            electionAlg=3
            """);
    assertThat(config.warnings()).isEmpty();
    assertThat(config.session())
        .isEqualTo(new SessionConfig(2000, 1000, 9000, false, false, false, true));
    assertThat(config.clientPort().bindAddress().toString()).isEqualTo("/127.0.0.1:2182");
    assertThat(config.clientPort().backlog()).isEqualTo(7);
    assertThat(config.clientPort().perAddressMax()).isZero();
    assertThat(config.journal().dataDir()).isEqualTo(Path.of("/var/lib/zookeeper"));
    assertThat(config.journal().dataLogDir()).isEqualTo(Path.of("/logs"));
    assertThat(config.journal().snapCount()).isEqualTo(500);
    assertThat(config.journal().preallocationKiB()).isEqualTo(1024);
    assertThat(config.journal().forceWarningMs()).isEqualTo(20);
    assertThat(config.journal().compression()).isEqualTo(JournalConfig.Compression.GZIP);
    assertThat(config.purge()).isEqualTo(new PurgeConfig(5, 24));
    assertThat(config.fourLetterWords().words())
        .containsExactlyInAnyOrder("stat", "ruok", "mntr", "srvr");
    assertThat(config.admin().enabled()).isFalse();
    assertThat(config.admin().commandUrl()).isEqualTo("/admin");
    assertThat(config.metrics())
        .isEqualTo(new MetricsConfig(true, "0.0.0.0", 7001, -1, Optional.empty(), true));
    assertThat(config.tree().extendedTypesEnabled()).isTrue();
    assertThat(config.tree().enforceQuota()).isTrue();
    assertThat(config.auth().superDigest()).contains("super:abc=");
  }

  @Test
  void theFileWinsOverThePrefixedPropertyAndLosesToTheBareOne() throws Exception {
    Map<String, String> properties =
        Map.of(
            "zookeeper.snapCount", "77",
            "zookeeper.preAllocSize", "0x20",
            "jute.maxbuffer", "4194304",
            "zookeeper.clientPort", "1",
            "readonlymode.enabled", "true");
    ZooCfg config = load(MINIMAL + "snapCount=88\njute.maxbuffer=999\n", properties);
    assertThat(config.journal().snapCount()).isEqualTo(88);
    assertThat(config.journal().preallocationKiB()).isEqualTo(32);
    assertThat(config.limits().frameBytesMax()).isEqualTo(4_194_304);
    assertThat(config.clientPort().port()).isEqualTo(2181);
    assertThat(config.fourLetterWords().words()).containsExactlyInAnyOrder("srvr", "isro");
    assertThat(load(MINIMAL + "jute.maxbuffer=999\n").limits().frameBytesMax()).isEqualTo(999);
  }

  @ParameterizedTest
  @CsvSource({
    "dataDri=/x, dataDir",
    "DATALOGDIR=/x, dataLogDir",
    "clientprot=2, clientPort",
    "tickTiem=2, tickTime",
    "maxClientCnxn=2, maxClientCnxns",
    "autopurge.purgeIntervall=2, autopurge.purgeInterval",
    "initlimit=5, initLimit",
    "snapcount=5, snapCount"
  })
  void aMistypedKeyIsToldWithTheRightOne(String line, String meant) throws Exception {
    assertThat(load(MINIMAL + line).warnings())
        .containsExactly(
            "zoo.cfg:3: unknown key " + line.split("=")[0] + "; did you mean " + meant + "?");
  }

  @Test
  void aKeyLikeNoneIsToldWithoutAGuess() throws Exception {
    assertThat(load(MINIMAL + "elephants=2").warnings())
        .containsExactly("zoo.cfg:3: unknown key elephants is ignored");
  }

  @Test
  void aKeyGivenTwiceIsTold() throws Exception {
    ZooCfg config = load(MINIMAL + "clientPort=2182");
    assertThat(config.clientPort().port()).isEqualTo(2182);
    assertThat(config.warnings())
        .containsExactly("zoo.cfg:3: clientPort was already given at zoo.cfg:2; this one counts");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tickTime=2s | zoo.cfg:3: tickTime=2s is not a whole number",
        "tickTime=0 | zoo.cfg:3: tickTime=0 must be from 1 to 107374182",
        "clientPort=70000 | zoo.cfg:3: clientPort=70000 must be from 0 to 65535",
        "admin.enableServer=yes | zoo.cfg:3: admin.enableServer=yes must be true or false",
        "forceSync=false | zoo.cfg:3: forceSync=false must be yes or no",
        "snapshot.compression.method=zip | zoo.cfg:3: snapshot.compression.method=zip must be gz,"
            + " snappy or empty",
        "secureClientPort=2281 | zoo.cfg:3: secureClientPort needs this server's key and"
            + " certificate: ssl.keyStore.location=<.p12, .jks or .pem file>, and"
            + " ssl.trustStore.location=<CAs of the clients> or ssl.clientAuth=none",
        "secureClientPortAddress=::1 | zoo.cfg:3: secureClientPortAddress=::1 needs"
            + " secureClientPort beside it",
        "ssl.authProvider=mine | zoo.cfg:3: ssl.authProvider=mine names a provider of the user's"
            + " own, which cannot be loaded here; x509 can",
        "peerType=watcher | zoo.cfg:3: peerType=watcher must be participant or observer",
        "electionAlg=1 | zoo.cfg:3: electionAlg=1 is not supported; only 3 is, as in ZooKeeper",
        "standaloneEnabled=false | no server has a vote",
        "quorum.auth.learnerRequireSasl=true | zoo.cfg:3: quorum.auth.learnerRequireSasl=true needs"
            + " quorum.auth.enableSasl=true beside it, which comes one step before",
        "server.1=a:2888:3888:observer | zoo.cfg:3: observers need an ensemble of at least two"
            + " servers that vote, or standaloneEnabled=false; a server alone has one server line"
            + " or none",
        "DigestAuthenticationProvider.digestAlg=MD17 | zoo.cfg:3:"
            + " DigestAuthenticationProvider.digestAlg=MD17 is no digest that Java knows; SHA1 and"
            + " SHA-256 are",
        "dataDir=\\u12 | zoo.cfg:3: \\u must be followed by four hexadecimal digits",
      })
  void aWrongValueIsRefusedWithItsPlace(String line, String message) {
    assertThatThrownBy(() -> load(MINIMAL + line))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message)
        .extracting(e -> ((ConfigException) e).exitCode())
        .isEqualTo(2);
  }

  @Test
  void aWrongPropertyIsRefusedWithItsName() {
    assertThatThrownBy(() -> load(MINIMAL, Map.of("zookeeper.snapCount", "many")))
        .hasMessage("-Dzookeeper.snapCount: snapCount=many is not a whole number");
  }

  @Test
  void aMissingKeyIsNamedAndItsMisspellingToo() {
    assertThatThrownBy(() -> load("clientPort=2181"))
        .hasMessage(
            "dataDir is missing: add a line such as dataDir=/var/lib/zookeeper to the"
                + " configuration");
    assertThatThrownBy(() -> load("clientPort=2181\n\ndataDri=/x"))
        .hasMessage(
            "dataDir is missing, and zoo.cfg:3 has the unknown key dataDri: did you mean dataDir?");
    assertThatThrownBy(() -> load("dataDir=/x")).hasMessageStartingWith("clientPort is missing");
    assertThatThrownBy(() -> load("dataDir=/x\nclientPortAddress=::1"))
        .hasMessage("zoo.cfg:2: clientPortAddress=::1 needs clientPort beside it");
  }

  @Test
  void sessionTimeoutsThatCrossAreRefused() {
    assertThatThrownBy(() -> load(MINIMAL + "maxSessionTimeout=5000"))
        .hasMessage(
            "minSessionTimeout (6000 ms) is larger than maxSessionTimeout (5000 ms): raise the one"
                + " or lower the other (unset they are 2 and 20 times tickTime)");
  }

  @Test
  void threeServersAreAnEnsembleAndTheFileMyidSaysWhichThisOneIs() throws Exception {
    ZooCfg config = load(ensemble("2"));
    MembershipConfig membership = config.membership().orElseThrow();
    assertThat(membership.myId()).isEqualTo(2);
    assertThat(membership.ensemble().quorum().voters()).containsExactly(1, 2);
    assertThat(membership.ensemble().server(3).observer()).isTrue();
    assertThat(membership.zab().initLimit()).isEqualTo(10);
    assertThat(membership.peers().cnxTimeoutMs()).isEqualTo(5000);
  }

  @Test
  void aMyidThatIsNoneIsToldByCause() throws Exception {
    Path myid = directory.resolve("myid");
    assertThatThrownBy(() -> load(ensemble(null)))
        .hasMessage(
            myid
                + " is missing: it must hold this server's number, one of server.1, server.2,"
                + " server.3, and on each server another: echo NUMBER > "
                + myid);
    assertThatThrownBy(() -> load(ensemble("two")))
        .hasMessage(
            myid
                + " holds 'two', which is no number; it must be one of server.1, server.2,"
                + " server.3");
    assertThatThrownBy(() -> load(ensemble("9")))
        .hasMessage(
            myid
                + " says 9, but the configuration has no line server.9, only server.1, server.2,"
                + " server.3: correct the one or the other");
  }

  @Test
  void anEnsembleNeedsItsLimits() throws Exception {
    String config = ensemble("1").replace("syncLimit", "#");
    assertThatThrownBy(() -> load(config))
        .hasMessage(
            "syncLimit is missing, which an ensemble needs: add a line such as syncLimit=5");
  }

  @Test
  void anEpochCanBeMadeShortToTryTheRollOver() throws Exception {
    ZooCfg shortly = load(ensemble("1") + "testingonly.initialZxid=4294967194\n");
    assertThat(shortly.membership().orElseThrow().zab().counterMax()).isEqualTo(100);
    assertThat(shortly.warnings())
        .contains("testingonly.initialZxid is for tests: an epoch has 100 zxids");
    assertThat(load(ensemble("1")).membership().orElseThrow().zab().counterMax())
        .isEqualTo(0xfffffffeL);
  }

  @Test
  void whatALeaderKeepsAndWhomItServesIsSet() throws Exception {
    MembershipConfig usual = load(ensemble("1")).membership().orElseThrow();
    assertThat(usual.zab().commitLogTxnsMax()).isEqualTo(500);
    assertThat(usual.leaderServes()).isTrue();
    ZooCfg set = load(ensemble("1") + "commitLogCount=700\nleaderServes=no\n");
    assertThat(set.membership().orElseThrow().zab().commitLogTxnsMax()).isEqualTo(700);
    assertThat(set.membership().orElseThrow().leaderServes()).isFalse();
    assertThat(set.warnings())
        .contains("leaderServes=no: while this server leads, clients are turned away from it");
    ZooCfg few = load(ensemble("1") + "commitLogCount=10\nobserverMasterPort=2999\n");
    assertThat(few.membership().orElseThrow().zab().commitLogTxnsMax()).isEqualTo(500);
    assertThat(few.warnings())
        .contains(
            "commitLogCount=10 is below 500; 500 is used",
            "zoo.cfg:9: observerMasterPort has no effect: this server takes observers in when it"
                + " leads, not when it follows; leave the key out on the observers, so that they"
                + " connect to the leader");
  }

  @Test
  void severalAddressesOfAServerMustBeAllowed() throws Exception {
    String config = ensemble("1").replace("server.2=b:1:2", "server.2=b:1:2|bb:1:2");
    assertThatThrownBy(() -> load(config))
        .hasMessage(
            "server.2 has several addresses, which needs multiAddress.enabled=true on every"
                + " server");
    MembershipConfig membership =
        load(config + "multiAddress.enabled=true\n").membership().orElseThrow();
    assertThat(membership.ensemble().server(2).addresses()).hasSize(2);
  }

  private String ensemble(String myid) throws Exception {
    if (myid != null) {
      Files.writeString(directory.resolve("myid"), myid + "\n");
    }
    return "clientPort=2181\ndataDir="
        + directory
        + "\ninitLimit=10\nsyncLimit=5\nserver.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2:observer\n";
  }

  @Test
  void oneServerRunsAloneOnItsClientPort() throws Exception {
    ZooCfg one = load("dataDir=/x\nserver.1=a:2888:3888;127.0.0.1:2188");
    assertThat(one.clientPort().port()).isEqualTo(2188);
    assertThat(one.clientPort().host()).isEqualTo("127.0.0.1");
    assertThat(one.warnings())
        .containsExactly("zoo.cfg:2: a single server.1 line: running standalone");
  }

  @Test
  void serversInADynamicFileCountToo() throws Exception {
    Path dynamic = directory.resolve("zoo.cfg.dynamic");
    Files.writeString(dynamic, "server.1=a:1:2\nserver.2=b:1:2\n");
    Files.writeString(directory.resolve("myid"), "1");
    String config =
        "clientPort=1\ninitLimit=1\nsyncLimit=1\ndataDir="
            + directory
            + "\ndynamicConfigFile="
            + dynamic;
    assertThat(load(config).membership().orElseThrow().ensemble().servers()).hasSize(2);
  }

  @Test
  void valuesThatAreTooSmallAreRaisedAndSaid() throws Exception {
    ZooCfg config = load(MINIMAL + "snapCount=0\nautopurge.snapRetainCount=1");
    assertThat(config.journal().snapCount()).isEqualTo(2);
    assertThat(config.purge().snapRetainCount()).isEqualTo(3);
    assertThat(config.warnings())
        .containsExactly(
            "snapCount=0 is below 2; 2 is used",
            "autopurge.snapRetainCount=1 is below 3; 3 is used");
  }

  @Test
  void throttlesAreOffUntilTheirNumbersAreGiven() throws Exception {
    ThrottleConfig off =
        load(MINIMAL + "connection_throttle_tokens=0\nlargeRequestThreshold=-1").throttles();
    assertThat(off.requests()).isEmpty();
    assertThat(off.connections()).isEmpty();
    assertThat(off.largeFromBytes()).isEqualTo(Integer.MAX_VALUE);
    ZooCfg config =
        load(
            MINIMAL
                + "request_throttle_max_requests=5\nthrottled_op_wait_time=20\n"
                + "request_throttle_drop_stale=false\nlargeRequestThreshold=1000\n"
                + "connection_throttle_tokens=7\nconnection_throttle_freeze_time=9");
    assertThat(config.warnings()).isEmpty();
    assertThat(config.throttles())
        .isEqualTo(
            new ThrottleConfig(
                Optional.of(new ThrottleRules(5, false, true, false, 20_000_000)),
                100,
                1000,
                100 << 20,
                Optional.of(new ConnectionTokens.Rules(7, 1, 1, 9, 0.02, 0.002, 0)),
                1,
                1,
                false));
  }

  @Test
  void weightsOfConnectionsMakeTheBucketLarger() throws Exception {
    String weighted =
        MINIMAL + "connection_throttle_tokens=10\nconnection_throttle_weight_enabled=true\n";
    ThrottleConfig config = load(weighted).throttles();
    assertThat(config.connections().orElseThrow().tokensMax()).isEqualTo(30);
    assertThat(config.connections().orElseThrow().fillCount()).isEqualTo(3);
    assertThat(config.newTokens()).isEqualTo(3);
    assertThat(config.renewTokens()).isEqualTo(2);
    ZooCfg odd =
        load(
            weighted
                + "connection_throttle_global_session_weight=0\n"
                + "connection_throttle_local_session_weight=5");
    assertThat(odd.throttles().newTokens()).isEqualTo(5);
    assertThat(odd.throttles().renewTokens()).isEqualTo(5);
    assertThat(odd.warnings())
        .containsExactly(
            "connection_throttle_global_session_weight=0 is not above 0; 3 is used",
            "connection_throttle_renew_session_weight=2 is below the local session's; 5 is used",
            "connection_throttle_global_session_weight=3 is below the local session's; 5 is used");
  }

  @Test
  void aBoundOnWaitingIsSaidToDoNothingWhereNothingWaits() throws Exception {
    assertThat(load(MINIMAL + "throttled_op_wait_time=20").warnings())
        .containsExactly(
            "throttled_op_wait_time has no effect without request_throttle_max_requests: nothing"
                + " waits");
  }

  @Test
  void dangerousSwitchesAreSaid() throws Exception {
    ZooCfg config = load(MINIMAL + "forceSync=no\nskipACL=yes");
    assertThat(config.journal().forceSync()).isFalse();
    assertThat(config.auth().skipAcl()).isTrue();
    assertThat(config.warnings()).hasSize(2);
  }

  @Test
  void aFileThatIsNotThereIsSaid() {
    Path absent = directory.resolve("absent.cfg");
    assertThatThrownBy(() -> ZooCfg.load(absent, Map.of()))
        .hasMessage(absent + ": there is no such file; conf/zoo_sample.cfg is a start for one");
    assertThatThrownBy(() -> ZooCfg.load(directory, Map.of()))
        .hasMessage(directory + ": is a directory, not a file");
  }

  @Test
  void argumentsInTheOldStyleAreRead() throws Exception {
    ZooCfg config = ZooCfg.ofArguments(List.of("2181", "/data", "500", "9"), Map.of());
    assertThat(config.session().tickTimeMs()).isEqualTo(500);
    assertThat(config.clientPort().perAddressMax()).isEqualTo(9);
    assertThat(config.journal().dataDir()).isEqualTo(Path.of("/data"));
    assertThatThrownBy(() -> ZooCfg.ofArguments(List.of("x", "/data"), Map.of()))
        .hasMessage("settings: clientPort=x is not a whole number");
    assertThatThrownBy(() -> ZooCfg.ofArguments(List.of(), Map.of()))
        .hasMessageContaining(ZooCfg.USAGE);
  }

  @Test
  void valuesAreReadInLatin1AsApacheDoes() throws Exception {
    Path file = directory.resolve("zoo.cfg");
    String text = MINIMAL + "DigestAuthenticationProvider.superDigest=super:\u00e9";
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(ZooCfg.load(file, Map.of()).auth().superDigest()).contains("super:\u00e9");
  }
}
