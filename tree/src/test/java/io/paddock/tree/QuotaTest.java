package io.paddock.tree;

import static io.paddock.tree.Playground.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaTest {
  private static final String STATS = "/zookeeper/quota/a/zookeeper_stats";
  private static final String LIMITS = "/zookeeper/quota/a/zookeeper_limits";

  private final Playground play =
      new Playground(
          PrepSettings.DEFAULT.with(PrepSettings.Switch.HARD_QUOTAS, true), TreeSettings.DEFAULT);

  private void limit(String limits) {
    play.perform(create("/a", "12345", Acl.OPEN, 0));
    play.perform(create("/zookeeper/quota/a", null, Acl.OPEN, 0));
    play.perform(create(LIMITS, limits, Acl.OPEN, 0));
    play.perform(create(STATS, "count=0,bytes=0", Acl.OPEN, 0));
  }

  private ErrorCode put(String path, String data) {
    return play.perform(create(path, data, Acl.OPEN, 0));
  }

  private ErrorCode set(String path, String data) {
    return play.perform(new Op.SetData(path, Playground.bytes(data), -1));
  }

  @Test
  void totalsFollowEveryChangeBelow() {
    limit("count=-1,bytes=-1");
    assertThat(play.data(STATS)).isEqualTo("count=1,bytes=5");
    put("/a/b", "123");
    assertThat(play.data(STATS)).isEqualTo("count=2,bytes=8");
    set("/a/b", "1");
    assertThat(play.data(STATS)).isEqualTo("count=2,bytes=6");
    play.perform(create("/a/e", "12", Acl.OPEN, 1));
    put("/other", "123");
    assertThat(play.data(STATS)).isEqualTo("count=3,bytes=8");
    play.perform(new Op.CloseSession());
    assertThat(play.data(STATS)).isEqualTo("count=2,bytes=6");
    assertThat(play.tree.find(STATS).version()).isZero();
    assertThat(play.tree.find(STATS).mzxid()).isEqualTo(play.tree.find(STATS).czxid());
  }

  @Test
  void onlyTheDeepestQuotaCounts() {
    limit("count=-1,bytes=-1");
    put("/a/b", "123");
    put("/zookeeper/quota/a/b", null);
    put("/zookeeper/quota/a/b/zookeeper_limits", "count=-1,bytes=-1");
    put("/zookeeper/quota/a/b/zookeeper_stats", "count=0,bytes=0");
    String outer = play.data(STATS);
    put("/a/b/c", "1");
    assertThat(play.data("/zookeeper/quota/a/b/zookeeper_stats")).isEqualTo("count=2,bytes=4");
    assertThat(play.data(STATS)).isEqualTo(outer);
  }

  @Test
  void deletingTheLimitsStopsTheCounting() {
    limit("count=-1,bytes=-1");
    play.perform(new Op.Delete(LIMITS, -1));
    put("/a/b", "123");
    assertThat(play.data(STATS)).isEqualTo("count=1,bytes=5");
  }

  @Test
  void hardLimitsRefuseAndSoftOnesDoNot() {
    limit("count=1,bytes=1");
    assertThat(put("/a/soft", "12345")).isEqualTo(ErrorCode.OK);
    set(LIMITS, "count=-1,bytes=-1=;byteHardLimit=12;countHardLimit=3");
    assertThat(put("/a/big", "123")).isEqualTo(ErrorCode.QUOTAEXCEEDED);
    assertThat(put("/a/small", "12")).isEqualTo(ErrorCode.OK);
    assertThat(put("/a/more", null)).isEqualTo(ErrorCode.QUOTAEXCEEDED);
    assertThat(set("/a/small", "123")).isEqualTo(ErrorCode.QUOTAEXCEEDED);
    assertThat(set("/a/small", "")).isEqualTo(ErrorCode.OK);
    assertThat(put("/other", "1234567890123")).isEqualTo(ErrorCode.OK);
  }

  @Test
  void dataThatShrinksTooLittleIsRefusedAsByApache() {
    limit("count=-1,bytes=-1=;byteHardLimit=3;countHardLimit=-1");
    assertThat(set("/a", "1234")).isEqualTo(ErrorCode.QUOTAEXCEEDED);
    assertThat(set("/a", "54321")).isEqualTo(ErrorCode.OK);
    assertThat(set("/a", "123")).isEqualTo(ErrorCode.OK);
  }

  @Test
  void aMultiIsJudgedByTheTotalsBeforeIt() {
    limit("count=-1,bytes=-1=;byteHardLimit=-1;countHardLimit=2");
    play.perform(new Op.Multi(List.of(create("/a/x"), create("/a/y"), create("/a/z"))));
    assertThat(play.tree.find("/a").childCount()).isEqualTo(3);
    assertThat(play.data(STATS)).isEqualTo("count=4,bytes=8");
    assertThat(put("/a/n", null)).isEqualTo(ErrorCode.QUOTAEXCEEDED);
  }

  @Test
  void refusedIsOnlyWhereQuotasAreEnforced() {
    Playground lax = new Playground();
    lax.perform(create("/a"));
    lax.perform(create("/zookeeper/quota/a"));
    lax.perform(create(LIMITS, "count=-1,bytes=-1=;countHardLimit=0", Acl.OPEN, 0));
    lax.perform(create(STATS));
    assertThat(lax.perform(create("/a/b"))).isEqualTo(ErrorCode.OK);
    assertThat(lax.data(STATS)).isEqualTo("count=2,bytes=2");
  }

  @Test
  void aQuotaOnTheRootIsIgnored() {
    put("/zookeeper/quota/zookeeper_limits", "count=-1,bytes=-1=;countHardLimit=0");
    put("/zookeeper/quota/zookeeper_stats", "count=0,bytes=0");
    String totals = play.data("/zookeeper/quota/zookeeper_stats");
    assertThat(put("/a", "1")).isEqualTo(ErrorCode.OK);
    assertThat(play.data("/zookeeper/quota/zookeeper_stats")).isEqualTo(totals);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "count=1,bytes=2 | count=1,bytes=2",
        "bytes=2,count=1 | count=1,bytes=2",
        "count=1,bytes=2=;countHardLimit=5;byteHardLimit=-1"
            + " | count=1,bytes=2=;byteHardLimit=-1;countHardLimit=5",
        "'' | count=-1,bytes=-1",
        "nonsense | count=-1,bytes=-1",
        "count=x,bytes= | count=-1,bytes=-1",
        ",,;;count=3 | count=3,bytes=-1",
      })
  void textIsParsedLeniently(String text, String again) {
    assertThat(new String(Quotas.parse(Playground.bytes(text)).text())).isEqualTo(again);
  }

  @Test
  void whateverClientsWriteIntoTheseZnodesNothingBreaks() {
    limit("garbage");
    set(STATS, null);
    assertThat(put("/a/b", "1")).isEqualTo(ErrorCode.OK);
    assertThat(play.data(STATS)).isEqualTo("count=0,bytes=0");
    set(LIMITS, null);
    assertThat(put("/a/c", "1")).isEqualTo(ErrorCode.OK);
    play.perform(new Op.Delete(STATS, -1));
    assertThat(put("/a/d", "1")).isEqualTo(ErrorCode.OK);
  }
}
