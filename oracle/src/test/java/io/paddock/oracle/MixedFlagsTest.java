package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.oracle.MixedRisks.Visit;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Interop risk 15 (docs/interop.md): settings that change what is in a transaction, read under the
 * same keys by both. The leader is of one kind and then of the other, and both must read what the
 * other has logged.
 */
@Timeout(240)
class MixedFlagsTest {
  /** More than a packet between servers holds by default. */
  private static final int LONG_BYTES = 2_200_000;

  @Test
  void risk15WithoutDigestsOrPathsInCloseSessionAndWithLongerRequests() throws Exception {
    leadInTurn(Map.of("digest.enabled", "false", "closeSessionTxn.enabled", "false"));
  }

  private static void leadInTurn(Map<String, String> settings) throws Exception {
    Map<String, String> properties = new TreeMap<>(MixedRisks.PROPERTIES);
    properties.put("jute.maxbuffer", Integer.toString(4 * LONG_BYTES / 3));
    Map<String, String> all = new TreeMap<>(MixedRisks.LIMITS);
    all.putAll(settings);
    try (MixedEnsemble ensemble = new MixedEnsemble(3, 0, all, properties)) {
      ensemble.start(3, APACHE);
      ensemble.start(2, PADDOCK);
      ensemble.await(3, "leader");
      ensemble.await(2, "follower");
      exercise(ensemble, 2, 3, "/apache-leads");
      ensemble.stop(3);
      ensemble.start(1, APACHE);
      ensemble.await(2, "leader");
      ensemble.await(1, "follower");
      exercise(ensemble, 1, 2, "/paddock-leads");
      // The one that led reads what has been logged meanwhile, behind its own.
      ensemble.start(3, APACHE);
      ensemble.await(3, "follower");
      MixedRisks.assertSameTrees(ensemble, 1, 2, 3);
    }
  }

  private static void exercise(MixedEnsemble ensemble, int at, int from, String path) {
    MixedRisks.fuzz(ensemble.clientPort(at), path.length(), 100);
    try (Visit client = MixedRisks.session(ensemble, at)) {
      assertThat(client.call(Op.create(path, "x")).err()).isZero();
      for (int i = 0; i < 3; i++) {
        Op create = Op.create(path + "/e" + i, Op.EPHEMERAL);
        assertThat(client.call(create).err()).isZero();
      }
      assertThat(client.call(MixedRisks.largeCreate(path + "/long", LONG_BYTES)).err()).isZero();
      assertThat(MixedRisks.has(ensemble, from, path + "/long")).isTrue();
      assertThat(MixedRisks.has(ensemble, from, path + "/e1")).isTrue();
      assertThat(client.call(Op.delete(path + "/long", -1)).err()).isZero();
    }
    for (int seat : new int[] {at, from}) {
      assertThat(MixedRisks.has(ensemble, seat, path + "/e1")).isFalse();
    }
  }
}
