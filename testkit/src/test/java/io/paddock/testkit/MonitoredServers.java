package io.paddock.testkit;

import io.paddock.server.PaddockServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * A server alone, and an ensemble with one server in each role, with some traffic behind them: what
 * monitoring looks at.
 */
final class MonitoredServers implements AutoCloseable {
  private static final int WAIT_MS = 30_000;

  private final EmbeddedServer alone;
  private final EmbeddedEnsemble ensemble;
  private final HttpClient http = HttpClient.newHttpClient();

  /** By role. */
  final Map<String, PaddockServer> servers = new TreeMap<>();

  MonitoredServers(boolean prometheus) throws Exception {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("4lw.commands.whitelist", "*");
    settings.put("admin.enableServer", "true");
    settings.put("admin.serverPort", "0");
    settings.put("admin.serverAddress", "127.0.0.1");
    settings.put("enforceQuota", "true");
    if (prometheus) {
      settings.put(
          "metricsProvider.className",
          "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider");
      settings.put("metricsProvider.httpHost", "127.0.0.1");
      settings.put("metricsProvider.httpPort", "0");
    }
    EmbeddedServer.Builder builder = EmbeddedServer.builder();
    settings.forEach(builder::set);
    alone = builder.start();
    ensemble = EmbeddedEnsemble.of(3, 1, settings);
    int leader = ensemble.awaitLeader();
    int follower = leader == 1 ? 2 : 1;
    servers.put("standalone", alone.server());
    servers.put("leader", ensemble.server(leader));
    servers.put("follower", ensemble.server(follower));
    servers.put("observer", ensemble.server(4));
    for (PaddockServer server : servers.values()) {
      talkTo(server);
    }
  }

  private static void talkTo(PaddockServer server) throws Exception {
    String address = "127.0.0.1:" + server.clientPort();
    try (ZooKeeper zk = new ZooKeeper(address, WAIT_MS, event -> {})) {
      create(zk, "/app", "x");
      create(zk, "/zookeeper/quota/app", "");
      create(zk, "/zookeeper/quota/app/zookeeper_limits", "count=100,bytes=100000");
      create(zk, "/zookeeper/quota/app/zookeeper_stats", "count=0,bytes=0");
      create(zk, "/full", "");
      create(zk, "/zookeeper/quota/full", "");
      create(zk, "/zookeeper/quota/full/zookeeper_limits", "count=-1,bytes=-1=;countHardLimit=1");
      create(zk, "/zookeeper/quota/full/zookeeper_stats", "count=1,bytes=0");
      create(zk, "/full/more", "");
      zk.getData("/app", true, null);
      zk.setData("/app", new byte[3], -1);
      zk.getData("/zookeeper/quota", false, null);
      zk.getData("/full", false, null);
      for (int i = 0; i < 20; i++) {
        pipelined(zk);
      }
    }
  }

  /** Reads that stand right behind a write, in one packet if the client gets to it. */
  private static void pipelined(ZooKeeper zk) throws InterruptedException {
    int reads = 10;
    CountDownLatch answered = new CountDownLatch(reads + 1);
    AsyncCallback.DataCallback read = (rc, path, ctx, data, stat) -> answered.countDown();
    zk.setData("/app", new byte[9], -1, (rc, path, ctx, stat) -> answered.countDown(), null);
    for (int i = 0; i < reads; i++) {
      zk.getData("/app", false, read, null);
    }
    if (!answered.await(WAIT_MS, TimeUnit.MILLISECONDS)) {
      throw new AssertionError("no answers");
    }
  }

  private static void create(ZooKeeper zk, String path, String data) throws Exception {
    try {
      byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
      zk.create(path, bytes, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    } catch (KeeperException.NodeExistsException | KeeperException.QuotaExceededException e) {
      // Another role's client has made it, or it is to be refused.
    }
  }

  /** What mntr says, by key. */
  Map<String, String> mntr(String role) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", servers.get(role).clientPort())) {
      socket.getOutputStream().write("mntr".getBytes(StandardCharsets.US_ASCII));
      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, String> values = new TreeMap<>();
      for (String line : text.split("\n")) {
        String[] pair = line.split("\t", 2);
        if (values.put(pair[0], pair[1]) != null) {
          throw new AssertionError(pair[0] + " stands twice");
        }
      }
      return values;
    }
  }

  String monitor(String role) throws Exception {
    return get(servers.get(role).adminPort(), "/commands/monitor");
  }

  Scrape scrape(String role) throws Exception {
    return Scrape.of(get(servers.get(role).metricsPort(), "/metrics"));
  }

  private String get(int port, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofMillis(WAIT_MS))
            .build();
    HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " answers " + answer.statusCode());
    }
    return answer.body();
  }

  @Override
  public void close() {
    ensemble.close();
    alone.close();
  }
}
