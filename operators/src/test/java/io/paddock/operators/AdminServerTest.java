package io.paddock.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paddock.config.AdminConfig;
import io.paddock.config.ConfigException;
import io.paddock.config.MetricsConfig;
import io.paddock.metrics.EventCounter;
import io.paddock.replica.ZxidDigest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The AdminServer over HTTP: names, keys and statuses as Apache's server 3.9.5 gave them. */
class AdminServerTest {
  private static final BuildInfo BUILD =
      new BuildInfo("3.9.5", "0.1.0", Instant.parse("2026-01-02T03:04:05Z"));

  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir Path directory;
  private FakeStatus status;
  private FourLetterWords words;
  private AdminServer server;

  @BeforeEach
  void start() throws Exception {
    status = new FakeStatus(directory);
    words = new FourLetterWords(status, BUILD, Runnable::run);
    server = AdminServer.start(status.config().admin(), status, words);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> send(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode command(String name) throws Exception {
    HttpResponse<String> response = send("GET", "/commands/" + name);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    return new ObjectMapper().readTree(response.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ruok", "is_read_only", "server_stats", "stats"})
  void aProbeHearsAnErrorWhenAThreadThatServesIsDeadOrStuck(String name) throws Exception {
    assertThat(send("GET", "/commands/" + name).statusCode()).isEqualTo(200);
    status.round = new CompletableFuture<>();
    HttpResponse<String> answer = send("GET", "/commands/" + name);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("a thread that serves clients is stuck or has ended");
  }

  private static List<String> keys(JsonNode node) {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  @ParameterizedTest
  @CsvSource({
    "configuration, client_port data_dir data_log_dir tick_time max_client_cnxns"
        + " min_session_timeout max_session_timeout server_id client_port_listen_backlog",
    "connections, connections secure_connections",
    "connection_stat_reset, ''",
    "dirs, datadir_size logdir_size",
    "dump, expiry_time_to_session_ids session_id_to_ephemeral_paths",
    "get_trace_mask, tracemask",
    "hash, digests",
    "initial_configuration, initial_configuration",
    "is_read_only, read_only",
    "last_snapshot, zxid timestamp",
    "observers, synced_observers observers",
    "observer_connection_stat_reset, ''",
    "ruok, ''",
    "server_stats, version read_only server_stats client_response node_count",
    "stat_reset, ''",
    "stats, version read_only server_stats client_response node_count connections"
        + " secure_connections",
    "voting_view, current_config",
    "watches, session_id_to_watched_paths",
    "watches_by_path, path_to_session_ids",
    "watch_summary, num_connections num_paths num_total_watches",
    "zabstate, voting zabstate",
  })
  void aCommandsObjectHasApachesKeysAndEndsWithCommandAndError(String name, String expected)
      throws Exception {
    List<String> all = new ArrayList<>();
    if (!expected.isEmpty()) {
      all.addAll(List.of(expected.split(" ")));
    }
    all.add("command");
    all.add("error");
    JsonNode answer = command(name);
    assertThat(keys(answer)).containsExactlyElementsOf(all);
    assertThat(answer.get("command").asText()).isEqualTo(name);
    assertThat(answer.get("error").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "conf, configuration",
    "config, configuration",
    "cons, connections",
    "crst, connection_stat_reset",
    "srst, stat_reset",
    "orst, observer_connection_stat_reset",
    "env, environment",
    "envi, environment",
    "gtmk, get_trace_mask",
    "icfg, initial_configuration",
    "isro, is_read_only",
    "lsnp, last_snapshot",
    "lead, leader",
    "mntr, monitor",
    "obsr, observers",
    "srvr, server_stats",
    "stat, stats",
    "sysp, system_properties",
    "wchc, watches",
    "wchp, watches_by_path",
    "wchs, watch_summary"
  })
  void shortNamesAreTheSameCommands(String name, String primary) throws Exception {
    assertThat(command(name).get("command").asText()).isEqualTo(primary);
  }

  @Test
  void jsonLooksAsApachesDoes() throws Exception {
    status.digests.add(new ZxidDigest(128, 4609969532L));
    assertThat(send("GET", "/commands/hash").body())
        .isEqualTo(
            """
            {
              "digests" : [ {
                "zxid" : 128,
                "digest" : 4609969532,
                "digest_version" : 2
              } ],
              "command" : "hash",
              "error" : null
            }""");
  }

  @Test
  void aConnectionIsShownWithAllItsFields() throws Exception {
    status.connections.add(FakeStatus.connected());
    JsonNode connection = command("connections").get("connections").get(0);
    assertThat(keys(connection))
        .containsExactly(
            "remote_socket_address",
            "interest_ops",
            "outstanding_requests",
            "packets_received",
            "packets_sent",
            "session_id",
            "last_operation",
            "established",
            "session_timeout",
            "last_cxid",
            "last_zxid",
            "last_response_time",
            "last_latency",
            "min_latency",
            "avg_latency",
            "max_latency");
    assertThat(connection.get("remote_socket_address").asText()).isEqualTo("127.0.0.1:59406");
    assertThat(keys(command("stats").get("connections").get(0))).hasSize(5);
  }

  @Test
  void sessionsWatchesAndEphemeralsAreKeyedByNumber() throws Exception {
    status.sessions.put(966000L, List.of(1L, 2L));
    status.ephemerals.put(1L, List.of("/locks/a"));
    status.watched.put(1L, List.of("/locks", "/"));
    assertThat(command("dump").toString())
        .startsWith(
            "{\"expiry_time_to_session_ids\":{\"966000\":[1,2]},"
                + "\"session_id_to_ephemeral_paths\":{\"1\":[\"/locks/a\"]}");
    assertThat(command("watches_by_path").toString())
        .startsWith("{\"path_to_session_ids\":{\"/\":[1],\"/locks\":[1]}");
    assertThat(command("watch_summary").get("num_total_watches").asInt()).isEqualTo(2);
  }

  @Test
  void monitorHasTheKeysOfMntrWithoutPrefix() throws Exception {
    JsonNode monitor = command("monitor");
    assertThat(keys(monitor)).startsWith("version", "server_state", "avg_latency");
    assertThat(keys(monitor)).contains("znode_count", "p999_readlatency");
  }

  @Test
  void environmentAndPropertiesAreThoseOfTheStart() throws Exception {
    assertThat(command("environment").get("user.name").asText()).isEqualTo("zk");
    assertThat(command("system_properties").get("java.version").asText()).isEqualTo("17.0.15");
  }

  @Test
  void aServerAloneHasNoLeader() throws Exception {
    assertThat(command("leader").get("error").asText()).isEqualTo("server is not initialized");
  }

  @Test
  void unknownCommandsAreToldWithStatus200() throws Exception {
    assertThat(command("nope").toString())
        .isEqualTo("{\"command\":\"nope\",\"error\":\"Unknown command: nope\"}");
  }

  @Test
  void aServerThatDoesNotServeSaysSoButShowsItsEnvironment() throws Exception {
    status.serving = false;
    assertThat(command("ruok").get("error").asText())
        .isEqualTo("This ZooKeeper instance is not currently serving requests");
    assertThat(command("environment").get("error").isNull()).isTrue();
    assertThat(send("GET", "/").body()).contains("not currently serving");
  }

  @Test
  void theTraceMaskIsSharedWithTheFourLetterWords() throws Exception {
    assertThat(command("set_trace_mask?traceMask=17").get("tracemask").asInt()).isEqualTo(17);
    assertThat(words.answer("gtmk", 0, null).join()).isEqualTo("17");
    assertThat(command("stmk").get("error").asText())
        .isEqualTo("setTraceMask requires long traceMask argument");
    assertThat(command("stmk?traceMask=x").get("error").asText())
        .isEqualTo("setTraceMask requires long traceMask argument, got x");
  }

  @Test
  void allPrimaryNamesAreLinked() throws Exception {
    String page = send("GET", "/commands").body();
    assertThat(page)
        .startsWith("<a href=\"/commands/configuration\">configuration</a>\n<br/>\n")
        .endsWith("<a href=\"/commands/zabstate\">zabstate</a>\n<br/>\n");
    assertThat(page.lines().filter(line -> line.startsWith("<a")).count()).isEqualTo(28);
    assertThat(send("GET", "/commands/").body()).isEqualTo(page);
  }

  @Test
  void theFirstPageShowsTheServerAndEscapesWhatItShows() throws Exception {
    status.connections.add(FakeStatus.connected());
    status.settings.put("dataDir", "/a<b");
    assertThat(send("GET", "/").body())
        .contains("<td>standalone</td>", "<td>0x86</td>", "0x100000e358f0001", "/a&lt;b")
        .doesNotContain("/a<b");
  }

  @Test
  void otherPathsAreNotFoundAndOtherMethodsRefused() throws Exception {
    assertThat(send("GET", "/nowhere").statusCode()).isEqualTo(404);
    assertThat(send("TRACE", "/commands/ruok").statusCode()).isEqualTo(403);
    HttpResponse<String> post = send("POST", "/commands/ruok");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.body()).contains("\"error\" : \"ruok wants GET\"");
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(send("GET", "/commands/restore").headers().firstValue("Allow")).contains("POST");
    assertThat(send("POST", "/commands").statusCode()).isEqualTo(405);
    assertThat(send("DELETE", "/").statusCode()).isEqualTo(405);
    HttpResponse<String> head = send("HEAD", "/commands/ruok");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "restore"})
  void snapshotsAskForAnIdentityWithAllPermissions(String name) throws Exception {
    String method = name.equals("restore") ? "POST" : "GET";
    HttpResponse<String> without = send(method, "/commands/" + name);
    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.body()).contains("\"Auth info is missing for the command\"");
    status.access = ServerStatus.Access.NOT_AUTHENTICATED;
    HttpResponse<String> wrong =
        send(method, "/commands/" + name, "Authorization", "digest root:pw");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.body()).contains("\"Not authenticated\"");
    assertThat(status.accessAsked).isEqualTo("digest root:pw");
    // More or fewer words than Apache takes are no identity, whatever the ACL allows.
    status.access = ServerStatus.Access.GRANTED;
    for (String half : List.of("digest", "digest root:p w", "digest  root:pw", "digest\troot:pw")) {
      assertThat(send(method, "/commands/" + name, "Authorization", half).statusCode())
          .as(half)
          .isEqualTo(401);
    }
    status.access = ServerStatus.Access.NOT_AUTHORIZED;
    HttpResponse<String> poor = send(method, "/commands/" + name, "Authorization", "ip");
    assertThat(poor.statusCode()).isEqualTo(403);
    assertThat(poor.body()).contains("\"Not authorized\"");
    assertThat(status.accessAsked).isEqualTo("ip ");
  }

  @Test
  void aSnapshotIsStreamedAndTheNextOneMustWait() throws Exception {
    Path file = Files.writeString(directory.resolve("snapshot.86"), "ZKSN....");
    status.snapshot = new ServerStatus.SnapshotFile(file, 0x86, 0);
    HttpResponse<String> response =
        send("GET", "/commands/snapshot", "Authorization", "digest root:pw");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ZKSN....");
    assertThat(response.headers().map())
        .containsEntry("last_zxid", List.of("0x86"))
        .containsEntry("snapshot_size", List.of("8"))
        .containsEntry("content-type", List.of("application/octet-stream"));
    status.settings.put("admin.rateLimiterIntervalInMS", "900000000");
    server.close();
    server = AdminServer.start(status.config().admin(), status, words);
    String path = "/commands/snap?streaming=false";
    HttpResponse<String> quiet = send("GET", path, "Authorization", "digest root:pw");
    assertThat(quiet.body()).contains("\"error\" : null");
    assertThat(quiet.headers().firstValue("last_zxid")).contains("0x86");
    assertThat(send("GET", path, "Authorization", "digest root:pw").statusCode()).isEqualTo(429);
    assertThat(status.metrics.value(EventCounter.SNAPSHOT_RATE_LIMITED_COUNT)).isEqualTo(1);
  }

  @Test
  void withoutAQuorumNoSnapshotIsTakenOfWhatMayNotBeDecided() throws Exception {
    status.mode = ServerMode.READ_ONLY;
    HttpResponse<String> refused =
        send("GET", "/commands/snapshot", "Authorization", "digest root:pw");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("may not be decided yet");
  }

  @Test
  void snapshotsCanBeSwitchedOffAndRestoringIsDeclinedWithTheWayToDoIt() throws Exception {
    assertThat(send("POST", "/commands/restore", "Authorization", "digest root:pw").body())
        .contains("not there yet: stop it");
    status.settings.put("serializeLastProcessedZxid.enabled", "false");
    String[] auth = {"Authorization", "digest root:pw"};
    assertThat(send("GET", "/commands/snapshot", auth).statusCode()).isEqualTo(500);
    status.settings.put("admin.snapshot.enabled", "false");
    server.close();
    server = AdminServer.start(status.config().admin(), status, words);
    assertThat(send("GET", "/commands/snapshot", auth).statusCode()).isEqualTo(503);
  }

  @Test
  void aTakenPortIsToldWithExitCodeFour() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      status.settings.put("admin.serverPort", String.valueOf(taken.getLocalPort()));
      AdminConfig config = status.config().admin();
      assertThatThrownBy(() -> AdminServer.start(config, status, words))
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "AdminServer cannot be reached at 127.0.0.1:"
                  + taken.getLocalPort()
                  + " (the port is in use): choose another admin.serverPort, or write"
                  + " admin.enableServer=false")
          .extracting(e -> ((ConfigException) e).exitCode())
          .isEqualTo(4);
      MetricsConfig metrics = metricsAt(taken.getLocalPort());
      assertThatThrownBy(() -> MetricsServer.start(metrics, status))
          .hasMessageContaining("choose another metricsProvider.httpPort");
    }
  }

  @Test
  void prometheusScrapesThePortOfItsOwn() throws Exception {
    try (MetricsServer metrics = MetricsServer.start(metricsAt(0), status)) {
      URI base = URI.create("http://127.0.0.1:" + metrics.port());
      HttpResponse<String> scrape =
          client.send(
              HttpRequest.newBuilder(base.resolve("/metrics")).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(scrape.headers().firstValue("Content-Type"))
          .contains("text/plain; version=0.0.4; charset=utf-8");
      assertThat(scrape.body()).contains("\nznode_count 7.0\n");
      HttpRequest.Builder post = HttpRequest.newBuilder(base.resolve("/metrics"));
      assertThat(
              client
                  .send(
                      post.POST(HttpRequest.BodyPublishers.ofString("x")).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(405);
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(base.resolve("/metricsx")).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void theBuildIsKnown() {
    assertThat(BuildInfo.load().text())
        .matches("3\\.9\\.6-paddock-\\S+, built on \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC");
    assertThat(Map.of("v", BUILD.text()))
        .containsValue("3.9.5-paddock-0.1.0, built on 2026-01-02 03:04 UTC");
  }

  private static MetricsConfig metricsAt(int port) {
    return new MetricsConfig(true, "127.0.0.1", port, -1, Optional.empty(), true);
  }
}
