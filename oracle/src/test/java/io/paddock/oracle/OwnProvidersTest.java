package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.oracle.Op.Acl;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.testlib.ChildJvm;
import io.paddock.testlib.LogLines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Users' own classes behind {@code authProvider.N}: the same ones at Apache's and at Paddock. */
@Timeout(120)
class OwnProvidersTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "authProvider.1", TokenProvider.class.getName(),
          "authProvider.own", PlainDigestProvider.class.getName(),
          "authProvider.3", PathProvider.class.getName());

  @TempDir Path directory;

  /** What one client hears, a line for each frame. */
  private static final class Talk implements AutoCloseable {
    private final RawClient client;
    private final Reading reading;
    private final List<String> told;

    Talk(int port, Reading reading, List<String> told) {
      this.client = RawClient.session(port);
      this.reading = reading;
      this.told = told;
    }

    Frame ask(Op op) {
      Frame frame = client.call(op);
      told.add(
          op.words()
              + " -> "
              + reading.frame(op.type(), frame).replaceFirst(" zxid=z?-?\\d+", " zxid"));
      return frame;
    }

    void make(String path, String scheme, String id, int perms) {
      ask(Op.create(OpCode.CREATE, path, null, List.of(new Acl(perms, scheme, id)), 0));
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private static List<String> transcript(int port) {
    List<String> told = new ArrayList<>();
    Reading reading = new Reading();
    try (Talk ann = new Talk(port, reading, told)) {
      ann.make("/nobodys", "auth", "", 31);
      ann.ask(Op.auth("token", "open sesame ann"));
      ann.ask(Op.auth("token", "nobody"));
      ann.ask(Op.bare(OpCode.WHO_AM_I));
      ann.make("/anns", "auth", "", 31);
      ann.make("/all-as", "token", "a*", 31);
      ann.make("/bobs", "token", "bob", 31);
      ann.make("/odd", "token", "no good", 31);
      ann.make("/empty", "token", "", 31);
      for (String path : List.of("/anns", "/all-as", "/bobs")) {
        ann.ask(Op.path(OpCode.GET_ACL, path));
        ann.ask(Op.setData(path, "x"));
        ann.ask(Op.getData(path, false));
        ann.ask(Op.create(path + "/below", "y"));
      }
      ann.ask(Op.auth("token", "where"));
      ann.ask(Op.bare(OpCode.WHO_AM_I));
      ann.ask(Op.auth("token", "forget"));
      ann.ask(Op.bare(OpCode.WHO_AM_I));
      ann.ask(Op.getData("/anns", false));
    }
    for (String wrong : List.of("sesame", "throw", "null")) {
      try (Talk eve = new Talk(port, reading, told)) {
        eve.ask(Op.auth("token", wrong));
        eve.ask(Op.exists("/anns", false));
      }
    }
    digests(port, reading, told);
    paths(port, reading, told);
    return told;
  }

  /** The scheme that is there already, as another class has it. */
  private static void digests(int port, Reading reading, List<String> told) {
    try (Talk carl = new Talk(port, reading, told)) {
      carl.ask(Op.auth("digest", "carl"));
      carl.ask(Op.bare(OpCode.WHO_AM_I));
      carl.make("/carls", "digest", "CARL", 31);
      carl.make("/danas", "digest", "dana", 31);
      carl.make("/usual", "digest", "dana:hash", 31);
      for (String path : List.of("/carls", "/danas", "/anns")) {
        carl.ask(Op.getData(path, false));
        carl.ask(Op.path(OpCode.GET_ACL, path));
      }
    }
    try (Talk root = new Talk(port, reading, told)) {
      root.ask(Op.auth("digest", "ROOT"));
      root.ask(Op.bare(OpCode.WHO_AM_I));
      root.ask(Op.getData("/danas", false));
    }
  }

  /** What a provider is told of what is asked. */
  private static void paths(int port, Reading reading, List<String> told) {
    try (Talk paul = new Talk(port, reading, told)) {
      paul.ask(Op.auth("path", "paul"));
      paul.make("/own", "auth", "", 31);
      paul.make("/reads", "path", "/reads;1;-", 31);
      paul.make("/writes", "path", "/writes;2;-", 31);
      paul.make("/makes", "path", "/makes/[a-z]*;4;1", 31);
      paul.make("/kills", "path", "/kills/[a-z]*;4;1|/kills/[a-z]*;8;-", 31);
      paul.make("/lists", "path", "/lists;16;2", 31);
      paul.make("/shows", "path", "/shows;17;-", 31);
      for (String path : List.of("/reads", "/writes", "/makes", "/kills", "/lists", "/shows")) {
        paul.ask(Op.getData(path, false));
        paul.ask(Op.exists(path, false));
        paul.ask(Op.getChildren2(path, false));
        paul.ask(Op.path(OpCode.GET_ACL, path));
        paul.ask(Op.setData(path, "x"));
        paul.ask(Op.create(path + "/below", "y"));
        paul.ask(Op.create(path + "/seq", 2));
        paul.ask(Op.delete(path + "/below", -1));
        paul.ask(Op.multi(OpCode.MULTI, List.of(Op.check(path, -1))));
        paul.ask(
            Op.setAcl(path, List.of(new Acl(31, "world", "anyone"), new Acl(1, "path", "x")), -1));
      }
    }
  }

  @Test
  void clientsHearTheSameOfThemAtApacheAndAtPaddock() throws Exception {
    List<String> theirs;
    try (SaslServer apache = SaslServer.apache(directory, SETTINGS, null)) {
      theirs = transcript(apache.port());
    }
    try (SaslServer paddock = SaslServer.paddock(SETTINGS, null)) {
      assertThat(transcript(paddock.port())).isEqualTo(theirs);
    }
    assertThat(theirs).anyMatch(line -> line.contains("\"token\":\"user ann\""));
  }

  @Test
  void whatOneThrowsIsARefusalAndALine() {
    try (SaslServer paddock = SaslServer.paddock(SETTINGS, null);
        LogLines log = new LogLines();
        Talk eve = new Talk(paddock.port(), new Reading(), new ArrayList<>());
        Talk ann = new Talk(paddock.port(), new Reading(), new ArrayList<>())) {
      Frame refused = eve.ask(Op.auth("token", "error"));
      assertThat(refused.err()).isEqualTo(-115);
      log.await("TokenProvider has thrown java.lang.NoClassDefFoundError");
      ann.ask(Op.auth("token", "open sesame ann"));
      ann.make("/throws", "token", "throws", 31);
      assertThat(ann.ask(Op.getData("/throws", false)).err()).isEqualTo(-102);
      assertThat(ann.ask(Op.setData("/throws", "x")).err()).isEqualTo(-102);
      log.await("TokenProvider.matches has thrown java.lang.IllegalState");
      Op odd =
          Op.create(
              OpCode.CREATE, "/odd", null, List.of(new Acl(31, "token", "invalid throws")), 0);
      assertThat(ann.ask(odd).err()).isEqualTo(-114);
      assertThat(log.count("secret")).isZero();
    }
  }

  @Test
  void oneThatNeverComesBackHoldsUpItsOwnRequestsOnly() {
    Map<String, String> settings = Map.of("authProvider.1", SlowProvider.class.getName());
    try (SaslServer paddock = SaslServer.paddock(settings, null);
        Talk quick = new Talk(paddock.port(), new Reading(), new ArrayList<>())) {
      List<RawClient> waiting = new ArrayList<>();
      quick.ask(Op.auth("slow", "quick"));
      quick.make("/slow", "slow", "slow", 31);
      quick.make("/quick", "slow", "quick", 31);
      for (int i = 0; i < 7; i++) {
        RawClient slow = RawClient.session(paddock.port());
        slow.request(OpCode.AUTH, Op.auth("slow", "").bodyAt(0));
        waiting.add(slow);
      }
      long begun = System.nanoTime();
      // Each of these is refused, the first after a while and the others nearly at once.
      for (int i = 0; i < 20; i++) {
        assertThat(quick.ask(Op.getData("/slow", false)).err()).isEqualTo(-102);
        assertThat(quick.ask(Op.setData("/slow", "x")).err()).isEqualTo(-102);
        assertThat(quick.ask(Op.exists("/", false)).err()).isZero();
      }
      assertThat((System.nanoTime() - begun) / 1_000_000).isLessThan(4000);
      SlowProvider.RELEASE.countDown();
      // The provider is trusted again a little later.
      while (quick.ask(Op.setData("/quick", "x")).err() != 0) {
        LockSupport.parkNanos(20_000_000);
      }
      for (RawClient slow : waiting) {
        assertThat(slow.next().err()).isZero();
        slow.close();
      }
    } finally {
      SlowProvider.RELEASE.countDown();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "com.example.Mine | is no class of the class path: name its jar in CLASSPATH",
        "java.lang.String | does not implement org.apache.zookeeper.server.auth.Authentication",
        "io.paddock.oracle.OwnProvidersTest$Broken | cannot be made: java.lang.IllegalStateException",
        "io.paddock.oracle.OwnProvidersTest$NoScheme | has no scheme",
      })
  void whatCannotBeHadRefusesTheStart(String name, String why) {
    assertThatThrownBy(() -> SaslServer.paddock(Map.of("authProvider.1", name), null).close())
        .hasMessageContaining("authProvider.1=" + name + " " + why);
  }

  @Test
  void aSchemeThatIsRequiredMustBeOneOfTheirs() {
    Map<String, String> settings =
        Map.of(
            "authProvider.1",
            TokenProvider.class.getName(),
            "enforce.auth.enabled",
            "true",
            "enforce.auth.schemes",
            "token");
    try (SaslServer paddock = SaslServer.paddock(settings, null);
        Talk ann = new Talk(paddock.port(), new Reading(), new ArrayList<>());
        Talk eve = new Talk(paddock.port(), new Reading(), new ArrayList<>())) {
      assertThat(ann.ask(Op.auth("token", "open sesame ann")).err()).isZero();
      assertThat(ann.ask(Op.exists("/", false)).err()).isZero();
      assertThat(eve.ask(Op.exists("/", false)).err()).isEqualTo(-124);
    }
    Map<String, String> unknown = new java.util.HashMap<>(settings);
    unknown.put("enforce.auth.schemes", "tokens");
    assertThatThrownBy(() -> SaslServer.paddock(unknown, null).close())
        .hasMessageContaining("the scheme tokens, which none of the classes");
  }

  /** Ends the process that makes it. */
  public static final class Exiting extends TokenProvider {
    public Exiting() {
      System.exit(7);
    }
  }

  @Test
  void aClassThatEndsTheProcessIsNamedInTheLog() throws Exception {
    String key = "authProvider.1=" + Exiting.class.getName();
    Path file =
        Files.writeString(
            directory.resolve("zoo.cfg"),
            "dataDir="
                + directory.resolve("data")
                + "\nclientPort=0\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                + key
                + "\n");
    Process process =
        new ProcessBuilder(
                ChildJvm.words(List.of(), "io.paddock.server.ServerMain", file.toString()))
            .redirectErrorStream(true)
            .start();
    String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(all).isEqualTo(7);
    assertThat(all).contains("The process ends while " + key + " is being made", "System.exit");
  }

  /** Cannot be made. */
  public static final class Broken extends TokenProvider {
    public Broken() {
      throw new IllegalStateException("no such token service");
    }
  }

  /** Does not say whom it judges. */
  public static final class NoScheme extends TokenProvider {
    @Override
    public String getScheme() {
      return null;
    }
  }
}
