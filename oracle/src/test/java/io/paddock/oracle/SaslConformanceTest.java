package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.Op.Acl;
import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logins by DIGEST-MD5 and what clients must prove, frame by frame, at Apache's and at Paddock. */
@Timeout(180)
class SaslConformanceTest {
  private static final DigestLogin BOB = new DigestLogin("bob", "bobs secret");
  private static final DigestLogin ROOT = new DigestLogin("root", "roots secret");
  private static final int UNKNOWN = 4711;

  @TempDir Path directory;
  private Path jaas;

  @BeforeEach
  void writeJaasFile() throws IOException {
    jaas =
        Files.writeString(
            directory.resolve("jaas.conf"),
            """
            Server {
              org.apache.zookeeper.server.auth.DigestLoginModule required
              user_super="supers secret"
              user_bob="bobs secret"
              user_root="roots secret";
            };
            """);
  }

  private static Map<String, String> settings(String... more) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("authProvider.1", SaslServer.PROVIDER);
    settings.put("fips-mode", "false");
    settings.put("superUser", "root");
    settings.put("letAnySaslUserDoX", "anybody");
    for (int i = 0; i < more.length; i += 2) {
      if (more[i + 1] == null) {
        settings.remove(more[i]);
      } else {
        settings.put(more[i], more[i + 1]);
      }
    }
    return settings;
  }

  /** What a client hears, one line for each frame. */
  private static final class Talk implements AutoCloseable {
    final List<String> told;
    final Reading reading;
    final RawClient client;
    final String who;

    Talk(SaslServer server, String who, List<String> told, Reading reading) {
      this.client = RawClient.session(server.port());
      this.who = who;
      this.told = told;
      this.reading = reading;
    }

    Frame ask(int type, byte[] body) {
      Frame frame = client.call(type, body);
      tell(type, frame);
      return frame;
    }

    void ask(Op op) {
      tell(op.type(), client.call(op));
    }

    /** Sends a token; the one that comes back, null for none. */
    byte[] token(byte[] token) {
      Frame frame = client.call(OpCode.SASL, new Jute.Out().buf(token).bytes());
      tell(OpCode.SASL, frame);
      return frame.kind() == Kind.FRAME ? frame.in().buf() : null;
    }

    private void tell(int type, Frame frame) {
      String text = reading.frame(type, frame);
      if (frame.kind() == Kind.FRAME && type != OpCode.SASL) {
        text = text.replaceFirst(" zxid=z?-?\\d+", frame.zxid() == 0 ? " zxid=0" : " zxid");
      }
      if (frame.kind() == Kind.FRAME && frame.err() != 0) {
        text += " body " + frame.body().length;
      }
      told.add(who + " " + OpCode.name(type) + ": " + text);
      if (frame.kind() == Kind.END) {
        told.add(who + " has heard the last");
      }
    }

    /** A whole login. */
    void login(DigestLogin as, String actsFor) throws SaslException {
      SaslClient sasl = as.client(actsFor);
      byte[] challenge = token(new byte[0]);
      if (challenge != null) {
        token(sasl.evaluateChallenge(challenge));
      }
    }

    /** What somebody can do who is not known further. */
    void round(String path) {
      ask(Op.bare(OpCode.WHO_AM_I));
      ask(Op.create(OpCode.CREATE, path, null, List.of(new Acl(31, "auth", "")), 0));
      ask(Op.path(OpCode.GET_ACL, path));
      ask(Op.getData("/bobs", false));
      ask(OpCode.PING, new byte[0]);
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What clients of all kinds hear. */
  private static List<String> transcript(SaslServer server) throws Exception {
    List<String> told = new ArrayList<>();
    Reading reading = new Reading();
    try (Talk bob = new Talk(server, "bob", told, reading)) {
      bob.login(BOB, null);
      bob.round("/bobs");
      // Behind its end a login cannot go on.
      bob.token(new byte[0]);
      bob.ask(Op.getData("/bobs", false));
    }
    try (Talk root = new Talk(server, "root", told, reading)) {
      root.login(ROOT, null);
      root.round("/roots");
      root.ask(Op.create(OpCode.CREATE, "/lists", null, List.of(new Acl(31, "sasl", "eve")), 0));
      root.ask(Op.getData("/lists", false));
    }
    try (Talk all = new Talk(server, "super", told, reading)) {
      all.login(new DigestLogin("super", "supers secret"), null);
      all.round("/supers");
      all.ask(Op.getData("/lists", false));
    }
    try (Talk eve = new Talk(server, "bob as root", told, reading)) {
      eve.login(BOB, "root");
      eve.round("/eves");
    }
    for (DigestLogin wrong :
        List.of(new DigestLogin("bob", "roots secret"), new DigestLogin("nobody", "bobs secret"))) {
      try (Talk talk = new Talk(server, "wrong " + wrong.user(), told, reading)) {
        talk.login(wrong, null);
        talk.round("/wrong");
        talk.login(BOB, null);
        talk.ask(Op.bare(OpCode.WHO_AM_I));
      }
    }
    for (byte[] first : new byte[][] {null, text("x"), new byte[] {0x60, 0x40, 6, 9}}) {
      try (Talk talk = new Talk(server, "first " + Reading.bytes(first), told, reading)) {
        talk.token(first);
        talk.round("/first");
      }
    }
    for (String second :
        new String[] {"", "x", "username=\"bob\"", "charset=utf-8,username=\"bob\""}) {
      try (Talk talk = new Talk(server, "second " + second, told, reading)) {
        talk.token(new byte[0]);
        talk.token(text(second));
        talk.round("/second");
      }
    }
    plain(server, told, reading);
    return told;
  }

  /** Those who do not log in by SASL. */
  private static void plain(SaslServer server, List<String> told, Reading reading) {
    for (int type :
        new int[] {OpCode.PING, OpCode.WHO_AM_I, OpCode.CLOSE_SESSION, OpCode.SYNC, UNKNOWN}) {
      try (Talk talk = new Talk(server, "plain", told, reading)) {
        byte[] body = type == OpCode.SYNC ? Op.path(OpCode.SYNC, "/").bodyAt(0) : new byte[0];
        talk.ask(type, body);
        talk.ask(Op.exists("/", false));
      }
    }
    for (String scheme : List.of("digest", "ip", "sasl", "ensemble", "world")) {
      try (Talk talk = new Talk(server, "auth " + scheme, told, reading)) {
        talk.ask(Op.auth(scheme, "here"));
        talk.round("/" + scheme);
      }
    }
    try (Talk talk = new Talk(server, "lists", told, reading)) {
      talk.ask(Op.auth("digest", "ann:x"));
      for (String id :
          List.of(
              "bob", "", "a/b", "a@R", "a/b@R", "@R", "/@", "a/b/c", "a/b/c@R", "a@b@R", "a@b/c",
              "a b")) {
        talk.ask(
            Op.create(
                OpCode.CREATE, "/list" + told.size(), null, List.of(new Acl(31, "sasl", id)), 0));
      }
      talk.ask(Op.create(OpCode.CREATE, "/any", null, List.of(new Acl(31, "sasl", "anybody")), 0));
      talk.ask(Op.getData("/any", false));
      talk.ask(Op.create(OpCode.CREATE, "/e", null, List.of(new Acl(31, "ensemble", "here")), 0));
      talk.ask(Op.create(OpCode.CREATE, "/s", null, List.of(new Acl(31, "super", "")), 0));
    }
  }

  private List<String> same(Map<String, String> settings, Path file) throws Exception {
    List<String> theirs;
    try (SaslServer apache = SaslServer.apache(directory, settings, file)) {
      theirs = transcript(apache);
    }
    try (SaslServer paddock = SaslServer.paddock(settings, file)) {
      assertThat(transcript(paddock)).isEqualTo(theirs);
    }
    return theirs;
  }

  @Test
  void passwordsAreTakenAlike() throws Exception {
    assertThat(same(settings(), jaas))
        .anyMatch(line -> line.matches("bob whoAmI: .*\"sasl\":\"bob\".*"));
  }

  @Test
  void inFipsModeBothRefusePasswords() throws Exception {
    assertThat(same(settings("fips-mode", null), jaas)).noneMatch(line -> line.contains("rspauth"));
  }

  @Test
  void withoutAProviderOrALoginBothGoOn() throws Exception {
    same(settings("authProvider.1", null), jaas);
    same(settings(), null);
  }

  @Test
  void failedLoginsAreKeptByBothWhereTheyMayBe() throws Exception {
    same(settings("allowSaslFailedClients", "true"), jaas);
  }

  @Test
  void whereSaslIsRequiredBothRefuseWhoHasNotLoggedIn() throws Exception {
    same(settings("sessionRequireClientSASLAuth", "true"), jaas);
    same(settings("sessionRequireClientSASLAuth", "true", "allowSaslFailedClients", "true"), jaas);
  }

  @Test
  void oneOfSeveralSchemesMaySufficeAtBoth() throws Exception {
    same(settings("enforce.auth.enabled", "true", "enforce.auth.schemes", "digest,sasl"), jaas);
    same(settings("enforce.auth.enabled", "true", "enforce.auth.schemes", "digest, ip"), jaas);
  }

  @Test
  void namesOfTheEnsembleAreTakenAlike() throws Exception {
    String ensemble = "org.apache.zookeeper.server.auth.EnsembleAuthenticationProvider";
    same(settings("authProvider.2", ensemble, "ensembleAuthName", "there,here"), null);
    same(settings("authProvider.2", ensemble, "ensembleAuthName", "there"), null);
    same(settings("authProvider.2", ensemble), null);
    same(
        settings(
            "authProvider.2",
            ensemble,
            "enforce.auth.enabled",
            "true",
            "enforce.auth.schemes",
            "ensemble"),
        null);
  }
}
