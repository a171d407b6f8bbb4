package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.server.ServerMain;
import io.paddock.testkit.EmbeddedEnsemble;
import io.paddock.testkit.FreePorts;
import io.paddock.testlib.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The audit log beside Apache's: the same operations leave the same lines, byte by byte but for
 * times, the numbers of sessions and the order of one client's identities.
 */
class AuditConformanceTest {
  private static final Pattern TIME =
      Pattern.compile("^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} ");
  private static final Pattern USERS = Pattern.compile("user=([^\t]*)");
  private static final Pattern SESSION = Pattern.compile("session=(0x[0-9a-f]+)");

  @TempDir Path scratch;

  /** A server as a process, with logs in a folder of its own. */
  private final class Program implements AutoCloseable {
    final Path folder;
    final int port = FreePorts.one();
    final Process process;

    Program(Class<?> main, String logback, String... more) throws IOException {
      folder = Files.createDirectories(scratch.resolve(main.getSimpleName() + logback));
      List<String> lines =
          new ArrayList<>(
              List.of(
                  "dataDir=" + folder.resolve("data"),
                  "clientPort=" + port,
                  "clientPortAddress=127.0.0.1",
                  "admin.enableServer=false",
                  "extendedTypesEnabled=true",
                  "DigestAuthenticationProvider.superDigest=super:ejTEktBHDg2P+Yhtnvp/bcc3WCE=",
                  "audit.enable=true"));
      lines.addAll(List.of(more));
      Files.write(folder.resolve("zoo.cfg"), lines);
      process =
          new ProcessBuilder(
                  ChildJvm.words(
                      List.of(
                          "-Xmx256m",
                          "-Dlogback.configurationFile=" + logback,
                          "-Dzookeeper.log.dir=" + folder),
                      main.getName(),
                      folder.resolve("zoo.cfg").toString()))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("server.log").toFile())
              .start();
    }

    Program awaitServing() {
      await(
          () -> {
            // Apache's port is open before its server serves.
            try (RawClient client = RawClient.session(port)) {
              return true;
            } catch (UncheckedIOException | AssertionError refused) {
              return false;
            }
          });
      return this;
    }

