package io.paddock.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.RawClient.Frame;
import io.paddock.oracle.RawClient.Kind;
import io.paddock.oracle.RawClient.Welcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What ends by itself: sessions whose clients fall silent, containers that run empty, znodes whose
 * time is over. What others are told of it must be the same; when, only within bounds.
 */
class LifetimeConformanceTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  @TempDir Path scratch;

  /** Runs a story against a server of each kind; both must tell the same. */
  private static String alike(ServerSpec spec, Function<ServerUnderTest, String> story) {
    List<String> told = new ArrayList<>();
    for (Contender contender : List.of(Contender.oracle(), Contender.subject())) {
      try (ServerUnderTest server = contender.start(spec)) {
        told.add(story.apply(server));
      }
    }
    assertThat(told.get(1)).as(Contender.subject().toString()).isEqualTo(told.get(0));
    return told.get(0);
  }

  private static RawClient session(ServerUnderTest server, int timeoutMs) {
    RawClient client = new RawClient(server.port());
    byte[] hello = RawClient.connectRequest(0, timeoutMs, 0, new byte[16], true);
    assertThat(client.handshake(hello).accepted()).isTrue();
    return client;
  }

  private static void ok(RawClient client, Op op) {
    assertThat(client.call(op).err()).as(op.words()).isZero();
  }

  /** The next events, by path and kind, and whether they share one zxid. */
  private static String events(RawClient watcher, int count) {
    List<String> events = new ArrayList<>();
    List<Long> zxids = new ArrayList<>();
    while (events.size() < count) {
      Frame frame = watcher.next(LONG);
      assertThat(frame.isNotification()).as("%s after %s", frame.kind(), events).isTrue();
      Jute.In in = frame.in();
      int type = in.i32();
      in.i32();
      events.add(in.str() + " " + type);
      zxids.add(frame.zxid());
    }
    events.sort(null);
    return events + (zxids.stream().distinct().count() == 1 ? " at once" : " one by one");
  }

  @Test
  void theEphemeralsOfASilentSessionGoAtOnce() {
    ServerSpec spec = ServerSpec.standard().with("tickTime", "200");
    String told =
        alike(
            spec,
            server -> {
              try (RawClient watcher = session(server, 4_000);
                  RawClient silent = session(server, 400)) {
                ok(watcher, Op.create("/p", "x"));
                ok(watcher, Op.watch(OpCode.ADD_WATCH, "/", 1));
                ok(watcher, Op.getChildren2("/p", true));
                ok(silent, Op.create("/p/a", Op.EPHEMERAL));
                ok(silent, Op.create("/p/s-", Op.EPHEMERAL_SEQUENTIAL));
                ok(silent, Op.create("/stays", Op.PERSISTENT));
                String made = events(watcher, 4);
                ok(watcher, Op.getChildren2("/p", true));
                long zxid = watcher.call(Op.bare(OpCode.PING)).zxid();
                String gone = events(watcher, 3);
                long after = watcher.call(Op.bare(OpCode.PING)).zxid();
                assertThat(silent.next(LONG).kind()).isEqualTo(Kind.END);
                return made + "; " + gone + "; zxid + " + (after - zxid);
              }
            });
    assertThat(told).endsWith("[/p 4, /p/a 2, /p/s-0000000001 2] at once; zxid + 1");
  }

  @Test
  void aPingKeepsASessionAndADroppedConnectionDoesNotEndIt() {
    ServerSpec spec = ServerSpec.standard().with("tickTime", "200");
    alike(
        spec,
        server -> {
          Welcome welcome;
          try (RawClient pinging = new RawClient(server.port())) {
            welcome = pinging.handshake(RawClient.connectRequest(0, 800, 0, new byte[16], true));
            ok(pinging, Op.create("/e", Op.EPHEMERAL));
            long until = System.nanoTime() + Duration.ofMillis(1_600).toNanos();
            while (System.nanoTime() < until) {
              assertThat(pinging.next(Duration.ofMillis(200)).kind()).isEqualTo(Kind.SILENCE);
              ok(pinging, Op.bare(OpCode.PING));
            }
          }
          try (RawClient back = new RawClient(server.port())) {
            Welcome again =
                back.handshake(
                    RawClient.connectRequest(
                        0, 4_000, welcome.sessionId(), welcome.password(), true));
            assertThat(again.timeoutMs()).isEqualTo(4_000);
            ok(back, Op.exists("/e", true));
            // It lives by the new timeout, no longer by that of its creation.
            assertThat(back.next(Duration.ofMillis(1_500)).kind()).isEqualTo(Kind.SILENCE);
            ok(back, Op.exists("/e", true));
          }
          return "";
        });
  }

  @Test
  void sessionsOutliveARestartByTheirTimeout() {
    for (Contender contender : List.of(Contender.oracle(), Contender.subject())) {
      ServerSpec spec =
          ServerSpec.standard().with("tickTime", "200").in(scratch.resolve(contender.name()));
      Welcome kept;
      try (ServerUnderTest server = contender.start(spec);
          RawClient lost = session(server, 1_000);
          RawClient kept1 = new RawClient(server.port())) {
        kept = kept1.handshake(RawClient.connectRequest(0, 1_000, 0, new byte[16], true));
        ok(lost, Op.create("/lost", Op.EPHEMERAL));
        ok(kept1, Op.create("/kept", Op.EPHEMERAL));
      }
      try (ServerUnderTest server = contender.start(spec);
          RawClient kept2 = new RawClient(server.port());
          RawClient watcher = session(server, 4_000)) {
        long began = System.nanoTime();
        Welcome again =
            kept2.handshake(
                RawClient.connectRequest(0, 4_000, kept.sessionId(), kept.password(), true));
        assertThat(again.sessionId()).as(contender.name()).isEqualTo(kept.sessionId());
        ok(watcher, Op.exists("/kept", true));
        ok(watcher, Op.exists("/lost", true));
        assertThat(events(watcher, 1)).as(contender.name()).contains("/lost 2");
        assertThat(Duration.ofNanos(System.nanoTime() - began))
            .as(contender.name())
            .isBetween(Duration.ofMillis(500), Duration.ofSeconds(4));
        ok(kept2, Op.exists("/kept", false));
      }
    }
  }

  @Test
  void emptyContainersAndOldTtlNodesAreReapedAlike() {
    ServerSpec spec = ServerSpec.standard().with("znode.container.checkIntervalMs", "100");
    String told =
        alike(
            spec,
            server -> {
              try (RawClient client = session(server, 120_000);
                  RawClient watcher = session(server, 120_000)) {
                for (String path : List.of("/used", "/never-used", "/full", "/outer")) {
                  ok(client, container(path));
                }
                ok(client, Op.create("/full/child", "x"));
                ok(client, container("/outer/inner"));
                ok(client, ttl("/old", 50));
                ok(client, ttl("/parent", 50));
                ok(client, ttl("/young", 3_600_000));
                ok(client, Op.create("/parent/child", "x"));
                ok(watcher, Op.watch(OpCode.ADD_WATCH, "/", 1));
                ok(client, Op.create("/used/child", "x"));
                ok(client, Op.delete("/used/child", -1));
                ok(client, Op.create("/outer/inner/child", "x"));
                ok(client, Op.delete("/outer/inner/child", -1));
                // Those two made and gone, then /used, /outer/inner, /outer and /old.
                String gone = events(watcher, 8);
                ok(client, Op.delete("/parent/child", -1));
                gone += events(watcher, 2);
                Frame left = client.call(Op.read(OpCode.GET_CHILDREN, "/", false));
                return gone
                    + new Reading().frame(OpCode.GET_CHILDREN, left).replaceAll(".*err", "");
              }
            });
    assertThat(told).endsWith("=0 [\"full\", \"never-used\", \"young\", \"zookeeper\"]");
  }

  private static Op container(String path) {
    return Op.create(OpCode.CREATE_CONTAINER, path, null, Op.OPEN, Op.CONTAINER);
  }

  private static Op ttl(String path, long ttlMs) {
    return Op.createTtl(path, null, Op.OPEN, Op.TTL, ttlMs);
  }
}
