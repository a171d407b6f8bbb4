package io.paddock.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paddock.wire.Acl;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quotas of throughput, as they stand in the tree, in virtual time. */
class ThroughputQuotasTest {
  private static final long MS = 1_000_000;

  private final World world = new World();
  private final Map<String, RateBucket> buckets = new HashMap<>();
  private int xid;

  @BeforeEach
  void quotasAreInForce() {
    world.instant = true;
    quotasOfANewStart();
    Client admin = world.connect("admin");
    for (String path : List.of("/app", "/app/x", "/other", "/zookeeper/quota/app")) {
      admin.create(++xid, path, "");
    }
  }

  private void quota(String path, String text) {
    world.connect("admin").create(++xid, "/zookeeper/quota" + path, text);
  }

  private void pass(long ms) {
    world.nowNanos += ms * MS;
    world.loops.forEach(loop -> loop.resumeDelayed(world.nowNanos));
  }

  /** How often a client that never rests gets through in so many seconds. */
  private int count(Client client, int seconds, BiConsumer<Client, Integer> request) {
    int count = 0;
    for (int ms = 0; ms < seconds * 1000; ms += 10) {
      for (int i = 0; i < 200 && client.lane.wantsRead(); i++) {
        request.accept(client, ++xid);
        count++;
      }
      pass(10);
    }
    return count;
  }

  private static void set(Client client, int xid) {
    client.set(xid, "/app/x", "data");
  }

  @Test
  void writesBelowAZnodeAreDelayedToItsRate() {
    quota("/app/paddock_rates", "writes=20");
    Client ann = world.connect("ann");
    assertThat(count(ann, 10, ThroughputQuotasTest::set)).isBetween(218, 224);
    assertThat(world.counted.delayedMs).isNotEmpty().allMatch(ms -> ms <= 50);
    assertThat(ann.take()).allMatch(frame -> frame.err() == 0);
  }

  @Test
  void readsAndBytesHaveRatesOfTheirOwn() {
    quota("/app/paddock_rates", "reads=30, bytes=10000");
    Client ann = world.connect("ann");
    assertThat(count(ann, 10, (client, id) -> client.get(id, "/app", false))).isBetween(328, 334);
    Client bob = world.connect("bob");
    String kilobyte = "x".repeat(1000);
    int writes = count(bob, 10, (client, id) -> client.set(id, "/app/x", kilobyte));
    assertThat(writes).isBetween(90, 110);
  }

  @Test
  void aNameThatBeginsAlikeIsNotOfTheSubtree() {
    quota("/app/paddock_rates", "writes=1");
    Client ann = world.connect("ann");
    for (int i = 0; i < 10; i++) {
      ann.create(++xid, "/apple" + i, "").create(++xid, "/ap" + i, "");
      assertThat(ann.lane.wantsRead()).isTrue();
    }
    ann.create(++xid, "/app/y", "").create(++xid, "/app/y/z", "");
    assertThat(ann.lane.wantsRead()).isFalse();
  }

  @Test
  void whoTouchesNothingOfItIsNotDelayed() {
    quota("/app/paddock_rates", "reads=1,writes=1,bytes=1");
    Client ann = world.connect("ann");
    for (int i = 0; i < 100; i++) {
      ann.set(++xid, "/other", "x").get(++xid, "/other", false).ping();
      assertThat(ann.lane.wantsRead()).isTrue();
    }
  }

  @Test
  void clientsOfAllLoopsShareARate() {
    quota("/app/paddock_rates", "writes=20");
    Client ann = world.connect("ann", 0);
    Client bob = world.connect("bob", 1);
    int count = 0;
    for (int ms = 0; ms < 10_000; ms += 10) {
      for (Client client : List.of(ann, bob)) {
        if (client.lane.wantsRead()) {
          set(client, ++xid);
          count++;
        }
      }
      pass(10);
    }
    assertThat(count).isBetween(218, 226);
  }

  @Test
  void aUserHasARateWhereverItWritesAndTheSuperUserHasNone() {
    world.connect("admin").create(++xid, "/zookeeper/quota/paddock_users", "");
    quota("/paddock_users/digest:ann", "writes=20");
    quota("/paddock_users/ip:10.0.0.7", "reads=1000");
    Client ann = world.connect("ann").auth(++xid, "digest", "ann:secret");
    assertThat(count(ann, 5, (client, id) -> client.set(id, "/other", ""))).isBetween(118, 124);
    Client root = world.connect("root").auth(++xid, "digest", "ann:secret");
    root.auth(++xid, "digest", "super:paddock");
    assertThat(count(root, 1, (client, id) -> client.set(id, "/other", ""))).isEqualTo(20_000);
  }

  @Test
  void aMultiCountsForEachOfItsPartsThatWrites() {
    quota("/app/paddock_rates", "writes=20");
    Client ann = world.connect("ann");
    Op.SetData part = new Op.SetData("/app/x", new byte[1], -1);
    Op.Check check = new Op.Check("/app/x", -1);
    Op.Multi multi = new Op.Multi(List.of(check, part, part, check, part, part));
    assertThat(count(ann, 10, (client, id) -> client.send(id, multi))).isBetween(54, 57);
  }