    /** Ends it by SIGTERM; its audit log, with sessions by the order in which they appear. */
    List<String> audit() throws IOException, InterruptedException {
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return normal(Files.readAllLines(folder.resolve("zookeeper_audit.log")));
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static List<String> normal(List<String> lines) {
    Map<String, String> sessions = new LinkedHashMap<>();
    List<String> normal = new ArrayList<>();
    for (String line : lines) {
      Matcher time = TIME.matcher(line);
      assertThat(time.find()).as(line).isTrue();
      Matcher session = SESSION.matcher(sortUsers(time.replaceFirst("")));
      normal.add(
          session.replaceAll(
              found ->
                  "session="
                      + sessions.computeIfAbsent(found.group(1), id -> "s" + sessions.size())));
    }
    return normal;
  }

  /** Apache's server has a client's identities in the order of a hash table. */
  private static String sortUsers(String line) {
    Matcher users = USERS.matcher(line);
    return users.replaceFirst(
        found ->
            "user="
                + Stream.of(found.group(1).split(",")).sorted().collect(Collectors.joining(",")));
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** Everything that leaves a line, and what must not. */
  private static void script(int port) {
    try (RawClient ann = RawClient.session(port);
        RawClient root = RawClient.session(port)) {
      creates(ann);
      changes(ann);
      multis(ann);
      ann.call(Op.reconfig("server.9=h:1:2", null, null, -1));
      ann.call(Op.auth("digest", "ann:secret"));
      ann.call(Op.create("/of-ann", "x"));
      root.call(Op.auth("digest", "super:paddock"));
      root.call(Op.delete("/of-ann", -1));
      for (Op silent :
          List.of(
              Op.getData("/a", true),
              Op.exists("/no", true),
              Op.path(OpCode.SYNC, "/"),
              Op.bare(OpCode.PING))) {
        ann.call(silent);
      }
      ann.call(Op.create("/e", Op.EPHEMERAL));
      ann.call(Op.bare(OpCode.CLOSE_SESSION));
      root.call(Op.bare(OpCode.CLOSE_SESSION));
    }
  }

  private static void creates(RawClient ann) {
    ann.call(Op.create("/a", "x"));
    ann.call(Op.create("/a", "x"));
    ann.call(Op.create("/no/a", "x"));
    ann.call(Op.create("/t\tresult=success\nuser=root", "x"));
    ann.call(Op.create(OpCode.CREATE2, "/b", null, Op.OPEN, 0));
    ann.call(Op.create("/s-", Op.SEQUENTIAL));
    ann.call(Op.create("/es-", Op.EPHEMERAL_SEQUENTIAL));
    ann.call(Op.delete("/es-0000000003", -1));
    ann.call(Op.create(OpCode.CREATE_CONTAINER, "/c", null, Op.OPEN, Op.CONTAINER));
    ann.call(Op.createTtl("/ttl", null, Op.OPEN, Op.TTL, 1_000_000));
    ann.call(Op.createTtl("/ttl-", null, Op.OPEN, Op.TTL_SEQUENTIAL, 1_000_000));
    ann.call(Op.create(OpCode.CREATE, "/d", null, List.of(), 0));
    ann.call(Op.create(OpCode.CREATE, "/äö☃", null, Op.OPEN, 0));
  }

  private static void changes(RawClient ann) {
    ann.call(Op.setData("/a", "y"));
    ann.call(Op.setData("/a", new byte[0], 77));
    ann.call(Op.setData("/no", "y"));
    ann.call(
        Op.setAcl(
            "/a",
            List.of(
                new Op.Acl(31, "world", "anyone"),
                new Op.Acl(9, "digest", "b\to\nb:x="),
                new Op.Acl(2, "ip", "10.0.0.0/8")),
            -1));
    ann.call(Op.setAcl("/no", Op.OPEN, -1));
    ann.call(Op.setAcl("/a", List.of(new Op.Acl(31, "nobody", "knows")), -1));
    ann.call(Op.delete("/b", 5));
    ann.call(Op.delete("/b", -1));
    ann.call(Op.delete("/b", -1));
  }

  private static void multis(RawClient ann) {
    ann.call(
        Op.multi(
            OpCode.MULTI,
            List.of(
                Op.create("/m", "x"),
                Op.create("/m-", Op.SEQUENTIAL),
                Op.create(OpCode.CREATE2, "/m2", null, Op.OPEN, Op.EPHEMERAL),
                Op.createTtl("/mt", null, Op.OPEN, Op.TTL, 1_000_000),
                Op.setData("/m", "y"),
                Op.check("/m", 1),
                Op.delete("/m2", -1))));
    ann.call(Op.multi(OpCode.MULTI, List.of(Op.create("/n", "x"), Op.delete("/no", -1))));
    ann.call(Op.multi(OpCode.MULTI, List.of(Op.check("/no", 1))));
    ann.call(Op.multi(OpCode.MULTI, List.of()));
  }

  @Test
  void theSameOperationsLeaveTheSameLines() throws Exception {
    List<List<String>> audits = new ArrayList<>();
    try (Program apache = new Program(ZooKeeperServerMain.class, "audit-process.xml");
        Program ours = new Program(ServerMain.class, "server-process.xml");
        Program byLogger = new Program(ServerMain.class, "audit-process.xml")) {
      for (Program program : List.of(apache, ours, byLogger)) {
        script(program.awaitServing().port);
        audits.add(program.audit());
      }
      assertThat(Files.readString(byLogger.folder.resolve("server.log")))
          .contains("ZooKeeper audit is enabled: logger org.apache.zookeeper.audit");
    }
    assertThat(audits.get(0)).hasSizeGreaterThan(35);
    assertThat(audits.get(1)).as("a file of its own").isEqualTo(audits.get(0));
    assertThat(audits.get(2)).as("by Apache's logback.xml").isEqualTo(audits.get(0));
  }

  @Test
  void aServerThatDoesNotStartSaysSo() throws Exception {
    List<List<String>> audits = new ArrayList<>();
    for (Class<?> main : List.of(ZooKeeperServerMain.class, ServerMain.class)) {
      try (Program program = new Program(main, "audit-process.xml", "dataLogDir=/dev/null/x")) {
        await(() -> !program.process.isAlive());
        audits.add(normal(Files.readAllLines(program.folder.resolve("zookeeper_audit.log"))));
      }
    }
    assertThat(audits.get(1)).isEqualTo(audits.get(0)).hasSize(1);
  }

  @Test
  void eachServerTellsOfItsOwnClientsAndOfAllEphemeralsThatWent() throws Exception {
    Path file = scratch.resolve("audit.log");
    try (EmbeddedEnsemble ensemble =
        EmbeddedEnsemble.builder()
            .servers(3)
            .set("audit.enable", "true")
            .set("paddock.audit.file", file.toString())
            .start()) {
      for (int i = 1; i <= 3; i++) {
        ensemble.awaitServing(i);
        try (RawClient client = RawClient.session(ensemble.server(i).clientPort())) {
          client.call(Op.create("/of-" + i, "x"));
          client.call(Op.create("/e-" + i, Op.EPHEMERAL));
          client.call(Op.bare(OpCode.CLOSE_SESSION));
        }
      }
    }
    List<String> lines = Files.readAllLines(file);
    for (int i = 1; i <= 3; i++) {
      String made = "znode=/of-" + i + "\t";
      String gone = "OrExpire\tznode=/e-" + i + "\t";
      assertThat(lines).filteredOn(line -> line.contains(made)).hasSize(1);
      assertThat(lines).filteredOn(line -> line.contains(gone)).hasSize(3);
    }
    assertThat(lines).filteredOn(line -> line.contains("serverStart")).hasSize(3);
    assertThat(lines).filteredOn(line -> line.contains("serverStop")).hasSize(3);
  }
}
