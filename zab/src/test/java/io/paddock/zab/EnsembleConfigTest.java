package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

class EnsembleConfigTest {
  private static LongPredicate of(long... sids) {
    return sid -> java.util.Arrays.stream(sids).anyMatch(s -> s == sid);
  }

  private static EnsembleConfig parse(String... lines) {
    return EnsembleConfig.parse(String.join("\n", lines));
  }

  @Test
  void theCanonicalTextWritesEveryRoleAndTheVersionInHexadecimal() {
    EnsembleConfig config =
        EnsembleConfig.parse(
            Map.of(
                "server.3", "h3:2890:3890:OBSERVER;2183",
                "server.1", " h1:2888:3888 ",
                "server.2", "[::1]:2889:3889;127.0.0.1:2182"),
            0x10000000aL);
    assertThat(config.text())
        .isEqualTo(
            "server.1=h1:2888:3888:participant\n"
                + "server.2=[0:0:0:0:0:0:0:1]:2889:3889:participant;127.0.0.1:2182\n"
                + "server.3=h3:2890:3890:observer;0.0.0.0:2183\n"
                + "version=10000000a");
    assertThat(EnsembleConfig.parse(config.text())).isEqualTo(config);
    assertThat(config.version()).isEqualTo(0x10000000aL);
  }

  @Test
  void severalAddressesAreSortedByHost() {
    assertThat(parse("server.1=b:1:2|a:3:4:participant").text())
        .isEqualTo("server.1=a:3:4|b:1:2:participant\nversion=0");
    EnsembleConfig observer = parse("server.1=x:1:2", "server.2=b:1:2:observer|a:3:4:observer");
    assertThat(observer.text()).contains("server.2=a:3:4|b:1:2:observer\n");
    assertThat(EnsembleConfig.parse(observer.text())).isEqualTo(observer);
  }

  @Test
  void groupsAndWeightsAreWrittenWithDefaults() {
    EnsembleConfig config =
        parse(
            "server.1=a:1:2",
            "server.2=b:1:2",
            "server.3=c:1:2",
            "group.1=1:2",
            "group.2=3",
            "weight.2=3");
    assertThat(config.text())
        .endsWith("group.1=1:2\ngroup.2=3\nweight.1=1\nweight.2=3\nweight.3=1\nversion=0");
    assertThat(config.isHierarchical()).isTrue();
    assertThat(EnsembleConfig.parse(config.text())).isEqualTo(config);
  }

  @Test
  void everyMistakeIsSaidByName() {
    says("server.1=h:1", "server.1=h:1 is not host:quorumPort:electionPort");
    says("server.1=h:1:1", "one port for both");
    says("server.1=h:1:x", "port 'x'");
    says("server.1=h:1:70000", "port '70000'");
    says("server.1=h:1:2:king", "role 'king'");
    says("server.1=h:1:2:observer:5", "is not host");
    says("server.1=:1:2", "no host");
    says("server.1=[::1:1:2", "bracket");
    says("server.1=[h::g]:1:2", "no IPv6 address");
    says("server.1=h:1:2;1;2", "more than one ';'");
    says("server.1=h:1:2;a:b:c", "client part");
    says("server.1=h:1:2:participant|g:1:2:observer", "different roles");
    says("server.x=h:1:2", "'x' is not a number");
    says("server.1=h:1:2\nserver.1=h:1:2", "twice");
    says("server.1=h:1:2\nserver.01=g:1:2", "twice");
    says("server.-1=h:1:2", "'-1' is negative");
    says("server.1=h:1:2 ;5", "port '2 '");
    says("server.1=h:1:2; 5", "port ' 5'");
    says("server.1=h:1:2\ngroup.1=1: 1", "' 1' is not a number");
    says("server.1=h:1:2\ngroup.1=1\ngroup.2=:", "can never be won");
    says("server.1=h:1:2\ngroup.1=1:9", "server 9, which has neither a vote nor a weight");
    says("server.1=h:1:2\ngroup.1=1\nweight.1=-1", "'-1' is negative");
    says("server.1=h:1:2\nweights=1", "'weights' is not a number");
    says("server.1=h:1:2:observer", "no server has a vote");
    says("server.1=h:1:2\nclientPort=5", "'clientPort'");
    says("server.1=h:1:2\nversion=xyz", "hexadecimal");
    says("server.1=h:1:2\nrubbish", "not key=value");
    says("server.1=h:1:2\nweight.1=2", "server 1 is in no group");
    says("server.1=h:1:2\ngroup.1=1\ngroup.2=1", "two groups");
    says("", "no server has a vote");
  }

  private static void says(String text, String what) {
    assertThatThrownBy(() -> EnsembleConfig.parse(text))
        .as(text)
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(what);
  }

  @Test
  void observersHaveNoVote() {
    EnsembleConfig config =
        parse("server.1=a:1:2", "server.2=b:1:2", "server.3=c:1:2", "server.4=d:1:2:observer");
    assertThat(config.quorum().voters()).containsExactly(1, 2, 3);
    assertThat(config.isVoter(4)).isFalse();
    assertThat(config.quorum().isReached(of(1, 4))).isFalse();
    assertThat(config.quorum().isReached(of(1, 3))).isTrue();
  }

  @Test
  void aMajorityIsMoreThanHalf() {
    Quorum four = Quorum.majority(List.of(1L, 2L, 3L, 4L));
    assertThat(four.isReached(of(1, 2))).isFalse();
    assertThat(four.isReached(of(1, 2, 4))).isTrue();
  }

  @Test
  void groupsDecideByWeightInAMajorityOfThoseThatHaveAny() {
    Quorum quorum =
        parse(
                "server.1=a:1:2",
                "server.2=b:1:2",
                "server.3=c:1:2",
                "server.4=d:1:2",
                "server.5=e:1:2",
                "group.1=1:2:3",
                "group.2=4",
                "group.3=5",
                "weight.5=0",
                "weight.1=3")
            .quorum();
    // Group 3 has no weight, so both others are needed; in group 1 server 1 decides alone.
    assertThat(quorum.isReached(of(1, 4))).isTrue();
    assertThat(quorum.isReached(of(2, 3, 4))).isFalse();
    assertThat(quorum.isReached(of(1, 2, 3, 5))).isFalse();
    assertThat(quorum.weight(5)).isZero();
    assertThat(quorum.decided(new long[] {9, 5, 5, 7, 1})).isEqualTo(7);
  }

  @Test
  void groupsWithoutAnyWeightDecideNothing() {
    Quorum quorum =
        Quorum.hierarchical(List.of(1L, 2L), Map.of(1L, 1L, 2L, 1L), Map.of(1L, 0L, 2L, 0L));
    assertThat(quorum.isReached(of(1, 2))).isFalse();
    assertThat(quorum.decided(new long[] {4, 4})).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void whileReconfiguringBothQuorumsDecideFromTheReconfigurationOn() {
    Tally tally = new Tally(Quorum.majority(List.of(1L, 2L, 3L)));
    tally.expect(Quorum.majority(List.of(3L, 4L, 5L)), 10);
    tally.ack(1, 12);
    tally.ack(2, 12);
    assertThat(tally.decided()).isEqualTo(9);
    tally.ack(4, 11);
    tally.ack(5, 10);
    assertThat(tally.decided()).isEqualTo(10);
    tally.ack(5, 12);
    assertThat(tally.decided()).isEqualTo(11);
    tally.activate();
    tally.ack(3, 20);
    assertThat(tally.decided()).isEqualTo(12);
  }
}