  @Test
  void aQuotaThatIsChangedOrRemovedIsInForceAtOnce() {
    quota("/app/paddock_rates", "writes=1");
    Client ann = world.connect("ann");
    assertThat(count(ann, 10, ThroughputQuotasTest::set)).isBetween(11, 12);
    Client admin = world.connect("admin");
    admin.set(++xid, "/zookeeper/quota/app/paddock_rates", "writes=100");
    pass(2_000);
    assertThat(count(ann, 5, ThroughputQuotasTest::set)).isBetween(590, 610);
    admin.delete(++xid, "/zookeeper/quota/app/paddock_rates");
    pass(1_000);
    assertThat(count(ann, 1, ThroughputQuotasTest::set)).isEqualTo(20_000);
    assertThat(world.loops.get(0).quotas()).as("free when there is none").isNull();
  }

  @Test
  void quotasThatStandInTheTreeAreFoundAtTheStart() {
    world.connect("admin").create(++xid, "/zookeeper/quota/paddock_users", "");
    quota("/app/paddock_rates", "writes=20");
    quota("/paddock_users/ip:10.0.0.7", "reads=30");
    quotasOfANewStart();
    Client ann = world.connect("ann");
    assertThat(count(ann, 5, ThroughputQuotasTest::set)).isBetween(118, 124);
    assertThat(count(ann, 5, (client, id) -> client.get(id, "/other", false))).isBetween(178, 184);
  }

  private void quotasOfANewStart() {
    buckets.clear();
    for (View loop : world.loops) {
      loop.measureBy(name -> buckets.computeIfAbsent(name, k -> new RateBucket(world.nowNanos)));
    }
  }

  @Test
  void noDelayEndsASession() {
    quota("/app/paddock_rates", "bytes=1");
    Client ann = world.dial("ann").sendConnect(0, 0, 6_000, new byte[16], true);
    ann.takeConnect();
    ann.set(++xid, "/app/x", "x".repeat(100_000));
    assertThat(ann.lane.wantsRead()).isFalse();
    pass(1_999);
    assertThat(ann.lane.wantsRead()).isFalse();
    int resumed = ann.resumed;
    pass(1);
    assertThat(ann.lane.wantsRead()).as("a third of its timeout").isTrue();
    assertThat(ann.resumed).isEqualTo(resumed + 1);
    pass(RateBucket.DEBT_NANOS_MAX / MS);
    set(ann, ++xid);
    assertThat(ann.lane.wantsRead()).as("debts are bounded, and this one is new").isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "writes=zehn, needs a whole number above 0",
    "write=5, 'reads=, writes= and bytes= are known'",
    "writes, needs a whole number above 0",
    "'reads=5,writes=-1', needs a whole number above 0",
    "writes=10.5, needs a whole number above 0",
    "writes=99999999999999999999, needs a whole number above 0",
  })
  void aSlipInAQuotaKeepsWhatWasInForceAndIsTold(String text, String why) {
    quota("/app/paddock_rates", "writes=20");
    Client admin = world.connect("admin");
    admin.set(++xid, "/zookeeper/quota/app/paddock_rates", text);
    assertThat(count(world.connect("ann"), 10, ThroughputQuotasTest::set)).isBetween(218, 224);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> new RateRule("/app", bytes, buckets::get))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text.substring(text.indexOf("w"), text.length()) + ": " + why);
    assertThat(buckets.get("/zookeeper/quota/app/paddock_rates").isNews(text))
        .as("one of the loops has told it already")
        .isFalse();
    admin.set(++xid, "/zookeeper/quota/app/paddock_rates", "");
    assertThat(world.loops.get(0).quotas()).as("nothing is a bound that was taken away").isNull();
  }

  @Test
  void whatIsToldOfALongSlipIsShort() {
    for (String slip : new String[] {"writes=" + "1".repeat(900_000), "x".repeat(900_000)}) {
      byte[] bytes = slip.getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> new RateRule("/app", bytes, buckets::get))
          .hasMessageStartingWith(slip.substring(0, 60) + "...: ")
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(120));
    }
  }

  @Test
  void whatIsNoQuotaHasNoEffect() {
    quota("/app/paddock_rates", "writes=many,reads=-1,bytes=0,weight=3");
    assertThat(world.loops.get(0).quotas()).isNull();
    Client ann = world.connect("ann");
    ann.send(++xid, new Op.Create(OpCode.CREATE, null, null, Acl.OPEN, 0, -1));
    quota("/paddock_rates", "writes=1");
    assertThat(world.loops.get(0).quotas()).isNotNull();
    long before = System.nanoTime();
    String deep = "/a".repeat(400_000);
    ann.send(++xid, new Op.Create(OpCode.CREATE, deep, null, Acl.OPEN, 0, -1));
    assertThat(System.nanoTime() - before)
        .as("is not looked up at each step")
        .isLessThan(5_000 * MS);
    assertThat(ann.lane.wantsRead()).isTrue();
    ann.send(++xid, new Op.Create(OpCode.CREATE, null, null, Acl.OPEN, 0, -1));
    ann.send(++xid, new Op.Create(OpCode.CREATE, "no/slash", null, Acl.OPEN, 0, -1));
    ann.send(++xid, new Op.Create(OpCode.CREATE, "", null, Acl.OPEN, 0, -1));
    assertThat(ann.closed).isFalse();
  }
}
