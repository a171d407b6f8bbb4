package io.paddock.shell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jline.reader.Candidate;
import org.jline.reader.Parser.ParseContext;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellMainTest {
  @TempDir static Path folder;
  private static ApacheServer server;

  private record Ran(int exitCode, String out, String err) {}

  @BeforeAll
  static void start() throws Exception {
    server = new ApacheServer(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Ran run(String input, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exitCode =
        ShellMain.run(
            arguments,
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Ran(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static Ran piped(String... lines) {
    return run(String.join("\n", lines) + "\n", "-server", server.connectString());
  }

  @Test
  void pipedInputBringsResultsWithoutPromptOrTerminalNoise() {
    Ran ran = piped("printwatches off", "create /piped 'grüße'", "", "get /piped", "nope");
    assertThat(ran.out())
        .startsWith("Connecting to " + server.connectString() + "\n")
        .endsWith("grüße\n")
        .doesNotContain("[zk:", "JLine", "Welcome", "\u001b");
    assertThat(ran.err()).contains("Created /piped", "Command not found: Command not found nope");
    assertThat(ran.exitCode()).isEqualTo(127);
  }

  @Test
  void aCommandFindsTheServerThatLivesAmongSeveral() throws IOException {
    int dead;
    try (ServerSocket probe = new ServerSocket(0)) {
      dead = probe.getLocalPort();
    }
    String both = "127.0.0.1:" + dead + "," + server.connectString();
    // The client begins with any of them.
    for (int i = 0; i < 4; i++) {
      Ran ran = run("", "-server", both, "ls", "/zookeeper");
      assertThat(ran.exitCode()).as(ran.err()).isZero();
      assertThat(ran.out()).endsWith("[config, quota]\n");
    }
  }

  @Test
  void aServerThatServesAndOneThatDoesNotAreToldApart() throws Exception {
    assertThat(Reachability.explain(server.connectString()).get(0)).contains("serves clients");
    try (ServerSocket without = new ServerSocket(0)) {
      Thread answer =
          new Thread(
              () -> {
                try (var client = without.accept()) {
                  client.getInputStream().readNBytes(4);
                  client
                      .getOutputStream()
                      .write(
                          "This ZooKeeper instance is not currently serving requests\n"
                              .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      answer.start();
      assertThat(Reachability.explain("127.0.0.1:" + without.getLocalPort()).get(0))
          .contains("it has no leader");
      answer.join();
    }
  }

  @Test
  void quitEndsTheSessionAndKeepsTheExitCodeOfTheCommandBefore() {
    Ran ran = piped("create -e /while-here x", "get /nowhere", "quit", "create /not-reached");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(piped("ls /").out()).doesNotContain("while-here", "not-reached");
  }

  @Test
  void aSingleCommandLeavesItsSessionToTheTimeout() {
    Ran ran = run("", "-server", server.connectString(), "create", "-e", "/outlives", "x");
    assertThat(ran.err()).isEqualTo("Created /outlives\n");
    assertThat(piped("ls /").out()).contains("outlives");
  }

  @Test
  void aMistypedCommandIsAnsweredWithAHint() {
    assertThat(piped("crate /x").err()).endsWith("not found crate\nDid you mean create?\n");
  }

  @Test
  void resultsComeAsJsonOnRequest() throws IOException {
    Ran ran =
        run(
            "create /json '{}'\nset -b /json //8=\nget -s /json\nls /json\ntree /json\nwhoami\nstat /json\n",
            "--json",
            "-server",
            server.connectString());
    var mapper = new ObjectMapper();
    List<String> lines = ran.out().lines().toList();
    assertThat(ran.exitCode()).isZero();
    assertThat(mapper.readTree(lines.get(0)).get("created").asText()).isEqualTo("/json");
    JsonNode got = mapper.readTree(lines.get(1));
    assertThat(got.get("dataBase64").asText()).isEqualTo("//8=");
    assertThat(got.get("stat").get("dataVersion").asInt()).isEqualTo(1);
    assertThat(mapper.readTree(lines.get(2)).get("children")).isEmpty();
    assertThat(mapper.readTree(lines.get(3)).get("name").asText()).isEqualTo("/json");
    assertThat(mapper.readTree(lines.get(4)).get("identities").get(0).get("scheme").asText())
        .isEqualTo("ip");
    assertThat(lines).hasSize(6);
  }

  @Test
  void aTreeShowsTheSubtreeToTheDepthAskedFor() {
    Ran ran =
        piped(
            "create /t", "create /t/b", "create /t/a", "create /t/a/c", "tree /t", "tree -d 1 /t");
    assertThat(ran.out()).endsWith("/t\n├── a\n│   └── c\n└── b\n/t\n├── a\n└── b\n");
  }

  @Test
  void readableListingsShowSizesAndAges() {
    Ran ran = piped("create /r", "create /r/x 12345", "ls -h /r", "stat -h /r/x");
    assertThat(ran.out())
        .containsPattern("(?m)^x +5 B +0 below +\\d{4}-\\d\\d-\\d\\d \\S+ \\(\\d+ s ago\\)$")
        .contains("dataLength = 5 B");
  }

  @Test
  void watchFollowsAPathThroughEveryChange() throws Exception {
    piped("create /w 0");
    var out = new ByteArrayOutputStream();
    var err = new SignallingStream("watching /w");
    String[] arguments = {"-server", server.connectString(), "watch", "-R", "-n", "3", "/w"};
    CompletableFuture<Integer> watching =
        CompletableFuture.supplyAsync(
            () ->
                ShellMain.run(
                    arguments,
                    new ByteArrayInputStream(new byte[0]),
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8)));
    err.await();
    piped("set /w first", "set /w second", "create /w/child");
    assertThat(watching.get(20, TimeUnit.SECONDS)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains("Node")))
        .satisfiesExactly(
            line -> assertThat(line).contains("NodeDataChanged", "/w"),
            line -> assertThat(line).contains("NodeDataChanged", "/w", "second"),
            line -> assertThat(line).contains("NodeCreated", "/w/child"));
  }

  @Test
  void watchIsEndedByAnInterruptAndTheShellGoesOn() throws Exception {
    piped("create /wi 0");
    var shell = new OurShell(server.connectString());
    Thread runner = Thread.currentThread();
    CompletableFuture<Void> interrupter =
        CompletableFuture.runAsync(
            () -> {
              awaitComplaint(shell, "watching /wi");
              runner.interrupt();
            });
    Transcript.Entry entry = shell.run("watch /wi");
    interrupter.get(20, TimeUnit.SECONDS);
    assertThat(entry.exitCode()).isZero();
    assertThat(shell.run("get /wi").out()).isEqualTo("0\n");
    shell.close();
  }

  @Test
  void watchIsArmedAgainWhenTheSessionExpired() throws Exception {
    piped("create /we 0");
    var shell = new OurShell(server.connectString());
    CompletableFuture<Void> user =
        CompletableFuture.runAsync(
            () -> {
              awaitComplaint(shell, "watching /we");
              server.expire(shell.shell().connection().client().getSessionId());
              awaitComplaint(shell, "watching again");
              piped("set /we after");
            });
    Transcript.Entry entry = shell.run("watch -n 1 /we");
    user.get(20, TimeUnit.SECONDS);
    assertThat(entry.out()).contains("NodeDataChanged", "/we  after");
    shell.close();
  }

  private static void awaitComplaint(OurShell shell, String text) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!shell.complained().contains(text) && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(500_000);
    }
  }

  @Test
  void aRefusedConnectionIsToldWithCauseAndRemedy() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Ran ran = run("", "-server", "127.0.0.1:" + port, "ls", "/");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err())
        .startsWith("KeeperErrorCode = ConnectionLoss for /\n  127.0.0.1:" + port + ": ")
        .contains("connection refused", "zkServer.sh status");
  }

  @Test
  void anUnresolvableHostIsToldByName() {
    assertThat(Reachability.explain("no-such-host.invalid:2181/chroot"))
        .singleElement()
        .asString()
        .contains("no-such-host.invalid:2181: the host name cannot be resolved");
  }

  @Test
  void aPortThatIsNoZooKeeperServersIsTold() throws IOException {
    try (var mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Reachability.explain("127.0.0.1:" + mute.getLocalPort()).get(0))
          .contains("did not answer as a ZooKeeper server");
    }
  }

  @Test
  void wrongOptionsAreOneLineAndAnExitCode() {
    assertThat(run("", "-server"))
        .isEqualTo(new Ran(1, "", "Error: no argument found for option -server\n"));
    assertThat(run("", "-timeout", "abc", "ls", "/").err()).contains("-timeout takes milliseconds");
    assertThat(run("", "-server", "localhost:xx", "ls", "/").exitCode()).isEqualTo(1);
    assertThat(run("", "-client-configuration", "/no/such/file", "ls", "/").exitCode())
        .isEqualTo(2);
    assertThat(run("", "-colour", "--version").err()).contains("unknown option -colour");
    assertThat(run("", "--help").out()).contains("-waitforconnection");
  }

  @Test
  void waitingForAConnectionInVainFailsAfterTheTimeout() {
    Ran ran = run("", "-server", "127.0.0.1:1", "-timeout", "300", "-waitforconnection", "ls", "/");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("Not connected to 127.0.0.1:1 within 300 ms");
  }

  @Test
  void aTerminalShowsThePromptAndRunsLines() throws Exception {
    var shell = new OurShell(server.connectString());
    var in =
        new ByteArrayInputStream(
            "create /typed x\nget /typed\nquit\n".getBytes(StandardCharsets.UTF_8));
    var screen = new ByteArrayOutputStream();
    try (var terminal = new DumbTerminal(in, screen)) {
      Terminal.run(shell.shell(), terminal);
    }
    assertThat(screen.toString(StandardCharsets.UTF_8))
        .contains("[zk: " + server.connectString() + "(CONNECTED) 0]", "(CONNECTED) 2]")
        .contains("WatchedEvent state:Closed");
    assertThat(shell.printed()).contains("x\n");
  }

  @Test
  void commandsOptionsAndPathsAreCompleted() throws Exception {
    piped("create /compl", "create /compl/one", "create /compl/two");
    try (var shell = new OurShell(server.connectString())) {
      assertThat(completions(shell, "get")).contains("get", "getAcl", "tree");
      assertThat(completions(shell, "get -")).contains("-s", "-w", "-b", "-x");
      assertThat(completions(shell, "get /compl/t")).containsExactly("/compl/one", "/compl/two");
      assertThat(completions(shell, "get /")).contains("/compl", "/zookeeper");
      assertThat(completions(shell, "get /none/x")).isEmpty();
      shell.run("close");
      assertThat(completions(shell, "get /")).isEmpty();
    }
  }

  private static List<String> completions(OurShell shell, String typed) {
    List<Candidate> candidates = new ArrayList<>();
    var line = new DefaultParser().parse(typed, typed.length(), ParseContext.COMPLETE);
    new Completion(shell.shell()).complete(null, line, candidates);
    return candidates.stream().map(Candidate::value).toList();
  }

  @Test
  void anUnreadableQuotaIsToldAndCanBeDeleted() {
    Ran ran =
        piped(
            "create /uq",
            "create /zookeeper/quota/uq",
            "create /zookeeper/quota/uq/zookeeper_limits zzz",
            "listquota /uq",
            "delquota /uq",
            "ls /zookeeper/quota");
    assertThat(ran.err())
        .contains("/zookeeper/quota/uq/zookeeper_limits does not hold a quota: zzz");
    assertThat(ran.out()).endsWith("[]\n");
  }

  /** A stream that tells when a text has passed. */
  private static final class SignallingStream extends ByteArrayOutputStream {
    private final String awaited;
    private final CompletableFuture<Void> seen = new CompletableFuture<>();

    SignallingStream(String awaited) {
      this.awaited = awaited;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      if (toString(StandardCharsets.UTF_8).contains(awaited)) {
        seen.complete(null);
      }
    }

    void await() throws Exception {
      seen.get(20, TimeUnit.SECONDS);
    }
  }
}
